import { applyEvent } from "#domain/apply-event.ts";
import type { PartId, RunId } from "#domain/ids.ts";
import type { InterruptionCause, Outcome } from "#domain/outcome.ts";
import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import type { ApprovalRow } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import { startCheckpointer, type Checkpointer } from "#journal/checkpointer.ts";
import type { Lease } from "#journal/lease.ts";
import type { Clock, Timers } from "#journal/ports.ts";
import type { Database } from "#storage/database.ts";
import { clearClosingMarker, writeClosingMarker } from "#storage/marker-store.ts";
import { checkpoint } from "#storage/save.ts";

import { approvalRow } from "./approval-rows.ts";
import type { LoopPort } from "./loop.ts";

/** Neighbouring deltas become one event after this long: below what an eye notices, above what a page need draw. */
const MERGE_DELTAS_MS = 40;
/** … or at this many characters, so that an event stays small. */
const MERGE_DELTAS_CHARACTERS = 4000;

/** A page that the browser is about to pause runs on for a moment: what comes later than this was not stopped by it. */
const PAUSING_MS = 5000;

export interface RunParts {
  readonly db: Database;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of every event, in order, after it was applied. */
  readonly published: (events: readonly RunEvent[]) => void;
  readonly saved: (at: number) => void;
  /** A write failed, or (null) works again. The run goes on either way. */
  readonly trouble: (cause: unknown) => void;
}

/**
 * One run of one turn: gives each fact its seq, applies it, queues it for the journal and publishes it, in this order
 * and nowhere else. The turn it holds is what a page shows and what a full save writes.
 */
export class ActiveRun implements LoopPort {
  readonly runId: RunId;
  readonly #parts: RunParts;
  readonly #checkpointer: Checkpointer;
  readonly #abort = new AbortController();
  #turn: Turn;
  #seq: number;
  #merging: { kind: "text" | "reasoning"; partId: PartId; text: string } | null = null;
  #cancelMerge: (() => void) | null = null;
  #isSealed = false;
  /** Why the page is leaving, until that is written. */
  #closing: InterruptionCause | null = null;
  /** Whether the page has said farewell and has not been heard of since. */
  #isLeft = false;
  /** Epoch ms at which the browser began to pause the page; null once the run has visibly gone on after it. */
  #pausedAt: number | null = null;

  constructor(parts: RunParts, turn: Turn, runId: RunId) {
    this.#parts = parts;
    this.#turn = turn;
    this.runId = runId;
    this.#seq = 0;
    this.#checkpointer = startCheckpointer({
      timers: parts.timers,
      write: (events) => this.#write(events),
      failed: parts.trouble,
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  turn(): Turn {
    return this.#turn;
  }

  /** The person's stop. Takes effect wherever the loop is; what comes later is absorbed. */
  stop(): void {
    this.#abort.abort(new DOMException("Stopped", "AbortError"));
  }

  emit(body: RunEventBody): void {
    this.#flushDeltas();
    this.#append(body);
  }

  delta(kind: "text" | "reasoning", partId: PartId, text: string): void {
    if (this.#isSealed) return;
    if (this.#merging !== null && (this.#merging.partId !== partId || this.#merging.kind !== kind)) this.#flushDeltas();
    this.#merging = { kind, partId, text: (this.#merging?.text ?? "") + text };
    if (this.#merging.text.length >= MERGE_DELTAS_CHARACTERS) this.#flushDeltas();
    else this.#cancelMerge ??= this.#parts.timers.after(MERGE_DELTAS_MS, () => this.#flushDeltas());
  }

  async commit(): Promise<boolean> {
    this.#flushDeltas();
    try {
      await this.#checkpointer.flush();
      return true;
    } catch {
      return false; // `trouble` was told by the checkpointer
    }
  }

  /**
   * The page goes: what is dirty and why in one transaction, or the reason alone where nothing is dirty. The marker is
   * never there without the work, so its existence proves that nothing is missing. Gives whether both are durable.
   */
  async farewell(cause: InterruptionCause): Promise<boolean> {
    this.#closing = cause;
    this.#isLeft = true;
    if (cause === "paused-by-browser") this.#pausedAt = this.#parts.clock.now();
    if (!(await this.commit())) return false;
    if (this.#closing === null) return true;
    this.#closing = null;
    const marker = { sessionIds: [this.#turn.sessionId], cause, at: this.#parts.clock.now() };
    return writeClosingMarker(this.#parts.db, marker).then(
      () => true,
      (failure: unknown) => {
        this.#parts.trouble(failure);
        return false;
      },
    );
  }

  /** The page is there after all: should it die later without a word, its farewell must not be taken for the reason. */
  stay(): void {
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#closing = null;
    clearClosingMarker(this.#parts.db, this.#turn.sessionId).catch(this.#parts.trouble);
  }

  /**
   * The last fact. Stops and drains the checkpointer first, so that no checkpoint can land after the full save that
   * the caller makes of the turn. Publishes nothing yet: an ending is shown when it is durable.
   */
  async seal(outcome: Outcome): Promise<{ readonly turn: Turn; readonly ending: RunEvent }> {
    this.#flushDeltas();
    this.#isSealed = true;
    const ending = this.#place({ type: "run-ended", outcome: this.#withCause(outcome) });
    await this.#checkpointer.stop();
    this.#turn = applyEvent(this.#turn, ending);
    return { turn: this.#turn, ending };
  }

  /** Ends the timers of a run that is given up without an ending (its lease is lost, its worker goes). */
  abandon(): void {
    this.#isSealed = true;
    this.#cancelMerge?.();
    this.stop();
    void this.#checkpointer.stop(); // never rejects; a write that is under way fails for the same reason
  }

  /** A request that broke while the browser held the page broke for that reason, whatever it looked like from inside. */
  #withCause(outcome: Outcome): Outcome {
    const isBroken =
      outcome.kind === "interrupted" && (outcome.cause === "connection-dropped" || outcome.cause === "stalled");
    return isBroken && this.#pausedAt !== null ? { ...outcome, cause: "paused-by-browser" } : outcome;
  }

  #flushDeltas(): void {
    this.#cancelMerge?.();
    this.#cancelMerge = null;
    const merging = this.#merging;
    this.#merging = null;
    if (merging === null) return;
    this.#append({
      type: merging.kind === "text" ? "text-delta" : "reasoning-delta",
      partId: merging.partId,
      text: merging.text,
    });
  }

  #append(body: RunEventBody): void {
    if (this.#isSealed) return;
    const event = this.#place(body);
    if (this.#pausedAt !== null && event.at - this.#pausedAt > PAUSING_MS) this.#pausedAt = null;
    this.#turn = applyEvent(this.#turn, event);
    this.#checkpointer.append(event);
    this.#parts.published([event]);
  }

  #place(body: RunEventBody): RunEvent {
    this.#seq++;
    return { ...body, runId: this.runId, seq: this.#seq, at: this.#parts.clock.now() };
  }

  async #write(events: readonly RunEvent[]): Promise<void> {
    const now = this.#parts.clock.now();
    const { sessionId } = this.#turn;
    const approvals = approvalChanges(this.#turn, events);
    const closing = this.#closing;
    await checkpoint(this.#parts.db, {
      sessionId,
      token: this.#parts.lease.token,
      runId: this.runId,
      events,
      now,
      ...(approvals === null ? {} : { approvals }),
      ...(closing === null ? {} : { closing }),
    });
    this.#closing = null;
    this.#parts.trouble(null);
    this.#parts.saved(now);
  }
}

/** The approval rows that a batch implies, written in the same transaction as the events. */
function approvalChanges(turn: Turn, events: readonly RunEvent[]): { request: ApprovalRow[] } | null {
  const request = events.flatMap((event): ApprovalRow[] => {
    if (event.type !== "approval-requested") return [];
    const call = turn.parts.find((part) => part.id === event.callId);
    return call?.kind === "tool-call" ? [approvalRow(turn, call, event.request, event.at)] : [];
  });
  return request.length === 0 ? null : { request };
}
