import { describe, expect, test } from "vitest";
import { parseDuration, readWait } from "#providers/retry-after.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

describe("the wait that a server asks for", () => {
  test.each([
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Sun, 22 Nov 2026 12:01:00 GMT" }, 60_000],
    [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after-ms": "1250", "retry-after": "9" }, 1250],
    [{ "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" }, 360_000],
    [
      {
        "x-ratelimit-remaining-requests": "9",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1.5s",
      },
      1500,
    ],
    [{ "x-ratelimit-reset": String(NOW + 5000) }, 5000],
    [{ "x-ratelimit-reset": String(NOW / 1000 + 7) }, 7000],
    [{ "x-ratelimit-remaining-requests": "9", "x-ratelimit-reset-requests": "6m0s" }, null],
    [{ "retry-after": "soon" }, null],
    [{}, null],
  ])("in the headers %o is %s ms", (headers, expected) => {
    expect(readWait(new Headers(headers as Record<string, string>), "", NOW)).toBe(expected);
  });

  test.each([
    ["Rate limit reached for x in organization y. Please try again in 20s. Visit the site.", 20_000],
    ["Please try again in 1m26.4s.", 86_400],
    ["Please try again in 650ms.", 650],
    ["Please retry in 36.5s.", 36_500],
    ["Please wait 2 minutes before the next request", 120_000],
    ["Try again later", null],
    ["You used 20s of 10s", null],
  ])("in the words %j is %s ms", (message, expected) => {
    expect(readWait(null, message, NOW)).toBe(expected);
  });

  test("in the headers counts before the words", () => {
    expect(readWait(new Headers({ "retry-after": "1" }), "try again in 20s", NOW)).toBe(1000);
  });
});

test("a duration is read in every form, and what is none is null", () => {
  expect(["1h2m3s", "120ms", "20 seconds", "2 min", "4", "-"].map(parseDuration)).toEqual([
    3_723_000,
    120,
    20_000,
    120_000,
    4000,
    null,
  ]);
});
