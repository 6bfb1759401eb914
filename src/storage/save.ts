import type { ApprovalId, DraftId, QueueItemId, RunId, SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { ApprovalRow, Session } from "#domain/session.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";

import { approvalCodec, indexCodec, sessionCodec, turnCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { consumeDraft } from "./draft-store.ts";
import { appendJournal } from "./journal-store.ts";
import type { StoreName } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import { refuseDeleted } from "./tombstones.ts";
import type { Writing } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

export interface ApprovalChanges {
  readonly request?: readonly ApprovalRow[];
  readonly settle?: readonly { readonly id: ApprovalId; readonly decision: ApprovalDecision; readonly at: number }[];
}

export interface FullSave {
  readonly sessionId: SessionId;
  /** Fencing token of the lease; null: a change that is not a run's, e.g. a new title. */
  readonly token: number | null;
  /** Used if the session has no row yet. */
  readonly create?: Session;
  /** Pure, may run twice. Revision, fencing token and deletion are kept by the store whatever it returns. */
  readonly update: (session: Session) => Session;
  /** Put whole. A seq that another turn holds is refused. */
  readonly turns?: readonly Turn[];
  readonly turnUpdates?: readonly { readonly seq: number; readonly update: (turn: Turn) => Turn }[];
  /** Runs whose events are in a turn now: their journal goes. */
  readonly settledRuns?: readonly RunId[];
  /** The draft that this became. Removed if it is the stored one; never stored again in any case. */
  readonly removeDraft?: DraftId | null;
  /** The queue item that this became. Refused with `not-found` if it is gone: it was sent or removed elsewhere. */
  readonly removeQueueItem?: QueueItemId;
  readonly approvals?: ApprovalChanges;
  /** Epoch ms. */
  readonly now: number;
  readonly touchUpdatedAt?: boolean;
}

export interface Checkpoint {
  readonly sessionId: SessionId;
  readonly token: number;
  readonly runId: RunId;
  /** What is new since the last one, in order. Events that are stored already are left out by their seq. */
  readonly events: readonly RunEvent[];
  readonly update?: (session: Session) => Session;
  readonly approvals?: ApprovalChanges;
  /** The page is leaving: its closing marker goes with the work, since there may be no time for a second transaction. */
  readonly closing?: InterruptionCause;
  /** Epoch ms. */
  readonly now: number;
  readonly touchUpdatedAt?: boolean;
}

/**
 * Session, turns, index row and the end of the settled runs' journal in one strict transaction, together with the
 * draft, queue item and approvals that go with them. The only writer of the index beside its repair.
 * Throws StorageError: fenced, deleted, not-found, aborted, quota, closed, corrupt, newer-version.
 */
export function fullSave(db: Database, save: FullSave): Promise<Session> {
  return db.write(storesOf(save), "strict", async (writing) => {
    const session = await readForSave(writing, save);
    const next = stamp(session, save.update(session), save);
    writing.put("sessions", sessionCodec.encode(next));
    writing.put("index", indexCodec.encode(indexEntryOf(next)));
    await putTurns(writing, save, session.nextSeq);
    for (const runId of save.settledRuns ?? []) writing.remove("journal", keysUnder(save.sessionId, runId));
    if (save.removeDraft != null) await consumeDraft(writing, save.sessionId, save.removeDraft);
    if (save.removeQueueItem !== undefined) await takeQueueItem(writing, save.sessionId, save.removeQueueItem);
    await changeApprovals(writing, save.approvals);
    return next;
  });
}

/**
 * The skip-index save: the session's record and the new events of its run in one relaxed transaction. Its cost follows
 * what is new, never the session. It cannot touch the index, because the transaction is not opened over it.
 * Throws StorageError as fullSave does; `fenced` also for events of a run that is not the pending one (it has settled).
 */
export function checkpoint(db: Database, save: Checkpoint): Promise<Session> {
  const stores: StoreName[] = ["sessions"];
  if (save.events.length > 0) stores.push("journal");
  if (save.approvals !== undefined) stores.push("approvals");
  if (save.closing !== undefined) stores.push("markers");
  return db.write(stores, "relaxed", async (writing) => {
    const session = await readForSave(writing, save);
    const next = stamp(session, save.update?.(session) ?? session, save);
    if (save.events.length > 0) {
      const isPending = session.pending?.runId === save.runId || next.pending?.runId === save.runId;
      if (!isPending) throw fenced(save.token, session);
      const { sessionId, runId, now } = save;
      await appendJournal(writing, { sessionId, runId, events: save.events, savedAt: now });
    }
    writing.put("sessions", sessionCodec.encode(next));
    if (save.closing !== undefined) {
      writing.put("markers", { sessionId: save.sessionId, cause: save.closing, at: save.now });
    }
    await changeApprovals(writing, save.approvals);
    return next;
  });
}

/** Gives an approval its one decision. A second one, from another tab or late, changes nothing. Throws not-found. */
export function resolveApproval(
  db: Database,
  resolution: { readonly id: ApprovalId; readonly decision: ApprovalDecision; readonly at: number },
): Promise<"resolved" | "already-resolved"> {
  return db.write(["approvals"], "strict", (writing) => settleApproval(writing, resolution));
}

/**
 * Takes the next fencing token: from its commit on, writes with an older one are refused. Moves neither `updatedAt`
 * nor the index. A session without a row has nothing to protect yet: 0, and nothing is written.
 */
export function claimFencingToken(db: Database, sessionId: SessionId): Promise<number> {
  return db.write(["sessions"], "strict", async (writing) => {
    const record = await writing.get("sessions", sessionId);
    if (record === undefined) return 0;
    const session = sessionCodec.read(record);
    const fencingToken = session.fencingToken + 1;
    writing.put("sessions", sessionCodec.encode({ ...session, fencingToken, revision: session.revision + 1 }));
    return fencingToken;
  });
}

function storesOf(save: FullSave): StoreName[] {
  const stores: StoreName[] = ["sessions", "turns", "index", "journal", "tombstones"];
  if (save.removeDraft != null) stores.push("drafts");
  if (save.removeQueueItem !== undefined) stores.push("queue");
  if (save.approvals !== undefined) stores.push("approvals");
  return stores;
}

/** The record as it is now, or the new one; checked against deletion and against a newer lease. */
async function readForSave(
  writing: Writing,
  save: { readonly sessionId: SessionId; readonly token: number | null; readonly create?: Session },
): Promise<Session> {
  const record = await writing.get("sessions", save.sessionId);
  let session: Session;
  if (record === undefined) {
    if (save.create === undefined) throw new StorageError({ kind: "not-found" });
    await refuseDeleted(writing, save.sessionId);
    session = save.create;
  } else {
    session = sessionCodec.read(record);
  }
  if (session.deletedAt !== null) throw new StorageError({ kind: "deleted" });
  if (save.token !== null && save.token !== session.fencingToken) throw fenced(save.token, session);
  return session;
}

function fenced(held: number, session: Session): StorageError {
  return new StorageError({ kind: "fenced", held, current: session.fencingToken });
}

/** What the store alone decides about a session, whatever an update returned. */
function stamp(
  session: Session,
  updated: Session,
  save: { readonly sessionId: SessionId; readonly now: number; readonly touchUpdatedAt?: boolean },
): Session {
  return {
    ...updated,
    id: save.sessionId,
    revision: session.revision + 1,
    fencingToken: session.fencingToken,
    nextSeq: Math.max(session.nextSeq, updated.nextSeq),
    updatedAt: save.touchUpdatedAt === false ? session.updatedAt : save.now,
    deletedAt: session.deletedAt,
  };
}

/** Seqs from `nextSeq` on are free; below it a row may only be replaced by a newer state of the same turn. */
async function putTurns(writing: Writing, save: FullSave, nextSeq: number): Promise<void> {
  const updates = (save.turnUpdates ?? []).map(async ({ seq, update }) => {
    const record = await writing.get("turns", [save.sessionId, seq]);
    if (record === undefined) throw new StorageError({ kind: "not-found" });
    writing.put("turns", turnCodec.encode(update(turnCodec.read(record))));
  });
  const puts = (save.turns ?? []).map(async (turn) => {
    if (turn.seq < nextSeq) {
      const stored = await writing.get("turns", [save.sessionId, turn.seq]);
      if (stored !== undefined && stored.id !== turn.id) {
        throw new StorageError({ kind: "aborted", detail: `turn ${turn.seq} is another one` });
      }
    }
    writing.put("turns", turnCodec.encode(turn));
  });
  await Promise.all([...updates, ...puts]);
}

async function takeQueueItem(writing: Writing, sessionId: SessionId, id: QueueItemId): Promise<void> {
  const item = await writing.get("queue", id);
  if (item?.sessionId !== sessionId) throw new StorageError({ kind: "not-found" });
  writing.remove("queue", id);
}

async function changeApprovals(writing: Writing, changes: ApprovalChanges | undefined): Promise<void> {
  for (const request of changes?.request ?? []) {
    // One after the other: a batch that is written again after a failure may name a row that is there.
    // oxlint-disable-next-line no-await-in-loop
    const known = await writing.get("approvals", request.id);
    if (known === undefined) writing.put("approvals", approvalCodec.encode(request));
  }
  for (const resolution of changes?.settle ?? []) {
    // One after the other: two of them may name one approval.
    // oxlint-disable-next-line no-await-in-loop
    await settleApproval(writing, resolution);
  }
}

async function settleApproval(
  writing: Writing,
  { id, decision, at }: { readonly id: ApprovalId; readonly decision: ApprovalDecision; readonly at: number },
): Promise<"resolved" | "already-resolved"> {
  const record = await writing.get("approvals", id);
  if (record === undefined) throw new StorageError({ kind: "not-found" });
  const row = approvalCodec.read(record);
  if (row.decision !== null) return "already-resolved";
  writing.put("approvals", approvalCodec.encode({ ...row, decision, decidedAt: at }));
  return "resolved";
}
