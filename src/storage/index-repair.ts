import type { SessionId } from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import { indexEntryOf } from "#domain/index-entry.ts";

import { indexCodec, sessionCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { ReadTransaction, WriteTransaction, Writing } from "./transaction.ts";

/** Sessions looked at in one transaction of a check or a rebuild. */
const REPAIR_PAGE = 200;

export interface IndexCheck {
  /** Sessions that had no row. */
  readonly missing: number;
  /** Rows that said something else than their session, could not be read, or belong to no session. */
  readonly stale: number;
}

/**
 * Compares the index with the sessions and repairs what differs, a page at a time. An explicit step, never part of a
 * read. Where the revisions agree nothing else is compared. Changes no date.
 */
export async function verifyIndex(db: Database): Promise<IndexCheck> {
  const check = { missing: 0, stale: 0 };
  let after: SessionId | null = null;
  do {
    // Page after page: each begins where the one before it ended.
    // oxlint-disable-next-line no-await-in-loop
    const page: DoubtfulPage = await findDoubtful(db, after);
    for (const id of page.doubtful) {
      // oxlint-disable-next-line no-await-in-loop
      const found = await db.write(["sessions", "index"], "relaxed", (writing) => repairEntry(writing, id));
      if (found !== "right") check[found] += 1;
    }
    after = page.next;
  } while (after !== null);
  return check;
}

/**
 * Writes every row of the index anew from its session and removes the others. Rows are replaced in place, a page in a
 * transaction: at no time is the list empty, and nothing waits for all of it. Gives the number of rows written.
 */
export async function rebuildIndex(db: Database): Promise<number> {
  let count = 0;
  let after: SessionId | null = null;
  do {
    const from: SessionId | null = after;
    // oxlint-disable-next-line no-await-in-loop
    const page: RewrittenPage = await db.write(["sessions", "index"], "strict", (writing) =>
      rewritePage(writing, from),
    );
    count += page.written;
    after = page.next;
  } while (after !== null);
  return count;
}

interface RewrittenPage {
  readonly written: number;
  readonly next: SessionId | null;
}

async function rewritePage(writing: Writing, after: SessionId | null): Promise<RewrittenPage> {
  const { sessions, stretch, next } = await readStretch(writing.tx, after);
  const orphans = new Set(await writing.tx.objectStore("index").getAllKeys(stretch));
  let written = 0;
  for (const record of sessions) {
    const session = sessionCodec.decode(record);
    if (session.ok && session.value.deletedAt !== null) continue;
    // An unreadable session keeps its row: it may be the last that is known of it.
    orphans.delete(record.id);
    if (!session.ok) continue;
    writing.put("index", indexCodec.encode(indexEntryOf(session.value)));
    written += 1;
  }
  for (const id of orphans) writing.remove("index", id);
  return { written, next };
}

/** The next page of sessions, and the range of ids that it covers: the rows in it belong to these sessions or to none. */
async function readStretch(tx: ReadTransaction | WriteTransaction, after: SessionId | null) {
  const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
  const sessions = await tx.objectStore("sessions").getAll(range, REPAIR_PAGE);
  const end = sessions.at(-1)?.id;
  if (end === undefined || sessions.length < REPAIR_PAGE) return { sessions, stretch: range, next: null };
  return { sessions, stretch: IDBKeyRange.bound(after ?? "", end, after !== null), next: end };
}

interface DoubtfulPage {
  readonly doubtful: SessionId[];
  readonly next: SessionId | null;
}

function findDoubtful(db: Database, after: SessionId | null): Promise<DoubtfulPage> {
  return db.read(["sessions", "index"], async (tx) => {
    const { sessions, stretch, next } = await readStretch(tx, after);
    const rows = new Map((await tx.objectStore("index").getAll(stretch)).map((row) => [row.sessionId, row]));
    const doubtful: SessionId[] = [];
    for (const session of sessions) {
      const row = rows.get(session.id);
      rows.delete(session.id);
      const isRight = session.deletedAt === null ? row?.revision === session.revision : row === undefined;
      if (!isRight || (row !== undefined && !indexCodec.decode(row).ok)) doubtful.push(session.id);
    }
    // What is left belongs to no session.
    return { doubtful: [...doubtful, ...rows.keys()], next };
  });
}

/** Both are read again here: what looked wrong a moment ago may have been written since. */
async function repairEntry(writing: Writing, id: SessionId): Promise<"missing" | "stale" | "right"> {
  const [record, row] = await Promise.all([writing.get("sessions", id), writing.get("index", id)]);
  const session = record === undefined ? null : sessionCodec.decode(record);
  // As in a rebuild: the row may be the last that is known of it.
  if (session?.ok === false) return "right";
  if (session === null || session.value.deletedAt !== null) {
    if (row === undefined) return "right";
    writing.remove("index", id);
    return "stale";
  }
  const wanted = indexEntryOf(session.value);
  const stored = row === undefined ? null : indexCodec.decode(row);
  // Checkpoints move a session's revision and leave its row alone: that row is old, but it is not wrong.
  if (stored?.ok === true && saysTheSame(stored.value, wanted)) return "right";
  writing.put("index", indexCodec.encode(wanted));
  return stored === null ? "missing" : "stale";
}

function saysTheSame(a: IndexEntry, b: IndexEntry): boolean {
  if (a.revision > b.revision) return false;
  return JSON.stringify({ ...a, revision: 0 }) === JSON.stringify({ ...b, revision: 0 });
}
