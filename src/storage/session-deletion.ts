import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";

import { collectBlobs } from "./blob-store.ts";
import { indexCodec, sessionCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { StoreName } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import type { Writing } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

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
  "aside",
];

/**
 * Removes for good what was deleted before `before` (epoch ms), a session in a transaction, then the blobs that nothing
 * refers to any more. The tombstone stays: an old tab or an import cannot bring the session back.
 * Answers with the sessions that went. `freshFrom` (epoch ms): blobs put since then stay, as the record that will refer to
 * them may still be on its way.
 */
export async function purgeDeleted(db: Database, before: number, freshFrom = before): Promise<SessionId[]> {
  const due = await db.read(["tombstones"], (tx) =>
    tx.objectStore("tombstones").index("due").getAllKeys(IDBKeyRange.upperBound(before, true)),
  );
  const purged: SessionId[] = [];
  for (const id of due) {
    // One at a time: a purge may be large, and what the person does meanwhile must not wait for all of it.
    // oxlint-disable-next-line no-await-in-loop
    if (await purgeSession(db, id, before)) purged.push(id);
  }
  if (purged.length > 0) await collectBlobs(db, freshFrom);
  return purged;
}

function purgeSession(db: Database, id: SessionId, before: number): Promise<boolean> {
  return db.write([...SESSION_STORES, "tombstones"], "strict", async (writing) => {
    const tombstone = await writing.get("tombstones", id);
    // Undone, or deleted anew, since the list was made.
    if (tombstone === undefined || tombstone.isPurged || tombstone.deletedAt >= before) return false;
    for (const store of ["sessions", "index", "drafts", "markers"] as const) writing.remove(store, id);
    for (const store of ["turns", "journal", "files", "aside"] as const) writing.remove(store, keysUnder(id));
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
