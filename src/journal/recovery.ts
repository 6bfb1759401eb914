import { applyEvent, applyEvents } from "#domain/apply-event.ts";
import type { SessionId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { InterruptionCause, Outcome } from "#domain/outcome.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { PendingTurn } from "#domain/session.ts";
import { isSettled, lastRun, type Turn } from "#domain/turn.ts";

/** What a page left behind when it went: the reason and the time up to which everything was written. */
export interface ClosingMarker {
  readonly sessionId: SessionId;
  readonly cause: InterruptionCause;
  readonly at: number;
}

/** Everything that is known of a run whose worker is dead. That it is dead was proven by taking its lock. */
export interface Remains {
  readonly turn: Turn;
  readonly pending: PendingTurn;
  readonly journal: readonly RunEvent[];
  /** Epoch ms of the newest journal row; null where there is none. */
  readonly savedAt: number | null;
  /** Whether a batch of the journal could not be read: what follows it is not in `journal`'s reach. */
  readonly hasUnreadable: boolean;
  readonly marker: ClosingMarker | null;
  /** The model that the session would use, for a run that died before it wrote its own start. */
  readonly model: ModelRef;
  /** What a page saw: it explains the end where no marker does, but proves nothing about what was written. */
  readonly seen: { readonly cause: InterruptionCause; readonly at: number } | null;
  readonly now: number;
}

/**
 * Session and journal → what the person gets back. Pure and idempotent: the same remains give the same turn, and a turn
 * that had settled comes back as it is.
 *
 *   stored turn ── journaled events, through the one reducer ──► the turn as it was on the screen
 *               ── no terminal event? ──► run-ended { interrupted, cause, saved up to }
 */
export function recoverTurn(remains: Remains): Turn {
  const replayed = applyEvents(remains.turn, remains.journal);
  if (isSettled(replayed) && lastRun(replayed)?.id === remains.pending.runId) return replayed;
  const started = withRun(replayed, remains);
  const run = lastRun(started);
  if (run === undefined) return started;
  return applyEvent(started, {
    type: "run-ended",
    runId: run.id,
    seq: run.lastSeq + 1,
    at: remains.now,
    outcome: interruption(remains),
  });
}

/** A run that died before its first checkpoint is known only from the session's record: its start is made up for. */
function withRun(turn: Turn, { pending, model }: Remains): Turn {
  if (lastRun(turn)?.id === pending.runId) return turn;
  return applyEvent(turn, {
    type: "run-started",
    runId: pending.runId,
    seq: 1,
    at: pending.startedAt,
    trigger: turn.runs.length === 0 ? "send" : "continue",
    model,
  });
}

/** A worker lives on for a moment after its page has said farewell; a save later than that means that it went on. */
const DYING_MS = 3000;

function interruption({ marker, seen, pending, savedAt, hasUnreadable }: Remains): Outcome {
  const lastSave = Math.max(savedAt ?? 0, pending.startedAt);
  const isLast = ({ at }: { readonly at: number }): boolean => at >= pending.startedAt && lastSave <= at + DYING_MS;
  if (marker !== null && isLast(marker)) {
    const savedUpTo = Math.max(marker.at, lastSave);
    return { kind: "interrupted", cause: marker.cause, savedUpTo, mayMiss: hasUnreadable };
  }
  const cause = seen !== null && isLast(seen) ? seen.cause : "app-died";
  return { kind: "interrupted", cause, savedUpTo: lastSave, mayMiss: true };
}
