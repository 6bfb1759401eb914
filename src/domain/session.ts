import type { ApprovalId, CallId, DraftId, MessageId, QueueItemId, RunId, SessionId, TurnId } from "./ids.ts";
import type { Attachment } from "./message.ts";
import type { ModelRef } from "./model.ts";
import type { TurnStatus } from "./outcome.ts";
import type { ApprovalDecision, ApprovalRequest } from "./tool-call.ts";

/** Who made a title. What a person set is never replaced by what was generated. */
export type TitleSource = "none" | "first-message" | "generated" | "person";

/** The turn whose answer is not settled: written before anything is asked of a provider or a tool. */
export interface PendingTurn {
  readonly turnId: TurnId;
  readonly turnSeq: number;
  readonly messageId: MessageId;
  /** The run that is, or was, at work on it. */
  readonly runId: RunId;
  readonly startedAt: number;
  readonly attachments: readonly Attachment[];
}

/** One conversation. Holds no messages: those are turns, in rows of their own. */
export interface Session {
  readonly id: SessionId;
  readonly title: string;
  readonly titleSource: TitleSource;
  /** Null: the default model at the time of sending. */
  readonly model: ModelRef | null;
  readonly createdAt: number;
  /** Moves with every write unless the caller says otherwise. */
  readonly updatedAt: number;
  /** Moves only with what the user or the agent did; lists sort by it. */
  readonly lastActivityAt: number;
  /** Grows by one with every write; checked inside the transaction. */
  readonly revision: number;
  /** The newest lease's number; a write that carries an older one is refused. */
  readonly fencingToken: number;
  /** Seq of the turn at the end of the path that is shown; 0 while there is none. */
  readonly head: number;
  /** Seq that the next turn gets. Never goes back, so a seq is never reused. */
  readonly nextSeq: number;
  readonly pending: PendingTurn | null;
  /** Status of the turn at the head, for the list. */
  readonly headStatus: TurnStatus | null;
  /** First words of the head's message, for the list. */
  readonly headSnippet: string;
  /** Whether the head's ending still waits for a decision of the person. */
  readonly needsPerson: boolean;
  /** The run that the person does not want taken up by itself: they stopped it when it was dead, or said "Don't". */
  readonly declinedRun: RunId | null;
  readonly isPinned: boolean;
  readonly isArchived: boolean;
  /** Tools that may run in this session without being asked about again. */
  readonly allowedTools: readonly string[];
  /** Epoch ms of deletion, while it can still be undone. */
  readonly deletedAt: number | null;
}

/** Unsent composer text of a session; never part of the session. */
export interface Draft {
  readonly sessionId: SessionId;
  readonly id: DraftId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Grows with every change; an older one never replaces a newer one. */
  readonly revision: number;
  readonly updatedAt: number;
}

/** A message that waits for its turn. Drained once, in order, only after `completed`. */
export interface QueueItem {
  readonly id: QueueItemId;
  readonly sessionId: SessionId;
  /** Order within the session. */
  readonly position: number;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly createdAt: number;
}

/** An approval as a row with one resolution. */
export interface ApprovalRow {
  readonly id: ApprovalId;
  readonly sessionId: SessionId;
  readonly turnSeq: number;
  readonly callId: CallId;
  readonly tool: string;
  readonly request: ApprovalRequest;
  readonly requestedAt: number;
  readonly decision: ApprovalDecision | null;
  readonly decidedAt: number | null;
}

const TITLE_LENGTH = 60;

/** A title made from the first message: its first line, cut between words. */
export function titleFromText(text: string): string {
  const line = text.trim().split(/\r?\n/, 1)[0]?.replace(/\s+/g, " ").trim() ?? "";
  if (line.length <= TITLE_LENGTH) return line.toWellFormed() || "New session";
  const cut = line.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(" ");
  return `${(space > TITLE_LENGTH / 2 ? cut.slice(0, space) : cut).toWellFormed()}…`;
}

export function newSession(id: SessionId, now: number, model: ModelRef | null): Session {
  return {
    id,
    title: "New session",
    titleSource: "none",
    model,
    createdAt: now,
    updatedAt: now,
    lastActivityAt: now,
    revision: 0,
    fencingToken: 0,
    head: 0,
    nextSeq: 1,
    pending: null,
    headStatus: null,
    headSnippet: "",
    needsPerson: false,
    declinedRun: null,
    isPinned: false,
    isArchived: false,
    allowedTools: [],
    deletedAt: null,
  };
}
