import type { SessionId, TurnId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

import { sessionCodec, turnCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { ReadTransaction } from "./transaction.ts";

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
