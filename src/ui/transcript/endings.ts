import { lastRun } from "#domain/turn.ts";
import type { Turn } from "#domain/turn.ts";

import { causeSentence, count, outcomeSentence, keptSentence, savedSentence } from "./words.ts";

export type EndingAction =
  | "continue"
  | "allow-more-steps"
  | "retry"
  | "keep"
  | "discard"
  | "send-again"
  | "undo-discard"
  | "change-model"
  | "new-session";

/** What stands under an answer that did not simply complete. */
export interface Ending {
  /** `group`: asks for a decision, framed. `line`: only says it. */
  readonly form: "group" | "line";
  readonly tone: "attention" | "danger" | "quiet";
  /** The state in a word or two. */
  readonly label: string;
  /** First sentence: the cause. */
  readonly cause: string;
  /** What is known beyond it. */
  readonly rest: readonly string[];
  /** What the server or the engine said. */
  readonly detail: string | null;
  /** The first is the main one. */
  readonly actions: readonly EndingAction[];
}

/** The ending of a turn. `isLast`: at the end of the path, where something can still be done about it. Null: nothing to say. */
export function endingOf(turn: Turn, isLast: boolean, now: number): Ending | null {
  if (turn.resolution === "discarded") {
    return quiet("Discarded", "The answer was discarded.", isLast ? ["undo-discard", "send-again"] : ["undo-discard"]);
  }
  const ending = endingOfRun(turn, now);
  if (ending === null) return null;
  if (turn.resolution === "kept") {
    return quiet(
      ending.label,
      `${ending.label}. Kept as is; the answer is incomplete.`,
      isLast ? ["continue", "retry"] : [],
    );
  }
  return isLast ? ending : { ...ending, form: "line", tone: "quiet", rest: [], actions: [] };
}

function quiet(label: string, cause: string, actions: readonly EndingAction[]): Ending {
  return { form: "line", tone: "quiet", label, cause, rest: [], detail: null, actions };
}

function endingOfRun(turn: Turn, now: number): Ending | null {
  const outcome = lastRun(turn)?.outcome ?? null;
  if (outcome === null) return null;
  const group = { form: "group", tone: "attention", rest: [], detail: null } as const;
  switch (outcome.kind) {
    case "completed":
      return null;
    case "stopped":
      return quiet("Stopped", "You stopped this reply.", ["continue", "retry"]);
    case "interrupted": {
      const kept = turn.parts.length === 0 ? "Nothing of the answer had arrived." : keptSentence(turn);
      const outcomes = outcomeSentence(turn);
      return {
        ...group,
        label: "Interrupted",
        cause: causeSentence(outcome.cause, lastRun(turn)?.hasProgress),
        rest: [
          savedSentence(outcome.savedUpTo, outcome.mayMiss, now),
          ...(kept === null ? [] : [kept]),
          ...(outcomes === null ? [] : [outcomes]),
        ],
        actions: ["continue", "retry", "keep", "discard"],
      };
    }
    case "no-answer":
      return {
        ...group,
        label: "No answer",
        cause: "The model returned nothing usable.",
        actions: ["retry", "change-model"],
      };
    case "tool-limit":
      return {
        ...group,
        label: "Step limit reached",
        cause: `Stopped after ${count(outcome.steps, "step")}.`,
        actions: ["allow-more-steps", "keep"],
      };
    case "context-full":
      return {
        ...group,
        label: "Context is full",
        cause: "This session no longer fits into the model's context.",
        detail: outcome.detail,
        actions: ["new-session", "change-model", "retry"],
      };
    case "error": {
      const { message, detail } = outcome.error;
      const hasWork = turn.parts.length > 0;
      return {
        ...group,
        tone: "danger",
        label: "Failed",
        cause: message,
        detail,
        actions: hasWork ? ["retry", "continue", "change-model"] : ["retry", "change-model"],
      };
    }
  }
}

/** A run that was interrupted and followed by another one: where in the answer to say so, and with which words. */
export interface JoinNote {
  /** Index of the part before which the note stands; the number of parts for the end. */
  readonly at: number;
  readonly runId: string;
  readonly interruptedAt: number;
  readonly cause: string;
  readonly how: string;
  /** Epoch ms from which on something may have been lost and was asked for again; null: nothing was lost. */
  readonly savedUpTo: number | null;
}

export function joinNotes(turn: Turn): readonly JoinNote[] {
  const notes: JoinNote[] = [];
  turn.runs.forEach((run, index) => {
    const { outcome } = run;
    const next = turn.runs[index + 1];
    if (outcome?.kind !== "interrupted" || next === undefined) return;
    notes.push({
      at: joinIndex(turn, next.id, next.startedAt),
      runId: run.id,
      interruptedAt: run.endedAt ?? outcome.savedUpTo,
      cause: causeSentence(outcome.cause, run.hasProgress),
      how: next.trigger === "automatic" ? "It went on by itself." : "You had it continue.",
      savedUpTo: outcome.mayMiss ? outcome.savedUpTo : null,
    });
  });
  return notes;
}

/** Where the later run's work begins: after the text that it took up, else at the first part that it began. */
function joinIndex(turn: Turn, runId: string, startedAt: number): number {
  const resumed = turn.parts.findIndex(
    (part) => part.kind === "text" && part.seams.some((seam) => seam.runId === runId),
  );
  if (resumed >= 0) return resumed + 1;
  const begun = turn.parts.findIndex(
    (part) => part.kind !== "text" && part.startedAt !== null && part.startedAt >= startedAt,
  );
  if (begun >= 0) return begun;
  const cut = turn.parts.findLastIndex((part) => part.kind !== "tool-call" && part.state === "cut");
  return cut >= 0 ? cut + 1 : turn.parts.length;
}
