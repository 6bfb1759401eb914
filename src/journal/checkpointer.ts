import type { RunEvent } from "#domain/run-event.ts";

import type { Timers } from "./ports.ts";

/**
 * How often dirty events are written. The loss budget allows one second of streamed output when the process is killed;
 * half of it leaves room for a write that takes its time.
 */
export const CHECKPOINT_INTERVAL_MS = 500;

export interface CheckpointerPorts {
  readonly timers: Timers;
  /** Writes one batch; resolves only after the commit. Called once at a time. */
  write(events: readonly RunEvent[]): Promise<void>;
  /** Told of every failed write. The events stay dirty and are tried again at the next tick. */
  failed(cause: unknown): void;
}

/** Decides when the events of one run are written: the policy, not the write. */
export interface Checkpointer {
  /** Events applied since the last durable write. */
  append(event: RunEvent): void;
  /** Writes what is dirty now. Resolves once everything appended before the call is durable; rejects if that failed. */
  flush(): Promise<void>;
  /** No write begins after this; resolves when the one under way has ended. Gives what is still dirty to the full save. */
  stop(): Promise<readonly RunEvent[]>;
}

/**
 *   append … append ── tick or flush ──► write(batch) ── committed ──► clean
 *      ▲                                    │
 *      └──── what came meanwhile ◄──────────┘ failed: the batch goes back to the front, the next tick tries again
 *
 * Nothing new means no write. One write at a time, so a later batch can never land before an earlier one.
 */
export function startCheckpointer(ports: CheckpointerPorts, intervalMs = CHECKPOINT_INTERVAL_MS): Checkpointer {
  let dirty: RunEvent[] = [];
  let writing: Promise<void> | null = null;
  let isStopped = false;

  async function writeBatch(): Promise<void> {
    const batch = dirty;
    dirty = [];
    try {
      await ports.write(batch);
    } catch (cause) {
      dirty = [...batch, ...dirty];
      ports.failed(cause);
      throw cause;
    } finally {
      writing = null;
    }
  }

  /** Starts a write, or joins the one under way and then writes what it did not take. */
  async function flush(): Promise<void> {
    if (writing !== null) {
      const underWay = writing;
      await underWay.catch(() => undefined); // its own caller hears of it; here only its end matters
    }
    if (dirty.length === 0 || isStopped) return;
    if (writing !== null) return flush();
    writing = writeBatch();
    await writing;
  }

  const cancel = ports.timers.every(intervalMs, () => {
    if (writing !== null || dirty.length === 0) return;
    flush().catch(() => undefined); // `failed` was told; the events stay dirty for the next tick
  });

  return {
    append(event) {
      dirty.push(event);
    },
    flush,
    async stop() {
      isStopped = true;
      cancel();
      if (writing !== null) await writing.catch(() => undefined); // what failed is in `dirty` again
      return dirty;
    },
  };
}
