import type { Clock, Timers } from "#journal/ports.ts";

interface Timer {
  dueAt: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

/** A clock and timers that move only when the test says so. */
export interface FakeTime extends Clock, Timers {
  /** Moves on by `ms`, running what falls due in order and letting the work it starts come to rest in between. */
  advance(ms: number): Promise<void>;
  /** Timers that nobody has cancelled yet. */
  readonly pending: number;
}

export function fakeTime(startAt = Date.UTC(2026, 10, 22, 12), settle = rest): FakeTime {
  let now = startAt;
  const timers = new Set<Timer>();
  const add = (delayMs: number, everyMs: number | null, run: () => void) => {
    const timer: Timer = { dueAt: now + delayMs, everyMs, run };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  };
  return {
    now: () => now,
    after: (delayMs, run) => add(delayMs, null, run),
    every: (intervalMs, run) => add(intervalMs, intervalMs, run),
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter((timer) => timer.dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];
        if (next === undefined) break;
        now = Math.max(now, next.dueAt);
        if (next.everyMs === null) timers.delete(next);
        else next.dueAt += next.everyMs;
        next.run();
        // The work that a timer starts must come to rest before the next one runs.
        // oxlint-disable-next-line no-await-in-loop
        await settle();
      }
      now = until;
      await settle();
    },
    get pending() {
      return timers.size;
    },
  };
}

/** Rounds of the event loop after which work on fake-indexeddb (some immediates a transaction) has come to rest. */
const ROUNDS_TO_REST = 60;

/** Lets everything that is under way in this process run until it waits for a timer or for the test. */
export async function rest(): Promise<void> {
  for (let round = 0; round < ROUNDS_TO_REST; round++) {
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Real time that a condition may take: code that is loaded on first use comes from the disk. */
const PATIENCE_MS = 4500;

/** Waits for a condition by turns of the event loop. Fails loudly when it never comes true. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    // oxlint-disable-next-line no-await-in-loop
    if (await condition()) return;
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Never came true: ${what}`);
}
