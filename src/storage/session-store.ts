import type { SessionId, TurnId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

import { collectBlobs } from "./blob-store.ts";
import { indexCodec, sessionCodec, turnCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { StoreName } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import type { ReadTransaction, Writing } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

/** Turns of a path, oldest first. */
export interface PathPage {
  readonly turns: Turn[];
  /** Whether older turns lie above that can be read: ask again from the first turn's `parent`. */
  readonly hasEarlier: boolean;
  /** Seqs at which the path could not be followed further; the record stays where it is. */
  readonly unreadable: number[];
}

/** The session's record, a deleted one included, or null. Throws StorageError corrupt, newer-version, closed. */
export function readSession(db: Database, id: SessionId): Promise<Session | null> {
  return db.read(["sessions"], async (tx) => {
    const record = await tx.objectStore("sessions").get(id);
    return record === undefined ? null : sessionCodec.read(record);
  });
}

/** Sessions with a turn that is not settled, by a sparse index: its cost is the number of those, not of all. */
export function findPendingSessions(db: Database): Promise<readonly Session[]> {
  return db.read(["sessions"], async (tx) => {
    const records = await tx.objectStore("sessions").index("pending").getAll();
    return records
      .map((record) => sessionCodec.decode(record))
      .flatMap((session) => (session.ok && session.value.deletedAt === null ? [session.value] : []));
  });
}

export function readTurn(db: Database, id: SessionId, seq: number): Promise<Turn | null> {
  return db.read(["turns"], async (tx) => {
    const record = await tx.objectStore("turns").get([id, seq]);
    return record === undefined ? null : turnCodec.read(record);
  });
}

/** The turn with this id, in whatever session: says whether a message that was sent before a crash was accepted. */
export function findTurn(db: Database, id: TurnId): Promise<Turn | null> {
  return db.read(["turns"], async (tx) => {
    const record = await tx.objectStore("turns").index("id").get(id);
    return record === undefined ? null : turnCodec.read(record);
  });
}

/**
 * The last `limit` turns of the path that ends at `fromSeq`. Reads key ranges downwards from there, so its cost is
 * that of what is shown, never of the session. At a turn that is missing or cannot be read it stops and says so.
 */
export function readPath(db: Database, id: SessionId, fromSeq: number, limit: number): Promise<PathPage> {
  return db.read(["turns"], (tx) => collectPath(tx, id, fromSeq, limit));
}

async function collectPath(tx: ReadTransaction, id: SessionId, fromSeq: number, limit: number): Promise<PathPage> {
  const turns: Turn[] = [];
  let page: Map<number, unknown> = new Map();
  let wanted = fromSeq;
  while (wanted > 0 && turns.length < limit) {
    if (!page.has(wanted)) {
      // Each page begins where the path leaves the page before it.
      // oxlint-disable-next-line no-await-in-loop
      page = await readPage(tx, id, wanted, limit - turns.length);
    }
    const record = page.get(wanted);
    const decoded = record === undefined ? null : turnCodec.decode(record);
    if (decoded?.ok !== true || decoded.value.parent >= wanted) {
      return { turns: turns.reverse(), hasEarlier: false, unreadable: [wanted] };
    }
    turns.push(decoded.value);
    wanted = decoded.value.parent;
  }
  return { turns: turns.reverse(), hasEarlier: wanted > 0, unreadable: [] };
}

async function readPage(
  tx: ReadTransaction,
  id: SessionId,
  lastSeq: number,
  count: number,
): Promise<Map<number, unknown>> {
  const range = IDBKeyRange.bound([id, Math.max(1, lastSeq - count + 1)], [id, lastSeq]);
  const records = await tx.objectStore("turns").getAll(range);
  return new Map(records.map((record) => [record.seq, record]));
}

/** Seqs of the turns that follow `parent`, oldest first. */
export function readSiblings(db: Database, id: SessionId, parent: number): Promise<number[]> {
  return db.read(["turns"], async (tx) => {
    const keys = await tx.objectStore("turns").index("siblings").getAllKeys([id, parent]);
    return keys.map(([, seq]) => seq);
  });
}

/**
 * The newest turn among `seq` and all that follow from it. Walks keys only. A turn comes after its parent, so one pass
 * in the order of parents sees every turn after the one it follows.
 */
export function newestDescendant(db: Database, id: SessionId, seq: number): Promise<number> {
  return db.read(["turns"], async (tx) => {
    const below = new Set([seq]);
    let newest = seq;
    const index = tx.objectStore("turns").index("siblings");
    let cursor = await index.openKeyCursor(IDBKeyRange.bound([id, seq], [id, []]));
    while (cursor !== null) {
      const [, child] = cursor.primaryKey;
      if (below.has(cursor.key[1])) {
        below.add(child);
        newest = Math.max(newest, child);
      }
      // oxlint-disable-next-line no-await-in-loop
      cursor = await cursor.continue();
    }
    return newest;
  });
}

/**
 * Takes a session out of every list, in one transaction; everything else stays, so that it can be undone. Also for a
 * session that has nothing but a draft. Deleting twice changes nothing.
 */
export function deleteSession(db: Database, id: SessionId, now: number): Promise<void> {
  return db.write(["sessions", "index", "tombstones"], "strict", async (writing) => {
    if ((await writing.get("tombstones", id)) !== undefined) return;
    const record = await writing.get("sessions", id);
    if (record !== undefined) {
      const session = sessionCodec.read(record);
      writing.put("sessions", sessionCodec.encode(changed(session, now, now)));
    }
    writing.remove("index", id);
    writing.put("tombstones", { sessionId: id, deletedAt: now, isPurged: false, due: now });
  });
}

/** Undoes a deletion with all that it hid. Throws `not-found` once the session has been removed for good. */
export function undeleteSession(db: Database, id: SessionId, now: number): Promise<void> {
  return db.write(["sessions", "index", "tombstones"], "strict", async (writing) => {
    const tombstone = await writing.get("tombstones", id);
    if (tombstone === undefined) return;
    if (tombstone.isPurged) throw new StorageError({ kind: "not-found" });
    const record = await writing.get("sessions", id);
    if (record !== undefined) {
      const session = changed(sessionCodec.read(record), null, now);
      writing.put("sessions", sessionCodec.encode(session));
      writing.put("index", indexCodec.encode(indexEntryOf(session)));
    }
    writing.remove("tombstones", id);
  });
}

function changed(session: Session, deletedAt: number | null, now: number): Session {
  return { ...session, deletedAt, updatedAt: now, revision: session.revision + 1 };
}

const SESSION_STORES: StoreName[] = [
  "sessions",
  "turns",
  "journal",
  "index",
  "drafts",
  "queue",
  "approvals",
  "markers",
  "files",
];

/**
 * Removes for good what was deleted before `before` (epoch ms), a session in a transaction, then the blobs that nothing
 * refers to any more. The tombstone stays: an old tab or an import cannot bring the session back.
 * Answers with the sessions that went.
 */
export async function purgeDeleted(db: Database, before: number): Promise<SessionId[]> {
  const due = await db.read(["tombstones"], (tx) =>
    tx.objectStore("tombstones").index("due").getAllKeys(IDBKeyRange.upperBound(before, true)),
  );
  const purged: SessionId[] = [];
  for (const id of due) {
    // One at a time: a purge may be large, and what the person does meanwhile must not wait for all of it.
    // oxlint-disable-next-line no-await-in-loop
    if (await purgeSession(db, id, before)) purged.push(id);
  }
  if (purged.length > 0) await collectBlobs(db, before);
  return purged;
}

function purgeSession(db: Database, id: SessionId, before: number): Promise<boolean> {
  return db.write([...SESSION_STORES, "tombstones"], "strict", async (writing) => {
    const tombstone = await writing.get("tombstones", id);
    // Undone, or deleted anew, since the list was made.
    if (tombstone === undefined || tombstone.isPurged || tombstone.deletedAt >= before) return false;
    for (const store of ["sessions", "index", "drafts", "markers"] as const) writing.remove(store, id);
    for (const store of ["turns", "journal", "files"] as const) writing.remove(store, keysUnder(id));
    await removeRows(writing, id);
    const { sessionId, deletedAt } = tombstone;
    writing.put("tombstones", { sessionId, deletedAt, isPurged: true });
    return true;
  });
}

async function removeRows(writing: Writing, id: SessionId): Promise<void> {
  const [queued, approvals] = await Promise.all([
    writing.tx.objectStore("queue").index("order").getAllKeys(keysUnder(id)),
    writing.tx.objectStore("approvals").index("session").getAllKeys(id),
  ]);
  for (const key of queued) writing.remove("queue", key);
  for (const key of approvals) writing.remove("approvals", key);
}
