import type { DraftId, QueueItemId, SessionId, TurnId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { QueueItem } from "#domain/session.ts";

import { queueCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { consumeDraft } from "./draft-store.ts";
import { deletedSessions, refuseDeleted } from "./tombstones.ts";
import { keysUnder } from "./transaction.ts";

/** Messages that may wait in one session; more than that is no queue but a mistake. */
export const QUEUE_CAP = 20;

/** `sent`: the message is a turn already. */
export type QueueAdded =
  | { readonly kind: "added"; readonly item: QueueItem }
  | { readonly kind: "full" }
  | { readonly kind: "sent" };

/**
 * Puts a message behind those that wait, and removes the draft that it was, in one transaction. The store gives it its
 * position, so that two tabs cannot take the same. The same id twice is one item, and a turn with this id is the message.
 * Throws StorageError deleted, quota, aborted, closed.
 */
export function addQueueItem(
  db: Database,
  item: QueueItem,
  options: { readonly removeDraft?: DraftId | null } = {},
): Promise<QueueAdded> {
  return db.write(["queue", "turns", "drafts", "tombstones"], "strict", async (writing) => {
    await refuseDeleted(writing, item.sessionId);
    const known = await writing.get("queue", item.id);
    if (known !== undefined) return { kind: "added", item: queueCodec.read(known) };
    // Given in two tabs at once, and the other one has sent it: it must not wait behind itself.
    const turn = await writing.tx.objectStore("turns").index("id").getKey(readId<TurnId>(item.id));
    if (turn !== undefined) return { kind: "sent" };
    const waiting = await writing.tx.objectStore("queue").index("order").getAll(keysUnder(item.sessionId));
    if (waiting.length >= QUEUE_CAP) return { kind: "full" };
    const added: QueueItem = { ...item, position: (waiting.at(-1)?.position ?? 0) + 1 };
    writing.put("queue", queueCodec.encode(added));
    if (options.removeDraft != null) await consumeDraft(writing, item.sessionId, options.removeDraft);
    return { kind: "added", item: added };
  });
}

/** What waits in a session, first first. */
export function listQueue(db: Database, sessionId: SessionId): Promise<QueueItem[]> {
  return db.read(["queue"], async (tx) => {
    const records = await tx.objectStore("queue").index("order").getAll(keysUnder(sessionId));
    return records.map((record) => queueCodec.decode(record)).flatMap((item) => (item.ok ? [item.value] : []));
  });
}

/** Sessions in which something waits. */
export function listQueued(db: Database): Promise<SessionId[]> {
  return db.read(["queue", "tombstones"], async (tx) => {
    const records = await tx.objectStore("queue").getAll();
    const deleted = await deletedSessions(tx);
    return [...new Set(records.map((record) => record.sessionId))].filter((id) => !deleted.has(id));
  });
}

/** Gives false if it was not there any more: it has been sent, or removed in another tab. */
export function removeQueueItem(db: Database, id: QueueItemId): Promise<boolean> {
  return db.write(["queue"], "strict", async (writing) => {
    if ((await writing.get("queue", id)) === undefined) return false;
    writing.remove("queue", id);
    return true;
  });
}

/** Another text for a waiting message; null if it does not wait any more. */
export function editQueueItem(db: Database, id: QueueItemId, text: string): Promise<QueueItem | null> {
  return db.write(["queue"], "strict", async (writing) => {
    const record = await writing.get("queue", id);
    if (record === undefined) return null;
    const item = { ...queueCodec.read(record), text };
    writing.put("queue", queueCodec.encode(item));
    return item;
  });
}
