import * as fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { RunId, SessionId, TurnId } from "#domain/ids.ts";
import { newSession } from "#domain/session.ts";
import { listPendingApprovals } from "#storage/approval-store.ts";
import type { Database } from "#storage/database.ts";
import { listDrafted, readDraft } from "#storage/draft-store.ts";
import { listEntries, readEntry } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { listQueue } from "#storage/queue-store.ts";
import { fullSave } from "#storage/save.ts";
import { deleteSession } from "#storage/session-deletion.ts";
import {
  findPendingSessions,
  findTurn,
  newestDescendant,
  readPath,
  readSession,
  readSiblings,
  readTurn,
} from "#storage/session-store.ts";
import { searchTurns, sessionText } from "#storage/search.ts";
import { estimateUsage } from "#storage/usage.ts";

import {
  acceptTurn,
  ALL_STORES,
  contentOf,
  freshDatabase,
  id,
  plant,
  problemOf,
  RUN,
  sampleTurn,
  SESSION,
  settled,
  T0,
} from "./samples.ts";
import { fillEveryStore } from "./full-session.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

/** A session whose turn n+1 follows the turn that `parents[n]` names. */
async function grow(parents: readonly number[], sessionId: SessionId = SESSION): Promise<void> {
  const turns = parents.map((parent, at) => sampleTurn({ sessionId, seq: at + 1, parent }));
  await fullSave(db, {
    sessionId,
    token: null,
    create: newSession(sessionId, T0, null),
    update: (session) => ({ ...session, head: turns.length, nextSeq: turns.length + 1 }),
    turns,
    now: T0,
  });
}

const line = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe("reading a path", () => {
  test("[V1] the last screen is the last turns of the path, oldest first, and says whether more lies above", async () => {
    await grow(line(30));
    const page = await readPath(db, SESSION, 30, 5);
    expect(page.turns.map((turn) => turn.seq)).toEqual([26, 27, 28, 29, 30]);
    expect(page).toMatchObject({ hasEarlier: true, unreadable: [] });
    const first = await readPath(db, SESSION, 3, 5);
    expect(first.turns.map((turn) => turn.seq)).toEqual([1, 2, 3]);
    expect(first.hasEarlier).toBe(false);
    expect(await readPath(db, SESSION, 0, 5)).toEqual({ turns: [], hasEarlier: false, unreadable: [] });
  });

  test("[V1] reading the last screen asks for no more records than it shows, however long the session is", async () => {
    await grow(line(500));
    const getAll = vi.spyOn(IDBObjectStore.prototype, "getAll");
    await readPath(db, SESSION, 500, 5);
    const asked = getAll.mock.calls.map(([query]) =>
      query instanceof IDBKeyRange ? [query.lower, query.upper] : query,
    );
    getAll.mockRestore();
    expect(asked).toEqual([
      [
        [SESSION, 496],
        [SESSION, 500],
      ],
    ]);
  });

  test("[X2] the path follows parents and passes by siblings and their descendants", async () => {
    //  1 ─ 2 ─ 3 ─ 5        2 has a second answer 4, and 4 went on with 6 and 7
    //       └─ 4 ─ 6 ─ 7
    await grow([0, 1, 2, 2, 3, 4, 6]);
    const seqs = async (from: number, limit: number) =>
      (await readPath(db, SESSION, from, limit)).turns.map((t) => t.seq);
    expect(await seqs(7, 10)).toEqual([1, 2, 4, 6, 7]);
    expect(await seqs(5, 10)).toEqual([1, 2, 3, 5]);
    expect(await seqs(7, 2)).toEqual([6, 7]);
    expect(await readSiblings(db, SESSION, 2)).toEqual([3, 4]);
    expect(await readSiblings(db, SESSION, 7)).toEqual([]);
  });

  test("[X2] path and newest descendant are right in every tree, in pages of every size", async () => {
    const tree = fc
      .array(fc.nat(), { minLength: 1, maxLength: 25 })
      .map((raw) => raw.map((value, at) => value % (at + 1)));
    const holds = fc.asyncProperty(tree, fc.nat(), fc.integer({ min: 1, max: 30 }), async (parents, pick, limit) => {
      db = await freshDatabase();
      await grow(parents);
      const from = (pick % parents.length) + 1;
      const pathOf = (seq: number): number[] => (seq === 0 ? [] : [...pathOf(parents[seq - 1] ?? 0), seq]);
      const page = await readPath(db, SESSION, from, limit);
      expect(page.turns.map((turn) => turn.seq)).toEqual(pathOf(from).slice(-limit));
      expect(page.hasEarlier).toBe(pathOf(from).length > limit);
      const below = parents.map((_, at) => at + 1).filter((seq) => pathOf(seq).includes(from));
      expect(await newestDescendant(db, SESSION, from)).toBe(Math.max(...below));
    });
    await fc.assert(holds, { numRuns: 40 });
  });

  test("[R3] at a turn that cannot be read the path stops, says where, and what is below it is there", async () => {
    await grow(line(6));
    await plant(db, "turns", { ...sampleTurn({ seq: 3 }), parts: "gone" });
    expect(await readPath(db, SESSION, 6, 10)).toMatchObject({ hasEarlier: false, unreadable: [3] });
    expect((await readPath(db, SESSION, 6, 10)).turns.map((turn) => turn.seq)).toEqual([4, 5, 6]);
    expect(await problemOf(readTurn(db, SESSION, 3))).toMatchObject({
      kind: "corrupt",
      store: "turns",
      key: `${SESSION} 3`,
    });
    await db.write(["turns"], "relaxed", async (writing) => writing.remove("turns", [SESSION, 5]));
    expect(await readPath(db, SESSION, 6, 10)).toMatchObject({ unreadable: [5] });
  });

  test("[R7] a turn that names itself or a later one as its parent does not keep the path from ending", async () => {
    await grow(line(3));
    await plant(db, "turns", { ...sampleTurn({ seq: 2 }), parent: 3 });
    expect(await readPath(db, SESSION, 3, 10)).toMatchObject({ unreadable: [2] });
  });

  test("[S2] a turn is found by its id", async () => {
    await grow(line(2));
    expect(await findTurn(db, sampleTurn({ seq: 2 }).id)).toEqual(sampleTurn({ seq: 2 }));
    expect(await findTurn(db, id<TurnId>("unknown"))).toBeNull();
  });
});

describe("sessions", () => {
  test("[I1] [I2] pending sessions are found without the index, settled and deleted ones are not among them", async () => {
    for (const name of ["a", "b", "c"]) await acceptTurn(db, sampleTurn({ sessionId: id(name) }));
    await fullSave(db, { sessionId: id("a"), token: 0, update: settled, now: T0 });
    await deleteSession(db, id("b"), T0);
    await db.write(["index"], "strict", async (writing) => writing.remove("index", IDBKeyRange.lowerBound("")));
    expect((await findPendingSessions(db)).map((session) => session.id)).toEqual(["c"]);
  });

  test("[R3] one unreadable session takes no other with it and stays where it is", async () => {
    for (const name of ["a", "b"]) await acceptTurn(db, sampleTurn({ sessionId: id(name) }));
    const stored = await readSession(db, id("a"));
    await plant(db, "sessions", { ...stored, title: 7 });
    expect((await findPendingSessions(db)).map((session) => session.id)).toEqual(["b"]);
    expect(await problemOf(readSession(db, id("a")))).toMatchObject({ kind: "corrupt", store: "sessions", key: "a" });
    expect(await contentOf(db, "sessions")).toContain('"title":7');
  });

  test("[V4] an id from outside that is no id finds nothing and throws nothing", async () => {
    for (const odd of ["\ud800", "\0", "", "x".repeat(1_000_000), "../..", "<b>"]) {
      const sessionId = odd as SessionId;
      expect(await readSession(db, sessionId)).toBeNull();
      expect(await readDraft(db, sessionId)).toBeNull();
      expect((await readPath(db, sessionId, 3, 2)).turns).toEqual([]);
      expect((await readJournal(db, sessionId, odd as RunId)).events).toEqual([]);
      expect(await listQueue(db, sessionId)).toEqual([]);
      expect(await readEntry(db, sessionId)).toBeNull();
    }
  });

  test("[V4] texts of every kind are stored and come back as they were, one line of 5 MB among them", async () => {
    const texts = [
      "\ud800 alone \udc00",
      "nul \0 inside",
      "\u202eright to left",
      "<img onerror=x>",
      "x".repeat(5_000_000),
    ];
    for (const [at, text] of texts.entries()) {
      await acceptTurn(db, sampleTurn({ sessionId: id(`s${at}`), text }));
      expect((await readTurn(db, id(`s${at}`), 1))?.user.text === text).toBe(true);
    }
  });
});

test("[W10] no read changes anything in any store", async () => {
  await fillEveryStore(db);
  await plant(db, "turns", { ...sampleTurn({ seq: 2 }), parts: "gone" });
  await db.write(["index"], "strict", async (writing) => writing.remove("index", SESSION));
  const before = await contentOf(db, ...ALL_STORES);
  await Promise.all([
    readSession(db, SESSION),
    readPath(db, SESSION, 2, 5),
    findPendingSessions(db),
    listEntries(db, null, 5),
    readEntry(db, SESSION),
    readJournal(db, SESSION, RUN),
    readDraft(db, SESSION),
    listDrafted(db),
    listQueue(db, SESSION),
    listPendingApprovals(db),
    searchTurns(db, "question", 5),
    sessionText(db, SESSION),
    estimateUsage(db),
  ]);
  expect(await contentOf(db, ...ALL_STORES)).toBe(before);
});
