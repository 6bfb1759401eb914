import * as fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import { indexCodec, sessionCodec } from "#storage/codec.ts";
import type { Database } from "#storage/database.ts";
import { rebuildIndex, verifyIndex } from "#storage/index-repair.ts";
import { listEntries, listFlagged, readEntry } from "#storage/index-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { deleteSession } from "#storage/session-deletion.ts";
import { readSession } from "#storage/session-store.ts";

import { acceptTurn, contentOf, delta, freshDatabase, id, plant, RUN, sampleTurn, SESSION, T0 } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

async function addSession(name: string, fields: Partial<Session> = {}): Promise<void> {
  const sessionId = id<SessionId>(name);
  const create = newSession(sessionId, T0, null);
  await fullSave(db, { sessionId, token: null, create, update: (s) => ({ ...s, ...fields }), now: T0 });
}

/** Many sessions with their rows in one transaction: a full save each would take the test's whole time. */
function addSessions(count: number): Promise<void> {
  return db.write(["sessions", "index"], "relaxed", async (writing) => {
    for (let at = 0; at < count; at += 1) {
      const created = newSession(id<SessionId>(`s${at}`), T0, null);
      const session = { ...created, revision: 1, lastActivityAt: at, isPinned: at % 50 === 0 };
      writing.put("sessions", sessionCodec.encode(session));
      writing.put("index", indexCodec.encode(indexEntryOf(session)));
    }
  });
}

async function readAll(limit: number): Promise<string[]> {
  const names: string[] = [];
  let after: Parameters<typeof listEntries>[1] = null;
  for (;;) {
    const page = await listEntries(db, after, limit);
    names.push(...page.entries.map((entry) => entry.sessionId));
    const last = page.entries.at(-1);
    if (!page.hasMore || last === undefined) return names;
    after = { lastActivityAt: last.lastActivityAt, sessionId: last.sessionId };
  }
}

/** The module as it is in a browser whose getAll does not know directions, as WebKit's. */
async function withoutBackwardReads(): Promise<typeof listEntries> {
  vi.resetModules();
  const original = Object.getOwnPropertyDescriptor(IDBIndex.prototype, "getAll");
  if (original === undefined) throw new Error("no getAll");
  const getAll = original.value as (this: IDBIndex, query?: unknown, count?: number) => IDBRequest<unknown[]>;
  vi.spyOn(IDBIndex.prototype, "getAll").mockImplementation(function strict(this: IDBIndex, query, count) {
    const isKeyOrRange =
      query == null || query instanceof IDBKeyRange || typeof query !== "object" || Array.isArray(query);
    if (!isKeyOrRange) throw new DOMException("not a key", "DataError");
    return getAll.call(this, query, count);
  });
  return (await import("#storage/index-store.ts")).listEntries;
}

describe("the list", () => {
  test("[V1] comes newest activity first, in pages of every size, equal times included, each session once", async () => {
    const activities = fc.array(fc.nat({ max: 4 }), { maxLength: 14 });
    const holds = fc.asyncProperty(activities, fc.integer({ min: 1, max: 6 }), async (times, limit) => {
      db = await freshDatabase();
      for (const [at, time] of times.entries()) await addSession(`s${at}`, { lastActivityAt: time });
      const wanted = times
        .map((time, at) => ({ time, name: `s${at}` }))
        .toSorted((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
      expect(await readAll(limit)).toEqual(wanted.map(({ name }) => name));
    });
    await fc.assert(holds, { numRuns: 40 });
  });

  test("is the same in a browser that cannot read an index backwards at once", async () => {
    for (const at of [3, 1, 2]) await addSession(`s${at}`, { lastActivityAt: at });
    const listByCursor = await withoutBackwardReads();
    const page = await listByCursor(db, null, 2);
    expect(page.entries.map((entry) => entry.sessionId)).toEqual(["s3", "s2"]);
    expect(page.hasMore).toBe(true);
    const rest = await listByCursor(db, { lastActivityAt: 2, sessionId: id("s2") }, 2);
    expect(rest).toMatchObject({ entries: [{ sessionId: "s1" }], hasMore: false });
    vi.restoreAllMocks();
  });

  test("[I3] is empty only when there are no sessions: a load that fails throws", async () => {
    expect(await listEntries(db, null, 10)).toEqual({ entries: [], hasMore: false });
    await db.close();
    await expect(listEntries(db, null, 10)).rejects.toThrow("closed the connection");
  });

  test("pinned sessions and those that wait for the person are found however far down they are", async () => {
    for (let at = 0; at < 30; at += 1) await addSession(`s${at}`, { lastActivityAt: T0 + at });
    await addSession("old-pinned", { lastActivityAt: 1, isPinned: true });
    await addSession("older-waiting", { lastActivityAt: 0, needsPerson: true });
    expect((await listFlagged(db, 10)).map((entry) => entry.sessionId)).toEqual(["old-pinned", "older-waiting"]);
  });
});

describe("[I1] the index is a cache", () => {
  test("a row that cannot be read is shown from its session, and reading repairs nothing", async () => {
    await acceptTurn(db);
    await plant(db, "index", { sessionId: SESSION, lastActivityAt: T0, title: 5 });
    const before = await contentOf(db, "index");
    expect(await readEntry(db, SESSION)).toMatchObject({ title: "New session", snippet: "question 1" });
    expect((await listEntries(db, null, 5)).entries).toHaveLength(1);
    expect(await contentOf(db, "index")).toBe(before);
  });

  test("a missing, a stale, a corrupt, an orphaned row and one of a deleted session are repaired; right ones are left", async () => {
    for (const name of ["right", "missing", "stale", "corrupt", "deleted"])
      await addSession(name, { lastActivityAt: 7 });
    await deleteSession(db, id("deleted"), T0);
    const stale = await readEntry(db, id("stale"));
    await db.write(["index"], "relaxed", async (writing) => writing.remove("index", id<SessionId>("missing")));
    await plant(db, "index", { ...stale, title: "Old title", revision: 0 });
    await plant(db, "index", { sessionId: "corrupt" });
    await plant(db, "index", { ...stale, sessionId: "orphan" });
    await plant(db, "index", { ...stale, sessionId: "deleted" });
    const sessions = await contentOf(db, "sessions");

    expect(await verifyIndex(db)).toEqual({ missing: 1, stale: 4 });
    const { entries } = await listEntries(db, null, 10);
    expect(entries.map((entry) => entry.sessionId)).toEqual(["stale", "right", "missing", "corrupt"]);
    for (const entry of entries) {
      const session = await readSession(db, entry.sessionId);
      expect(session && indexEntryOf(session)).toEqual(entry);
    }
    expect(await verifyIndex(db)).toEqual({ missing: 0, stale: 0 });
    expect(await contentOf(db, "sessions")).toBe(sessions);
  });

  test("a row that claims to be newer than its session is stale", async () => {
    const session = await acceptTurn(db);
    await plant(db, "index", { ...indexEntryOf(session), revision: 9 });
    expect(await verifyIndex(db)).toEqual({ missing: 0, stale: 1 });
    expect((await readEntry(db, SESSION))?.revision).toBe(1);
  });

  test("[W1] checking changes no row that merely lags behind the checkpoints of a run", async () => {
    await acceptTurn(db);
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 + 5 });
    const before = await contentOf(db, "index");
    expect(await verifyIndex(db)).toEqual({ missing: 0, stale: 0 });
    expect(await contentOf(db, "index")).toBe(before);
  });

  test("it can be made anew from the sessions alone, as often as one likes, with every date as it was", async () => {
    await addSessions(450);
    await deleteSession(db, id("s7"), T0);
    const before = await contentOf(db, "index");
    await db.write(["index"], "strict", async (writing) => writing.remove("index", IDBKeyRange.lowerBound("")));
    await plant(db, "index", { sessionId: "orphan", lastActivityAt: 3 });
    expect(await rebuildIndex(db)).toBe(449);
    expect(await contentOf(db, "index")).toBe(before);
    expect(await rebuildIndex(db)).toBe(449);
    expect(await contentOf(db, "index")).toBe(before);
  });

  test("[R3] an unreadable session keeps the row that it has, in a check and in a rebuild", async () => {
    await addSession("a");
    await acceptTurn(db, sampleTurn({ sessionId: id("b") }));
    const stored = await readSession(db, id("a"));
    await plant(db, "sessions", { ...stored, title: 7, revision: 9 });
    expect(await verifyIndex(db)).toEqual({ missing: 0, stale: 0 });
    expect(await readEntry(db, id("a"))).not.toBeNull();
    expect(await rebuildIndex(db)).toBe(1);
    expect(await readEntry(db, id("a"))).not.toBeNull();
  });

  test("more sessions than a page are checked, those between two pages included", async () => {
    await addSessions(405);
    await db.write(["index"], "strict", async (writing) => writing.remove("index", IDBKeyRange.lowerBound("")));
    expect(await verifyIndex(db)).toEqual({ missing: 405, stale: 0 });
    expect((await listEntries(db, null, 1000)).entries).toHaveLength(405);
  });
});
