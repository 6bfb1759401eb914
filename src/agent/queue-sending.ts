import type { TurnId } from "#domain/ids.ts";
import { mintId, readId } from "#domain/ids.ts";
import type { QueueItem } from "#domain/session.ts";
import type { NewMessage } from "#protocol/commands.ts";
import { listQueue } from "#storage/queue-store.ts";
import type { FullSave } from "#storage/save.ts";
import { StorageError } from "#storage/storage-error.ts";

import type { SessionScope } from "./session-scope.ts";

/** Commits a message as the turn after `parent` and starts its run; `extra` is part of the same transaction. */
export type AcceptQueued = (message: NewMessage, parent: number, extra: Partial<FullSave>) => Promise<unknown>;

/** Sends the first queued message that is still there. Gives whether there was one. */
export async function drainQueue(scope: SessionScope, accept: AcceptQueued, parent: number): Promise<boolean> {
  for (const item of await listQueue(scope.env.db, scope.id)) {
    // One is sent; the next is only looked at where somebody removed the one before it.
    // oxlint-disable-next-line no-await-in-loop
    if (await sendQueued(scope, accept, item, parent)) return true;
  }
  return false;
}

/**
 * Makes a turn of a queue row: the row's removal and the turn are one transaction, and the turn keeps the row's id, so
 * that the message is known when it is given again. False: the row is gone, sent or removed elsewhere.
 */
export async function sendQueued(
  scope: SessionScope,
  accept: AcceptQueued,
  item: QueueItem,
  parent: number,
): Promise<boolean> {
  const message: NewMessage = {
    turnId: readId<TurnId>(item.id),
    messageId: mintId(scope.env.unique),
    text: item.text,
    attachments: item.attachments,
    draftId: null,
  };
  try {
    await accept(message, parent, { removeQueueItem: item.id });
  } catch (cause) {
    if (cause instanceof StorageError && cause.problem.kind === "not-found") return false;
    throw cause;
  }
  scope.audience.toWatchers(scope.id, {
    type: "queue-changed",
    sessionId: scope.id,
    queue: await listQueue(scope.env.db, scope.id),
    queuePause: null,
  });
  return true;
}
