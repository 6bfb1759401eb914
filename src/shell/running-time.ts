/**
 * Time in which the page really ran.
 *
 * A wait that must end in an act (a worker declared dead, a run cut off) may only count time in which an answer could
 * have been received. Behind a hidden tab, a frozen page, a laptop lid or a debugger's pause the wall clock goes on while
 * nobody listens: counting it would kill healthy workers, and kill their successors at the next pause.
 */

/** A slice that took this much longer than it should was a pause, and counts as nothing. */
const LATE_FACTOR = 1.5;
/** Jitter of a busy machine, which is no pause. */
const LATE_SLACK_MS = 250;
const SLICES = 4;

/** Whether so much more time passed than was waited for that the page cannot have been running all along. */
export function wasPaused(passedMs: number, expectedMs: number): boolean {
  return passedMs > expectedMs * LATE_FACTOR + LATE_SLACK_MS;
}

/**
 * Calls `onTime` once, after `ms` milliseconds in which the page ran and `isCounting` held. Returns the cancellation,
 * which the caller owns.
 */
export function afterRunningTime(ms: number, isCounting: () => boolean, onTime: () => void): () => void {
  const sliceMs = ms / SLICES;
  let left = SLICES;
  let lastAt = performance.now();
  const timer = setInterval(() => {
    const passedMs = performance.now() - lastAt;
    lastAt = performance.now();
    if (!isCounting() || wasPaused(passedMs, sliceMs)) return;
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    onTime();
  }, sliceMs);
  return () => {
    clearInterval(timer);
  };
}
