/** Time as the page has it. Handed in, so that tests turn the clock. */
export interface PageTimers {
  /** Milliseconds that never go back. */
  now(): number;
  /** Runs once after `delayMs`; returns the cancellation. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs once before the next paint; returns the cancellation. */
  frame(run: () => void): () => void;
}

export const browserTimers: PageTimers = {
  now: () => performance.now(),
  after(delayMs, run) {
    const id = setTimeout(run, delayMs);
    return () => {
      clearTimeout(id);
    };
  },
  frame(run) {
    const id = requestAnimationFrame(run);
    return () => {
      cancelAnimationFrame(id);
    };
  },
};

/** At most one drawing in this time while text streams: twenty a second read as continuous, and typing stays instant. */
export const COMMIT_INTERVAL_MS = 50;

/** Of the time, at most a third goes into drawing: one huge table that grows must not keep a key press waiting. */
const REST_PER_COST = 2;
/** However slow drawing is, the answer is seen to grow. */
const LONGEST_INTERVAL_MS = 1_000;

/**
 * Decides when what has arrived becomes visible: at once when the last drawing is long enough ago, never more than once
 * per interval, aligned to a frame, and less often where drawing takes long. A hidden page gets no frames, so there it commits at once: nothing is drawn anyway,
 * and what is read when the page comes back is complete.
 */
export class CommitClock {
  readonly #commit: () => void;
  readonly #timers: PageTimers;
  readonly #isVisible: () => boolean;
  #cancel: (() => void) | null = null;
  #lastAt = Number.NEGATIVE_INFINITY;
  /** What the last drawing took, from the commit to the end of its frame. */
  #costMs = 0;

  constructor(commit: () => void, timers: PageTimers, isVisible: () => boolean) {
    this.#commit = commit;
    this.#timers = timers;
    this.#isVisible = isVisible;
  }

  /** Something has changed. */
  request(): void {
    if (!this.#isVisible()) {
      this.flush();
      return;
    }
    if (this.#cancel !== null) return;
    const waitMs = this.#lastAt + this.#intervalMs() - this.#timers.now();
    this.#cancel = waitMs <= 0 ? this.#inFrame() : this.#timers.after(waitMs, () => (this.#cancel = this.#inFrame()));
  }

  /** Commits now, whatever was planned. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#lastAt = this.#timers.now();
    this.#commit();
  }

  #inFrame(): () => void {
    return this.#timers.frame(() => {
      this.#cancel = null;
      const startedAt = this.#timers.now();
      this.flush();
      // The first task after the frame: script, layout and paint are behind it.
      this.#timers.after(0, () => {
        this.#costMs = this.#timers.now() - startedAt;
      });
    });
  }

  #intervalMs(): number {
    const rested = this.#costMs * (1 + REST_PER_COST);
    return Math.min(LONGEST_INTERVAL_MS, Math.max(COMMIT_INTERVAL_MS, rested));
  }
}
