import { beforeEach, describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { listPendingApprovals } from "#storage/approval-store.ts";
import { putBlob, readBlob } from "#storage/blob-store.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { listDrafted, readDraft, saveDraft } from "#storage/draft-store.ts";
import { listFiles } from "#storage/file-store.ts";
import { listEntries } from "#storage/index-store.ts";
import { readJournal } from "#storage/journal-store.ts";
import { addQueueItem, listQueued } from "#storage/queue-store.ts";
import { checkpoint } from "#storage/save.ts";
import type { StoreName } from "#storage/schema.ts";
import { deleteSession, purgeDeleted, undeleteSession } from "#storage/session-deletion.ts";
import { findPendingSessions, readPath, readSession } from "#storage/session-store.ts";

import {
  acceptTurn,
  ALL_STORES,
  contentOf,
  delta,
  freshDatabase,
  id,
  problemOf,
  RUN,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  T0,
} from "./samples.ts";
import { fillEveryStore } from "./full-session.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

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
    await fillEveryStore(db);
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
    await fillEveryStore(db);
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
