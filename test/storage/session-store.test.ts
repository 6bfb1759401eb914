import * as fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";

import type { RunId, SessionId, TurnId } from "#domain/ids.ts";
import { newSession } from "#domain/session.ts";
import { listPendingApprovals } from "#storage/approval-store.ts";
import { putBlob, readBlob } from "#storage/blob-store.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { listDrafted, readDraft, saveDraft } from "#storage/draft-store.ts";
import { listFiles, writeFile } from "#storage/file-store.ts";
import { listEntries, readEntry } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { writeClosingMarker } from "#storage/marker-store.ts";
import { addQueueItem, listQueue, listQueued } from "#storage/queue-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import type { StoreName } from "#storage/schema.ts";
import {
  deleteSession,
  findPendingSessions,
  findTurn,
  newestDescendant,
  purgeDeleted,
  readPath,
  readSession,
  readSiblings,
  readTurn,
  undeleteSession,
} from "#storage/session-store.ts";
import { searchTurns, sessionText } from "#storage/search.ts";
import { estimateUsage } from "#storage/usage.ts";

import {
  acceptTurn,
  ALL_STORES,
  contentOf,
  delta,
  freshDatabase,
  id,
  plant,
  problemOf,
  RUN,
  sampleApproval,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  settled,
  T0,
} from "./samples.ts";

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

/** A session that has something in every store. */
async function fillEveryStore(): Promise<void> {
  const bytes = new Uint8Array([1, 2, 3]);
  const blobId = await putBlob(db, bytes, T0);
  const turn = sampleTurn();
  const attachments = [{ blobId, name: "a", mediaType: "text/plain", size: 3, path: "a" }];
  await acceptTurn(db, { ...turn, user: { ...turn.user, attachments } });
  const approvals = { request: [sampleApproval()] };
  await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], approvals, now: T0 });
  await saveDraft(db, sampleDraft());
  await addQueueItem(db, sampleQueueItem());
  await writeFile(db, { sessionId: SESSION, path: "a", bytes, modifiedAt: T0 });
  await writeClosingMarker(db, { sessionIds: [SESSION], cause: "page-closed", at: T0 });
}

const OF_SESSION: StoreName[] = [
  "sessions",
  "turns",
  "journal",
  "index",
  "drafts",
  "queue",
  "approvals",
  "files",
  "markers",
  "blobs",
];

describe("[I4] deleting", () => {
  test("takes the session out of every list in one transaction, removes nothing, and undoing brings all of it back", async () => {
    await fillEveryStore();
    const before = await contentOf(db, ...OF_SESSION.filter((store) => store !== "sessions" && store !== "index"));
    const stores: unknown[] = [];
    const write = db.write.bind(db);
    db.write = (names, durability, work) => {
      stores.push(names);
      return write(names, durability, work);
    };
    await deleteSession(db, SESSION, T0 + 9);
    expect(stores).toEqual([["sessions", "index", "tombstones"]]);
    db.write = write;

    expect((await readSession(db, SESSION))?.deletedAt).toBe(T0 + 9);
    expect((await listEntries(db, null, 10)).entries).toEqual([]);
    expect(await findPendingSessions(db)).toEqual([]);
    expect(await listDrafted(db)).toEqual([]);
    expect(await listQueued(db)).toEqual([]);
    expect(await listPendingApprovals(db)).toEqual([]);
    expect(await contentOf(db, ...OF_SESSION.filter((store) => store !== "sessions" && store !== "index"))).toBe(
      before,
    );

    await undeleteSession(db, SESSION, T0 + 10);
    expect(await readSession(db, SESSION)).toMatchObject({ deletedAt: null, lastActivityAt: T0, updatedAt: T0 + 10 });
    expect((await listEntries(db, null, 10)).entries.map((entry) => entry.sessionId)).toEqual([SESSION]);
    expect(await findPendingSessions(db)).toHaveLength(1);
    expect(await listDrafted(db)).toEqual([SESSION]);
    expect(await listQueued(db)).toEqual([SESSION]);
    expect(await listPendingApprovals(db)).toHaveLength(1);
    expect(await contentOf(db, "tombstones")).toBe("[[]]");
  });

  test("twice, or undoing what was not deleted, changes nothing", async () => {
    await acceptTurn(db);
    await undeleteSession(db, SESSION, T0 + 1);
    expect((await readSession(db, SESSION))?.revision).toBe(1);
    await deleteSession(db, SESSION, T0 + 2);
    await deleteSession(db, SESSION, T0 + 3);
    expect(await readSession(db, SESSION)).toMatchObject({ revision: 2, deletedAt: T0 + 2 });
  });

  test("works for a session that has nothing but a draft, and can be undone", async () => {
    await saveDraft(db, sampleDraft());
    await deleteSession(db, SESSION, T0);
    expect(await listDrafted(db)).toEqual([]);
    expect(await problemOf(saveDraft(db, sampleDraft({ revision: 2 })))).toEqual({ kind: "deleted" });
    await undeleteSession(db, SESSION, T0);
    expect(await readDraft(db, SESSION)).toEqual(sampleDraft());
  });

  test("of the other tab is seen by this one's next write", async () => {
    await acceptTurn(db);
    const other = await openDatabase();
    await deleteSession(other, SESSION, T0);
    expect(await problemOf(addQueueItem(db, sampleQueueItem()))).toEqual({ kind: "deleted" });
    await other.close();
  });
});

describe("[W7] purging", () => {
  test("removes what was deleted long enough ago from every store and nothing else, blobs included", async () => {
    await fillEveryStore();
    const other = id<SessionId>("session-10");
    await acceptTurn(db, sampleTurn({ sessionId: other }));
    await checkpoint(db, { sessionId: other, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    const kept = await putBlob(db, new Uint8Array([9]), T0 + 100);
    await deleteSession(db, SESSION, T0 + 1);
    expect(await purgeDeleted(db, T0 + 1)).toEqual([]);
    expect(await purgeDeleted(db, T0 + 2)).toEqual([SESSION]);
    expect(await contentOf(db, ...ALL_STORES.filter((store) => store !== "tombstones"))).not.toContain(`"${SESSION}"`);
    expect(await listFiles(db, SESSION)).toEqual([]);
    expect((await db.read(["blobs"], (tx) => tx.objectStore("blobs").getAllKeys())).map(String)).toEqual([kept]);
    expect(await readBlob(db, kept)).not.toBeNull();
    expect((await readPath(db, other, 1, 1)).turns).toHaveLength(1);
    expect((await readJournal(db, other, RUN)).events).toHaveLength(1);
  });

  test("is final: no old tab, late draft, queue item or save brings the session back", async () => {
    await acceptTurn(db);
    await deleteSession(db, SESSION, T0);
    await purgeDeleted(db, T0 + 1);
    expect(await problemOf(acceptTurn(db))).toEqual({ kind: "deleted" });
    expect(await problemOf(saveDraft(db, sampleDraft()))).toEqual({ kind: "deleted" });
    expect(await problemOf(addQueueItem(db, sampleQueueItem()))).toEqual({ kind: "deleted" });
    expect(await problemOf(undeleteSession(db, SESSION, T0))).toEqual({ kind: "not-found" });
    expect(await purgeDeleted(db, T0 + 1)).toEqual([]);
    expect(await readSession(db, SESSION)).toBeNull();
  });

  test("does not touch a session whose deletion was undone, or one that was deleted anew", async () => {
    await acceptTurn(db);
    await deleteSession(db, SESSION, T0);
    await undeleteSession(db, SESSION, T0 + 1);
    expect(await purgeDeleted(db, T0 + 5)).toEqual([]);
    await deleteSession(db, SESSION, T0 + 9);
    expect(await purgeDeleted(db, T0 + 5)).toEqual([]);
    await undeleteSession(db, SESSION, T0 + 10);
    expect((await readPath(db, SESSION, 1, 1)).turns).toHaveLength(1);
  });

  test("looks again at what is due: a session that was undone and deleted anew in the meantime can still be undone", async () => {
    await acceptTurn(db);
    await deleteSession(db, SESSION, T0);
    const purging = purgeDeleted(db, T0 + 5);
    await Promise.all([undeleteSession(db, SESSION, T0 + 8), deleteSession(db, SESSION, T0 + 9)]);
    expect(await purging).toEqual([]);
    await undeleteSession(db, SESSION, T0 + 10);
    expect((await readPath(db, SESSION, 1, 1)).turns).toHaveLength(1);
  });
});

test("[W10] no read changes anything in any store", async () => {
  await fillEveryStore();
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
