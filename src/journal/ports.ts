/**
 * What the policy of saving is handed: time, timers and locks. Nothing here touches IndexedDB or the platform, so the
 * same code runs under a fake clock in tests.
 */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export interface Timers {
  /** Calls once after `delayMs`. Returns the way to cancel it. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls every `intervalMs` until cancelled. */
  every(intervalMs: number, run: () => void): () => void;
}

/** A lock that is held. Releasing twice does nothing. */
export interface HeldLock {
  release(): void;
}

/**
 * Locks shared by all tabs and released by the platform when their holder dies (Web Locks, or the in-memory twin).
 * Holding one is the only proof that nobody else works on a session; silence or age never is.
 */
export interface Locks {
  /** The lock, or null where somebody holds it now. */
  tryAcquire(name: string): Promise<HeldLock | null>;
  /** Waits in line. Rejects with the signal's reason when it is aborted first. */
  wait(name: string, signal: AbortSignal): Promise<HeldLock>;
  /**
   * Takes the lock from whoever holds it. The holder's code is not stopped: only for one that is beyond reach, and only
   * where its writes fail by an older token.
   */
  steal(name: string): Promise<HeldLock>;
  /** Names of all locks that anybody holds now. */
  heldNames(): Promise<ReadonlySet<string>>;
}
