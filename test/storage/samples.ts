import { IDBFactory } from "fake-indexeddb";

import type { AnyId, RunId, SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import type { ApprovalRow, Draft, PendingTurn, QueueItem, Session } from "#domain/session.ts";
import { newSession } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import { newTurn } from "#domain/turn.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { fullSave } from "#storage/save.ts";
import type { StoreName } from "#storage/schema.ts";
import { StorageError } from "#storage/storage-error.ts";
import type { StorageProblem } from "#storage/storage-error.ts";

/** Any string as the id that the place asks for. */
export function id<Id extends AnyId>(text: string): Id {
  return readId<Id>(text);
}

export const SESSION = id<SessionId>("session-1");
export const RUN = id<RunId>("run-1");
/** Where the tests' clock begins. */
export const T0 = 1_700_000_000_000;

/** An empty IndexedDB for this test alone. */
export function freshFactory(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** A database of its own for each test. */
export function freshDatabase(): Promise<Database> {
  freshFactory();
  return openDatabase();
}

export function pendingOf(turn: Turn, runId: RunId = RUN): PendingTurn {
  return {
    turnId: turn.id,
    turnSeq: turn.seq,
    messageId: turn.user.id,
    runId,
    startedAt: turn.user.sentAt,
    attachments: turn.user.attachments,
  };
}

export function sampleTurn(fields: { sessionId?: SessionId; seq?: number; parent?: number; text?: string } = {}): Turn {
  const sessionId = fields.sessionId ?? SESSION;
  const seq = fields.seq ?? 1;
  return newTurn({
    sessionId,
    seq,
    id: id(`${sessionId}.turn-${seq}`),
    parent: fields.parent ?? seq - 1,
    replyId: id(`${sessionId}.reply-${seq}`),
    user: {
      id: id(`${sessionId}.message-${seq}`),
      text: fields.text ?? `question ${seq}`,
      attachments: [],
      sentAt: T0 + seq,
    },
  });
}

/** Saves a session with its first turn pending on a run, as sending does. */
export async function acceptTurn(
  db: Database,
  turn: Turn = sampleTurn(),
  options: { token?: number | null; runId?: RunId; now?: number } = {},
): Promise<Session> {
  const now = options.now ?? T0;
  return fullSave(db, {
    sessionId: turn.sessionId,
    token: options.token ?? null,
    create: newSession(turn.sessionId, now, null),
    update: (session) => ({
      ...session,
      head: turn.seq,
      nextSeq: turn.seq + 1,
      pending: pendingOf(turn, options.runId),
      headStatus: "pending",
      headSnippet: turn.user.text.slice(0, 80),
      lastActivityAt: now,
    }),
    turns: [turn],
    now,
  });
}

/** What settling a run does to the session's record. */
export function settled(session: Session): Session {
  return { ...session, pending: null, headStatus: "completed" };
}

export function event(seq: number, body: RunEventBody, runId: RunId = RUN): RunEvent {
  return { ...body, runId, seq, at: T0 + seq };
}

export function delta(seq: number, text: string, runId: RunId = RUN): RunEvent {
  return event(seq, { type: "text-delta", partId: id("part-1"), text }, runId);
}

export function sampleDraft(fields: Partial<Draft> = {}): Draft {
  return {
    sessionId: SESSION,
    id: id("draft-1"),
    text: "half a",
    attachments: [],
    revision: 1,
    updatedAt: T0,
    ...fields,
  };
}

export function sampleQueueItem(fields: Partial<QueueItem> = {}): QueueItem {
  return {
    id: id("queued-1"),
    sessionId: SESSION,
    position: 0,
    text: "next",
    attachments: [],
    createdAt: T0,
    ...fields,
  };
}

export function sampleApproval(fields: Partial<ApprovalRow> = {}): ApprovalRow {
  return {
    id: id("approval-1"),
    sessionId: SESSION,
    turnSeq: 1,
    callId: id("call-1"),
    tool: "write-file",
    request: { id: id("approval-1"), title: "Write notes.md", reason: "It writes to the workspace." },
    requestedAt: T0,
    decision: null,
    decidedAt: null,
    ...fields,
  };
}

/** The whole content of some stores, as JSON, to compare before and after. */
export async function contentOf(db: Database, ...stores: StoreName[]): Promise<string> {
  const records = await db.read(stores, (tx) => Promise.all(stores.map((store) => tx.objectStore(store).getAll())));
  return JSON.stringify(records);
}

export const ALL_STORES: StoreName[] = [
  "sessions",
  "turns",
  "journal",
  "index",
  "drafts",
  "queue",
  "approvals",
  "blobs",
  "settings",
  "connections",
  "secrets",
  "vault",
  "tombstones",
  "markers",
  "files",
  "aside",
];

/** The problem that a call fails with. Fails if it succeeds or fails otherwise. */
export async function problemOf(call: Promise<unknown>): Promise<StorageProblem> {
  const failure = await call.then(
    () => new Error("succeeded"),
    (reason: unknown) => reason,
  );
  if (failure instanceof StorageError) return failure.problem;
  throw failure;
}

/** Puts a record in as it is, past every check: what a disk error or a newer version leaves behind. */
export async function plant(db: Database, store: StoreName, record: unknown): Promise<void> {
  await db.write([store], "relaxed", async (writing) => {
    await writing.tx.objectStore(store).put(record as never);
  });
}
