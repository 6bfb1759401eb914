import type { SessionId } from "#domain/ids.ts";

import { StorageError } from "./storage-error.ts";
import type { ReadTransaction, Writing } from "./transaction.ts";

/** Ids of the sessions whose deletion can still be undone. Those removed for good have no rows that could show up. */
export async function deletedSessions(tx: ReadTransaction): Promise<ReadonlySet<SessionId>> {
  return new Set(await tx.objectStore("tombstones").index("due").getAllKeys());
}

/** Throws `deleted` if the session was deleted, whether for good or not: a late write must not bring it back. */
export async function refuseDeleted(writing: Writing, sessionId: SessionId): Promise<void> {
  if ((await writing.get("tombstones", sessionId)) !== undefined) throw new StorageError({ kind: "deleted" });
}
