import type { SessionId } from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import { indexEntryOf } from "#domain/index-entry.ts";

import { indexCodec, sessionCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { readNewestFirst } from "./newest-first.ts";
import type { ReadTransaction } from "./transaction.ts";

export interface EntryPage {
  readonly entries: IndexEntry[];
  readonly hasMore: boolean;
}

/**
 * The session list, newest activity first, after a place in it. Costs what one page costs, however many sessions there
 * are. A row that cannot be read is shown from its session; nothing is written.
 */
export function listEntries(
  db: Database,
  after: { readonly lastActivityAt: number; readonly sessionId: SessionId } | null,
  limit: number,
): Promise<EntryPage> {
  const range = after === null ? null : IDBKeyRange.upperBound([after.lastActivityAt, after.sessionId], true);
  return db.read(["index", "sessions"], async (tx) => {
    const rows = await readNewestFirst(tx.objectStore("index").index("activity"), range, limit + 1);
    const entries = await Promise.all(rows.slice(0, limit).map((row) => entryOrSession(tx, row)));
    return { entries: entries.filter((entry) => entry !== null), hasMore: rows.length > limit };
  });
}

/** Sessions that are pinned or wait for the person, newest activity first: however far down the list they are. */
export function listFlagged(db: Database, limit: number): Promise<IndexEntry[]> {
  return db.read(["index", "sessions"], async (tx) => {
    const rows = await readNewestFirst(tx.objectStore("index").index("flagged"), null, limit);
    const entries = await Promise.all(rows.map((row) => entryOrSession(tx, row)));
    return entries.filter((entry) => entry !== null);
  });
}

export function readEntry(db: Database, sessionId: SessionId): Promise<IndexEntry | null> {
  return db.read(["index", "sessions"], async (tx) => {
    const row = await tx.objectStore("index").get(sessionId);
    return row === undefined ? null : entryOrSession(tx, row);
  });
}

async function entryOrSession(tx: ReadTransaction, row: { readonly sessionId: SessionId }): Promise<IndexEntry | null> {
  const decoded = indexCodec.decode(row);
  if (decoded.ok) return decoded.value;
  const session = sessionCodec.decode(await tx.objectStore("sessions").get(row.sessionId));
  return session.ok && session.value.deletedAt === null ? indexEntryOf(session.value) : null;
}
