import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import type { Turn } from "#domain/turn.ts";
import type { Database } from "#storage/database.ts";
import { fullSave } from "#storage/save.ts";
import { searchTurns, sessionText } from "#storage/search.ts";
import { deleteSession } from "#storage/session-deletion.ts";

import { anyText } from "./arbitraries.ts";
import { acceptTurn, freshDatabase, id, plant, sampleTurn, SESSION, T0 } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

function withReply(turn: Turn, text: string): Turn {
  return { ...turn, parts: [{ kind: "text", id: id(`${turn.id}.part`), step: 0, state: "done", text, seams: [] }] };
}

const add = (text: string, fields: { sessionId?: SessionId; seq?: number } = {}, reply = "") =>
  acceptTurn(db, withReply(sampleTurn({ text, ...fields }), reply));

const found = async (query: string, limit = 10) =>
  (await searchTurns(db, query, limit)).map((match) => `${match.sessionId} ${match.turnSeq}`);

test("finds words in messages and in replies, whatever their case and form, newest first", async () => {
  await add("How heavy is a TENT?", { sessionId: id("a") });
  await add("Nothing here", { sessionId: id("b"), seq: 2 }, "Ｔｅｎｔ pegs, stove");
  await add("something else", { sessionId: id("c"), seq: 3 });
  expect(await found("tent")).toEqual(["b 2", "a 1"]);
  expect(await found("STOVE tent")).toEqual(["b 2"]);
  expect(await found("tent", 1)).toEqual(["b 2"]);
  expect(await found("rucksack")).toEqual([]);
  expect(await found("   ")).toEqual([]);
  expect(await found("tent", 0)).toEqual([]);
});

test("the newest is what was sent last, wherever it stands in its session", async () => {
  await add("tent", { sessionId: id("long"), seq: 9 });
  const turn = sampleTurn({ sessionId: id("late"), text: "tent" });
  await acceptTurn(db, { ...turn, user: { ...turn.user, sentAt: T0 + 100 } });
  await add("tent", { sessionId: id("short"), seq: 1 });
  expect(await found("tent")).toEqual(["late 1", "long 9", "short 1"]);
});

test("a snippet that would cut a character in two shows a whole one", async () => {
  await add(`${"x".repeat(39)}\u{1f600}${"y".repeat(39)} needle`);
  const [match] = await searchTurns(db, "needle", 1);
  expect(match?.snippet.isWellFormed()).toBe(true);
});

test("a match tells the title and shows the place of the hit", async () => {
  await add(`${"before ".repeat(40)}needle${" after".repeat(40)}`);
  const [match] = await searchTurns(db, "needle", 1);
  expect(match).toMatchObject({ sessionId: SESSION, title: "New session", turnSeq: 1 });
  expect(match?.snippet).toMatch(/^….*needle.*…$/);
  expect(match?.snippet.length).toBeLessThan(130);
});

test("[I4] deleted sessions are not found, unreadable turns take no other with them", async () => {
  await add("tent", { sessionId: id("a") });
  await add("tent", { sessionId: id("b") });
  await plant(db, "turns", { ...sampleTurn({ sessionId: id("c") }), user: "tent" });
  await deleteSession(db, id("a"), T0);
  expect(await found("tent")).toEqual(["b 1"]);
});

test("more turns than a page are searched, and only the newest are kept", async () => {
  const turns = Array.from({ length: 250 }, (_, at) => sampleTurn({ seq: at + 1, text: "tent" }));
  await acceptTurn(db, sampleTurn({ text: "tent" }));
  await fullSave(db, { sessionId: SESSION, token: null, update: (s) => ({ ...s, nextSeq: 251 }), turns, now: T0 });
  expect(new Set(await found("tent", 1000)).size).toBe(250);
  expect(await found("tent", 1000)).toHaveLength(250);
  expect(await found("tent", 3)).toEqual([`${SESSION} 250`, `${SESSION} 249`, `${SESSION} 248`]);
});

test("a search that is not wanted any more ends", async () => {
  await add("tent");
  await expect(searchTurns(db, "tent", 5, AbortSignal.abort())).rejects.toThrow("abort");
});

test("[V4] no text and no query throws, and a text is found by itself", async () => {
  const holds = fc.asyncProperty(anyText, anyText, async (text, query) => {
    db = await freshDatabase();
    await add(text);
    const matches = await searchTurns(db, query, 5);
    const own = await searchTurns(db, text, 5);
    for (const match of [...matches, ...own]) expect(match.snippet.isWellFormed()).toBe(true);
    expect(own).toHaveLength(text.normalize("NFKC").trim() === "" ? 0 : 1);
  });
  await fc.assert(holds, { numRuns: 40 });
});

test("[V4] one line of 5 MB is searched", async () => {
  await add(`${"x".repeat(5_000_000)} needle`);
  expect(await found("needle")).toEqual([`${SESSION} 1`]);
});

test("a session's text is the path that it shows, in order, beyond one page; there is none of a deleted session", async () => {
  await add("one", { seq: 1 }, "first reply");
  const turns = Array.from({ length: 119 }, (_, at) => sampleTurn({ seq: at + 2, text: `question ${at + 2}` }));
  const update = { token: null, now: T0 };
  await fullSave(db, { sessionId: SESSION, ...update, turns, update: (s) => ({ ...s, head: 120, nextSeq: 121 }) });
  const text = await sessionText(db, SESSION);
  const wanted = ["one", "first reply", ...turns.map((turn) => turn.user.text)];
  expect(text?.split("\n\n")).toEqual(wanted);
  await deleteSession(db, SESSION, T0);
  expect(await sessionText(db, SESSION)).toBeNull();
  expect(await sessionText(db, id("unknown"))).toBeNull();
});
