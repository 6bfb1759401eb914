/** Milliseconds without a byte after which a server counts as stalled. Any byte is life, also a comment of the stream. */
export interface Timeouts {
  /** From the request to the first byte of its answer: a local model may read a long prompt for minutes. */
  readonly firstByteMs: number;
  /** Between two chunks after that. */
  readonly stallMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { firstByteMs: 180_000, stallMs: 45_000 };

/** After the finish reason only a few bytes are to come; some servers never close. */
const STALL_AFTER_FINISH_MS = 5000;
/** A timer this late was held up together with the network (a frozen tab, a sleeping laptop): that was no silence. */
const LATE_MS = 1500;

/** Notices silence, but only while somebody listens: a slow reader is not a silent server. */
export class SilenceWatch {
  readonly #timeouts: Timeouts;
  readonly #onSilence: () => void;
  readonly #isFinished: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasHeard = false;

  constructor(timeouts: Timeouts, isFinished: () => boolean, onSilence: () => void) {
    this.#timeouts = timeouts;
    this.#isFinished = isFinished;
    this.#onSilence = onSilence;
  }

  /** Something is awaited from now on. The wait for the first byte goes on where it already runs. */
  listen(): void {
    if (this.#timer === undefined) this.#arm(this.#limitMs());
  }

  /** A byte has come. */
  heard(): void {
    this.#hasHeard = true;
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #limitMs(): number {
    const { firstByteMs, stallMs } = this.#timeouts;
    if (!this.#hasHeard) return firstByteMs;
    return this.#isFinished() ? Math.min(stallMs, STALL_AFTER_FINISH_MS) : stallMs;
  }

  #arm(limitMs: number): void {
    const dueAt = Date.now() + limitMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (Date.now() - dueAt > LATE_MS) this.#arm(limitMs);
      else this.#onSilence();
    }, limitMs);
  }
}
