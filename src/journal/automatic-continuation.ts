import { lastRun, type Turn } from "#domain/turn.ts";

/** After this the person may not expect the answer any more, and what it is about may have changed. */
export const AUTOMATIC_CONTINUE_WITHIN_MS = 5 * 60_000;

/**
 * Time between showing what came back and going on by itself: enough to read that it happened and to say "Don't", and
 * it keeps a reader who reloads twice from paying for two requests.
 */
export const AUTOMATIC_CONTINUE_DELAY_MS = 1200;

export interface ContinuationCircumstances {
  readonly turn: Turn;
  readonly now: number;
  readonly isOnScreen: boolean;
  readonly isModelReady: boolean;
  readonly isAllowed: boolean;
}

/**
 * Whether an interrupted answer may be taken up without asking: it is recent, it is watched, its model is at hand, no
 * once-only call has an unknown outcome, and the last automatic attempt, if there was one, brought something new, so
 * that a server which always fails is not asked for ever.
 */
export function mayContinueByItself(circumstances: ContinuationCircumstances): boolean {
  const { turn, now } = circumstances;
  const run = lastRun(turn);
  if (!circumstances.isAllowed || !circumstances.isOnScreen || !circumstances.isModelReady) return false;
  if (run?.outcome?.kind !== "interrupted" || turn.resolution !== null) return false;
  if (now - run.outcome.savedUpTo > AUTOMATIC_CONTINUE_WITHIN_MS) return false;
  if (turn.parts.some((part) => part.kind === "tool-call" && part.state === "unknown")) return false;
  return run.trigger !== "automatic" || run.hasProgress;
}
