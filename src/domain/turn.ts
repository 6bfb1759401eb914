import type { MessageId, RunId, SessionId, TurnId } from "./ids.ts";
import type { Part, UserMessage } from "./message.ts";
import type { FinishReason, ModelRef, Usage } from "./model.ts";
import type { Outcome, TurnStatus } from "./outcome.ts";

/** What set a run going. `automatic`: the app continued by itself after an interruption. */
export type RunTrigger = "send" | "continue" | "automatic";

/** What a running run is doing now; for one that was interrupted, the pause that was asked of it. Else meaningless once it has ended. */
export type RunPhase =
  | { readonly kind: "working" }
  | { readonly kind: "waiting-retry"; readonly attempt: number; readonly until: number; readonly reason: string }
  | { readonly kind: "waiting-network" };

/** One execution of the agent loop for a turn. */
export interface RunRecord {
  readonly id: RunId;
  readonly trigger: RunTrigger;
  readonly model: ModelRef;
  readonly startedAt: number;
  /** Seq of the last event that was applied; events up to here change nothing. */
  readonly lastSeq: number;
  /** Whether anything but its own bookkeeping came of it: text, reasoning or a tool's result. */
  readonly hasProgress: boolean;
  readonly phase: RunPhase;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
}

/** One model request and its reply. */
export interface StepRecord {
  readonly runId: RunId;
  readonly step: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly finishReason: FinishReason | null;
  readonly usage: Usage | null;
  /** The provider's own id of the request, where it gives one. */
  readonly requestId: string | null;
}

/** What the person decided about an answer that did not complete. Null: nothing yet. */
export type Resolution = "kept" | "discarded";

/**
 * One user message and everything produced in answer to it: one row for life.
 * A turn never holds a whole session, and its status is derived from its runs, so the two cannot disagree.
 */
export interface Turn {
  readonly sessionId: SessionId;
  /** Position in the session, from 1, in the order of creation. Never reused. */
  readonly seq: number;
  readonly id: TurnId;
  /** Seq of the turn that this one follows; 0 at the root. Turns with one parent are siblings. */
  readonly parent: number;
  readonly user: UserMessage;
  readonly replyId: MessageId;
  readonly parts: readonly Part[];
  readonly steps: readonly StepRecord[];
  readonly runs: readonly RunRecord[];
  readonly resolution: Resolution | null;
}

export function lastRun(turn: Turn): RunRecord | undefined {
  return turn.runs.at(-1);
}

export function turnStatus(turn: Turn): TurnStatus {
  const run = lastRun(turn);
  if (run === undefined) return "pending";
  return run.outcome === null ? "running" : run.outcome.kind;
}

export function isSettled(turn: Turn): boolean {
  const status = turnStatus(turn);
  return status !== "pending" && status !== "running";
}

/** The run that has not ended, if there is one. */
export function openRun(turn: Turn): RunRecord | undefined {
  const run = lastRun(turn);
  return run?.outcome === null ? run : undefined;
}

/** All text of the answer, parts joined by a blank line: what "Copy" gives. No reasoning, no tool logs. */
export function replyText(turn: Turn): string {
  return turn.parts.flatMap((part) => (part.kind === "text" && part.text !== "" ? [part.text] : [])).join("\n\n");
}

/** A turn as it is accepted: the message is there, nothing has been asked of anybody yet. */
export function newTurn(fields: {
  readonly sessionId: SessionId;
  readonly seq: number;
  readonly id: TurnId;
  readonly parent: number;
  readonly user: UserMessage;
  readonly replyId: MessageId;
}): Turn {
  return { ...fields, parts: [], steps: [], runs: [], resolution: null };
}
