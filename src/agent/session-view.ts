import type { SessionId } from "#domain/ids.ts";
import type { QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import type { Runner, SessionSnapshot, Siblings, TurnPage } from "#protocol/commands.ts";
import type { Database } from "#storage/database.ts";
import { readDraft } from "#storage/draft-store.ts";
import { listQueue } from "#storage/queue-store.ts";
import { readPath, readSession, readSiblings } from "#storage/session-store.ts";
import { StorageError } from "#storage/storage-error.ts";

import { withDecisions } from "./approval-rows.ts";
import type { SessionScope } from "./session-scope.ts";

/** Turns of one screen. Opening a session reads this many, whatever its length. */
export const TURNS_PER_PAGE = 20;

/** What only the running system knows of a session. */
export interface LiveState {
  /** The turn of a run that has not settled, newer than the stored row. */
  readonly turn: Turn | null;
  readonly runner: Runner;
  readonly savedAt: number | null;
  readonly continuesAt: number | null;
}

/** What a snapshot is made with, beside the rows. */
export interface SnapshotParts {
  /**
   * Asked last, in the moment in which the copy is handed on: events that were published while the rows were read are in
   * it, and none is missing after it.
   */
  readonly live: () => LiveState;
  /** Told of a turn on the path that cannot be read: nothing above it can be shown. */
  readonly unreadable: (cause: StorageError) => void;
}

/** A whole copy of what a page shows of a session. Reads only. */
export async function readSnapshot(db: Database, sessionId: SessionId, parts: SnapshotParts): Promise<SessionSnapshot> {
  const session = await readSession(db, sessionId);
  const isThere = session !== null && session.deletedAt === null;
  const page = isThere ? await readTurnPage(db, sessionId, session.head, TURNS_PER_PAGE, parts.unreadable) : EMPTY_PAGE;
  const turns = await Promise.all(page.turns.map((turn) => withDecisions(db, turn)));
  const queue = await listQueue(db, sessionId);
  const draft = await readDraft(db, sessionId);
  const { turn: liveTurn, ...state } = parts.live();
  return {
    ...page,
    turns: turns.map((turn) => (turn.seq === liveTurn?.seq ? liveTurn : turn)),
    sessionId,
    session: isThere ? session : null,
    queue,
    queuePause: queuePause(queue, session, state.runner),
    draft,
    ...state,
    savedAt: state.savedAt ?? session?.updatedAt ?? null,
  };
}

/** The copy that an attaching page gets. */
export function snapshotOf(scope: SessionScope, live: () => LiveState): Promise<SessionSnapshot> {
  const { env, audience, id } = scope;
  return readSnapshot(env.db, id, {
    live,
    unreadable: (cause) => {
      audience.storageTrouble(cause);
    },
  });
}

/** A new copy for all who watch, where more changed than events tell. */
export async function sendSnapshot(scope: SessionScope, live: () => LiveState): Promise<void> {
  if (!scope.isWatched) return;
  const snapshot = await snapshotOf(scope, live);
  scope.audience.toWatchers(scope.id, { type: "snapshot", snapshot });
}

const EMPTY_PAGE: TurnPage = { turns: [], siblings: [], hasEarlier: false };

/** A page of the path that ends at `fromSeq`, as it is stored. */
export async function readTurnPage(
  db: Database,
  sessionId: SessionId,
  fromSeq: number,
  limit: number,
  unreadable: SnapshotParts["unreadable"],
): Promise<TurnPage> {
  if (fromSeq === 0) return EMPTY_PAGE;
  const { turns, hasEarlier, unreadable: lost } = await readPath(db, sessionId, fromSeq, limit);
  for (const seq of lost) {
    unreadable(new StorageError({ kind: "corrupt", store: "turns", key: `${sessionId} ${seq}`, detail: "path" }));
  }
  const siblings: Siblings[] = [];
  for (const parent of new Set(turns.map((turn) => turn.parent))) {
    const seqs = await readSiblings(db, sessionId, parent);
    if (seqs.length > 1) siblings.push({ parent, seqs });
  }
  return { turns, siblings, hasEarlier };
}

/** Why queued messages wait although nothing runs; null when they do not wait, or there are none. */
export function queuePause(queue: readonly QueueItem[], session: Session | null, runner: Runner): string | null {
  if (queue.length === 0 || runner !== "nobody") return null;
  switch (session?.headStatus) {
    case "stopped":
      return "You stopped the reply. The queue waits until you send the next message yourself.";
    case "interrupted":
      return "The reply was interrupted. The queue waits until you decide how to go on.";
    case "completed":
      return "The app was closed before these were sent.";
    case undefined:
    case null:
    case "pending":
    case "running":
    case "no-answer":
    case "tool-limit":
    case "context-full":
    case "error":
      return "The last reply did not complete. The queue waits until you decide how to go on.";
  }
}
