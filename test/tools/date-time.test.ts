import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationText, readDuration } from "#tools/duration-reading.ts";
import { findZone } from "#tools/time-zones.ts";
import { HOSTILE, toolWorld } from "./tool-world.ts";

const world = toolWorld();
const convert = (when: string, toZone = "Berlin") => world.value("date_time", { action: "convert", when, toZone });
const lines = async (input: Record<string, string>) => {
  const output = await world.run("date_time", input);
  return output.ok && output.view?.kind === "working" ? output.view.lines : [];
};

describe("a moment in words or numbers, read in the user's zone on Friday 27 March 2026, 13:00 in Berlin", () => {
  test.each([
    ["now", "2026-03-27T13:00:00+01:00"],
    ["today", "2026-03-27T00:00:00+01:00"],
    ["14:30", "2026-03-27T14:30:00+01:00"],
    ["tomorrow at noon", "2026-03-28T12:00:00+01:00"],
    ["next friday 3pm", "2026-04-03T15:00:00+02:00"],
    ["monday", "2026-03-30T00:00:00+02:00"],
    ["9 am on Monday", "2026-03-30T09:00:00+02:00"],
    ["in 2 hours", "2026-03-27T15:00:00+01:00"],
    ["in 48 hours", "2026-03-29T14:00:00+02:00"],
    ["2 weeks ago", "2026-03-13T00:00:00+01:00"],
    ["31.12.2026", "2026-12-31T00:00:00+01:00"],
    ["nächsten Freitag um 15 Uhr", "2026-04-03T15:00:00+02:00"],
    ["christmas", "2026-12-25T00:00:00+01:00"],
    ["easter", "2026-04-05T00:00:00+02:00"],
    ["2026-07-01 9:15", "2026-07-01T09:15:00+02:00"],
    ["2026-07-01T09:15:30Z", "2026-07-01T11:15:30+02:00"],
    ["2026-07-01T09:15+09:00", "2026-07-01T02:15:00+02:00"],
    ["2026-07-01T09:15[Asia/Tokyo]", "2026-07-01T02:15:00+02:00"],
    ["@1700000000", "2023-11-14T23:13:20+01:00"],
    ["3pm in Tokyo", "2026-03-27T07:00:00+01:00"],
    ["noon New York time", "2026-03-27T17:00:00+01:00"],
  ])("%s", async (when, iso) => {
    expect((await convert(when))["iso"]).toBe(iso);
  });

  test.each(["banana", "Meeting with Bob tomorrow", "2026-02-30", "2026-13-01 10:00", "", "x".repeat(300)])(
    "%s is no date, and nothing is guessed",
    async (when) => {
      expect(await world.refusal("date_time", { action: "convert", when, toZone: "Tokyo" })).toMatch(/\.$/);
    },
  );
});

describe("the clocks change", () => {
  test("a time that does not exist is said to, and moved forward", async () => {
    const found = await lines({ action: "convert", when: "2026-03-29 02:30", toZone: "UTC" });
    expect(found).toContain(
      "02:30 does not exist on that day in Europe/Berlin: the clocks go forward over it. It is taken as 03:30.",
    );
    expect((await convert("2026-03-29 02:30", "UTC"))["iso"]).toBe("2026-03-29T01:30:00+00:00");
  });

  test("a time that comes twice is said to, and the first is taken", async () => {
    const found = await lines({ action: "convert", when: "2026-10-25 02:30", toZone: "UTC" });
    expect(found).toContainEqual(expect.stringContaining("comes twice on that day in Europe/Berlin"));
    expect((await convert("2026-10-25 02:30", "UTC"))["iso"]).toBe("2026-10-25T00:30:00+00:00");
  });

  test("a day is a day of the calendar, 24 hours are 24 hours, and the change in between is mentioned", async () => {
    const when = "2026-03-28 12:00";
    const iso = async (duration: string) => (await world.value("date_time", { action: "add", when, duration }))["iso"];
    expect(await iso("1 day")).toBe("2026-03-29T12:00:00+02:00");
    expect(await iso("24 hours")).toBe("2026-03-29T13:00:00+02:00");
    expect(await lines({ action: "add", when, duration: "1 day" })).toContainEqual(
      expect.stringContaining("The clocks change in between"),
    );
    const value = await world.value("date_time", { action: "difference", from: when, to: "2026-03-29 12:00" });
    expect(value).toMatchObject({ result: "1 day", seconds: 23 * 3600 });
  });
});

test("converting shows the way over UTC and how far apart the places are then", async () => {
  expect(await lines({ action: "convert", when: "9am", fromZone: "San Francisco", toZone: "Mumbai" })).toEqual([
    "“9am” is Friday, 27 March 2026, 09:00 in San Francisco (UTC-7)",
    "= Friday, 27 March 2026, 16:00 UTC",
    "= Friday, 27 March 2026, 21:30 in Mumbai (UTC+5:30)",
    "Mumbai is 12 hours 30 minutes ahead of San Francisco then.",
  ]);
});

test("now, here and elsewhere", async () => {
  expect(await world.value("date_time", { action: "now" })).toEqual({
    result: "Friday, 27 March 2026, 13:00 in Europe/Berlin (UTC+1)",
    iso: "2026-03-27T13:00:00+01:00",
    timeZone: "Europe/Berlin",
  });
  expect((await world.value("date_time", { action: "now", timeZone: "new york" }))["result"]).toBe(
    "Friday, 27 March 2026, 08:00 in New York (UTC-4)",
  );
});

test("a weekday comes with its week and its day of the year", async () => {
  const value = await world.value("date_time", { action: "weekday", when: "2024-02-29" });
  expect(value).toMatchObject({ result: "Thursday, 29 February 2024", weekday: "Thursday", week: 9, dayOfYear: 60 });
});

describe("adding", () => {
  test.each([
    ["2026-01-31", "P3W2D", "2026-02-23"],
    ["2026-01-31", "3 weeks 2 days", "2026-02-23"],
    ["2026-01-31", "1 month", "2026-02-28"],
    ["2026-01-31", "1 year and 2 months", "2027-03-31"],
    ["2026-01-31", "2 weeks ago", "2026-01-17"],
    ["2026-01-31", "-90 minutes", "2026-01-30T22:30:00+01:00"],
    ["2026-01-31", "1.5 days", "2026-02-01T12:00:00+01:00"],
    ["2026-01-31 10:00", "half an hour", "2026-01-31T10:30:00+01:00"],
    ["2024-02-29", "1 Jahr", "2025-02-28"],
  ])("%s and %s is %s", async (when, duration, iso) => {
    expect((await world.value("date_time", { action: "add", when, duration }))["iso"]).toBe(iso);
  });

  test.each(["", "xx", "3", "weeks", "3 apples", "P", "PT", "1.5 months", "constructor hours", "999999999999 days"])(
    "%s is no length of time",
    async (duration) => {
      expect(await world.refusal("date_time", { action: "add", when: "2026-01-31", duration })).toMatch(/\.$/);
    },
  );

  test("years beyond what dates can hold are refused", async () => {
    const input = { action: "add", when: "now", duration: "300000 years" };
    expect(await world.refusal("date_time", input)).toContain("too far away");
  });
});

describe("difference", () => {
  test.each([
    ["2026-01-01", "2026-03-27", "85 days"],
    ["today", "christmas", "273 days"],
    ["now", "2026-12-24", "272 days"],
    ["2026-03-01", "2026-01-01", "59 days back"],
    ["2026-01-01", "2026-01-01", "no time"],
    ["2026-01-01 10:00", "2026-01-01 11:30", "1 hour 30 minutes"],
  ])("from %s to %s: %s", async (from, to, result) => {
    expect((await world.value("date_time", { action: "difference", from, to }))["result"]).toBe(result);
  });

  test("days between two dates are as many as the calendar has, whatever the clocks do", async () => {
    const day = fc.integer({ min: -20_000, max: 40_000 });
    const date = (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10);
    await fc.assert(
      fc.asyncProperty(day, day, async (a, b) => {
        const value = await world.value("date_time", { action: "difference", from: date(a), to: date(b) });
        expect(value["days"]).toBe(b - a);
      }),
      { numRuns: 100 },
    );
  });
});

describe("zones", () => {
  test.each([
    ["tokyo", "Asia/Tokyo", "Tokyo"],
    ["São Paulo", "America/Sao_Paulo", "São Paulo"],
    ["sao paulo", "America/Sao_Paulo", "Sao Paulo"],
    ["München", "Europe/Berlin", "München"],
    ["nyc", "America/New_York", "New York"],
    ["EST", "America/New_York", "New York"],
    ["UTC+5:30", "+05:30", "UTC+5:30"],
    ["gmt-3", "-03:00", "UTC-3"],
    ["Europe/Kiev", "Europe/Kiev", "Europe/Kiev"],
    ["New York time", "America/New_York", "New York"],
    ["UTC", "UTC", "UTC"],
  ])("%s is %s", (name, id, label) => {
    const zone = findZone(name);
    expect([
      zone?.id.replace("Europe/Kyiv", "Europe/Kiev"),
      zone?.label.replace("Kyiv", "Kiev").replace(" time", ""),
    ]).toEqual([id, label]);
  });

  test.each(["Atlantis", "", "UTC+99", "../etc", "constructor"])("%s is none", (name) =>
    expect(findZone(name)).toBeNull(),
  );

  test("every zone that the browser knows is found by its name, and every place of the table has a zone", () => {
    for (const zone of Intl.supportedValuesOf("timeZone")) expect(findZone(zone)).not.toBeNull();
    for (const city of [
      "Lagos",
      "Kinshasa",
      "Delhi",
      "Shanghai",
      "Dhaka",
      "Cairo",
      "Chennai",
      "Hanoi",
      "Perth",
      "Toronto",
    ]) {
      const id = findZone(city)?.id ?? "";
      expect(() => new Intl.DateTimeFormat("en", { timeZone: id })).not.toThrow();
    }
  });
});

test("a length of time that is written out is read back as the same", () => {
  const count = fc.integer({ min: 0, max: 1000 });
  const duration = fc.record({
    years: count,
    months: count,
    weeks: count,
    days: count,
    hours: count,
    minutes: count,
    seconds: count,
  });
  fc.assert(
    fc.property(duration, (written) => {
      fc.pre(Object.values(written).some((part) => part > 0));
      expect(readDuration(durationText(written).replaceAll(",", ""))).toEqual(written);
    }),
  );
});

test.each(Object.entries(HOSTILE))("[V4] %s is answered in words in every field", async (_, text) => {
  for (const input of [
    { action: "convert", when: text, toZone: "Tokyo" },
    { action: "convert", when: "now", toZone: text },
    { action: "add", when: "now", duration: text },
    { action: "difference", from: text, to: text },
  ]) {
    expect((await world.run("date_time", input)).text).not.toBe("");
  }
});
