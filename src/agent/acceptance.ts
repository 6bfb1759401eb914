import type { MessageId, RunId, SessionId, UniqueSource } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { TurnStatus } from "#domain/outcome.ts";
import { newSession, titleFromText, type PendingTurn, type Session } from "#domain/session.ts";
import { isSettled, newTurn, turnStatus, type Turn } from "#domain/turn.ts";
import type { NewMessage } from "#protocol/commands.ts";
import type { FullSave } from "#storage/save.ts";

import { withdrawApprovals, withoutRequests } from "./approval-rows.ts";

/** Characters of the first line that a list row shows. */
const SNIPPET_LENGTH = 120;

/** A message on its way to becoming a turn. */
export interface Accepted {
  readonly turn: Turn;
  readonly runId: RunId;
  /** Earlier turns as that write leaves them. */
  readonly changed: readonly Turn[];
  /** The write that makes it so: all of it or nothing. */
  readonly save: Omit<FullSave, "token">;
}

/**
 * Turns a message into a turn and the one transaction that commits it: the turn, the session's pending record with the
 * run's id, the index row, the draft's removal. An earlier answer that waited for a decision counts as kept.
 */
export function acceptMessage(fields: {
  readonly sessionId: SessionId;
  readonly session: Session | null;
  /** The turn at the head so far; null where there is none, or none that can be read. */
  readonly earlier: Turn | null;
  readonly message: NewMessage;
  readonly parent: number;
  readonly model: ModelRef | null;
  readonly now: number;
  readonly unique: UniqueSource;
}): Accepted {
  const { session, sessionId, earlier, message, parent, now, unique } = fields;
  const base = session ?? newSession(sessionId, now, fields.model);
  const turn = newTurn({
    sessionId,
    seq: base.nextSeq,
    id: message.turnId,
    parent,
    user: { id: message.messageId, text: message.text, attachments: message.attachments, sentAt: now },
    replyId: mintId<MessageId>(unique),
  });
  const runId = mintId<RunId>(unique);
  return {
    turn,
    runId,
    changed: earlier === null ? [] : [leftBehind(earlier)],
    save: {
      sessionId,
      create: base,
      update: (current) => ({
        ...current,
        head: turn.seq,
        nextSeq: Math.max(current.nextSeq, turn.seq + 1),
        model: fields.model ?? current.model,
        pending: pendingOf(turn, runId, now),
        headStatus: "pending",
        headSnippet: snippetOf(message.text),
        needsPerson: false,
        lastActivityAt: now,
        ...(current.titleSource === "none"
          ? { title: titleFromText(message.text), titleSource: "first-message" as const }
          : {}),
      }),
      turns: [turn],
      ...(earlier === null ? {} : leaveBehind(earlier, now)),
      removeDraft: message.draftId,
      now,
    },
  };
}

export function pendingOf(turn: Turn, runId: RunId, now: number): PendingTurn {
  return {
    turnId: turn.id,
    turnSeq: turn.seq,
    messageId: turn.user.id,
    runId,
    startedAt: now,
    attachments: turn.user.attachments,
  };
}

/** What the session's record says once a turn's run has ended. */
export function settledSession(session: Session, turn: Turn, isActivity: boolean, now: number): Session {
  const isHead = session.head === turn.seq;
  return {
    ...session,
    pending: null,
    headStatus: isHead ? turnStatus(turn) : session.headStatus,
    needsPerson: isHead ? needsDecision(turn) : session.needsPerson,
    lastActivityAt: isActivity ? now : session.lastActivityAt,
  };
}

/** Endings after which the person has something to decide. A stop was their own decision. */
const WAITS_FOR_PERSON: ReadonlySet<TurnStatus> = new Set([
  "interrupted",
  "no-answer",
  "tool-limit",
  "context-full",
  "error",
]);

export function needsDecision(turn: Turn): boolean {
  return turn.resolution === null && WAITS_FOR_PERSON.has(turnStatus(turn));
}

/** Nobody goes on with the earlier answer now: it is kept as it is, and what it still asks is taken back. */
function leaveBehind(earlier: Turn, now: number): Pick<FullSave, "turnUpdates" | "approvals"> {
  const approvals = withdrawApprovals(earlier, now);
  return {
    turnUpdates: [{ seq: earlier.seq, update: leftBehind }],
    ...(approvals === null ? {} : { approvals }),
  };
}

function leftBehind(turn: Turn): Turn {
  const silent = withoutRequests(turn);
  return turn.resolution === null && isSettled(turn) && turnStatus(turn) !== "completed"
    ? { ...silent, resolution: "kept" }
    : silent;
}

export function snippetOf(text: string): string {
  return text.trim().replace(/\s+/g, " ").slice(0, SNIPPET_LENGTH).toWellFormed();
}
