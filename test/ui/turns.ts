import { mintId, readId } from "#domain/ids.ts";
import type { MessageId, PartId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import type { Turn } from "#domain/turn.ts";
import { newTurn } from "#domain/turn.ts";
import type { SessionSnapshot } from "#protocol/commands.ts";

export const SESSION = readId<SessionId>("session");
export const OTHER_SESSION = readId<SessionId>("other");

/** A turn that was accepted, with nothing produced yet. */
export function acceptedTurn(seq: number, parent = seq - 1): Turn {
  const mint = <Id extends MessageId | TurnId>(kind: string) => mintId<Id>(() => `${kind}-${String(seq)}`);
  return newTurn({
    sessionId: SESSION,
    seq,
    id: mint<TurnId>("turn"),
    parent,
    user: { id: mint<MessageId>("message"), text: `Question ${String(seq)}`, attachments: [], sentAt: 1_000 },
    replyId: mint<MessageId>("reply"),
  });
}

const RUN = readId<RunId>("run");
export const PART = readId<PartId>("part");

/** Events of one run, numbered from `from`. */
export function events(from: number, ...bodies: readonly RunEventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ ...body, runId: RUN, seq: from + index, at: 1_000 + from + index }));
}

export const STARTED: readonly RunEventBody[] = [
  { type: "run-started", trigger: "send", model: BUILT_IN_MODEL },
  { type: "step-started", step: 0 },
  { type: "part-opened", partId: PART, kind: "text", step: 0 },
];

export function delta(text: string): RunEventBody {
  return { type: "text-delta", partId: PART, text };
}

export function ended(outcome: Outcome): RunEventBody {
  return { type: "run-ended", outcome };
}

export function snapshotOf(turns: readonly Turn[], more: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    sessionId: SESSION,
    session: null,
    turns,
    siblings: [],
    hasEarlier: false,
    queue: [],
    queuePause: null,
    draft: null,
    runner: "here",
    savedAt: null,
    continuesAt: null,
    ...more,
  };
}
