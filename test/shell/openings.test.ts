import { beforeEach, expect, test } from "vitest";

import { readId, type SessionId } from "#domain/ids.ts";
import { createOpenings } from "#shell/openings.ts";

const a = readId("a") as SessionId;
const b = readId("b") as SessionId;
const notes = new Map<string, string>();
const memory = {
  read: (key: string) => notes.get(key) ?? null,
  write: (key: string, text: string) => void notes.set(key, text),
};
let now = 0;

/** Each start of the page has its own; what they know of each other is in the tab's memory. */
const start = () => createOpenings(memory, () => now);

beforeEach(() => {
  notes.clear();
  now = 1_000_000;
});

test("[R7] a session whose drawing failed twice within a minute opens in plain view, and then normally again", () => {
  for (let n = 0; n < 2; n++) {
    const openings = start();
    expect(openings.begin(a)).toBe(false);
    openings.failed(a);
    now += 5_000;
  }
  expect(start().begin(a)).toBe(true);
  expect(start().begin(a)).toBe(false);
});

test("[R7] a session that took the page down twice without a word counts as failed", () => {
  expect(start().begin(a)).toBe(false);
  expect(start().begin(a)).toBe(false);
  expect(start().begin(a)).toBe(true);
});

test("[R7] a session that was gone to after the start fails for itself, not for the one that the page began with", () => {
  start().begin(a);
  start().failed(b);
  const again = start();
  expect(again.begin(b)).toBe(false);
  again.failed(b);
  expect(start().begin(b)).toBe(true);
  expect(start().begin(a)).toBe(false);
});

test("reloading fast is no failure", () => {
  for (let n = 0; n < 10; n++) {
    const openings = start();
    expect(openings.begin(a)).toBe(false);
    openings.settled();
  }
});

test("failures of another session, or of an hour ago, do not count", () => {
  start().begin(a);
  start().begin(a);
  expect(start().begin(b)).toBe(false);
  start().begin(b);
  now += 3_600_000;
  expect(start().begin(b)).toBe(false);
});

test("a note that cannot be read is no note", () => {
  notes.set("opening", "{torn");
  expect(start().begin(a)).toBe(false);
  notes.set("opening", '{"sessionId":"not an id","begunAt":1}');
  expect(start().begin(a)).toBe(false);
});
