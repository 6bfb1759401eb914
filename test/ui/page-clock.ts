import type { PageTimers } from "#ui/commit-clock.ts";

/** The page's time, turned by the test. */
export interface PageClock extends PageTimers {
  /** Moves on by `ms`; what falls due runs. */
  advance(ms: number): void;
  /** Draws a frame. */
  draw(): void;
}

export function pageClock(): PageClock {
  let now = 0;
  let frames: (() => void)[] = [];
  const timers = new Set<{ readonly dueAt: number; readonly run: () => void }>();
  return {
    now: () => now,
    after(delayMs, run) {
      const timer = { dueAt: now + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    frame(run) {
      frames.push(run);
      return () => {
        frames = frames.filter((known) => known !== run);
      };
    },
    advance(ms) {
      now += ms;
      for (const timer of timers) {
        if (timer.dueAt > now) continue;
        timers.delete(timer);
        timer.run();
      }
    },
    draw() {
      for (const run of frames.splice(0)) run();
    },
  };
}
