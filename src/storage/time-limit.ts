/** A slice of running time. A frozen or suspended worker is given one slice when it wakes, however long it slept. */
const SLICES = 20;

/**
 * The outcome of `work`, or the rejection with what `expired` gives once `limitMs` of running time have passed without
 * one. Only time in which this worker's timers ran counts: behind a closed lid an answer cannot arrive either. Where
 * `expired` gives null the wait begins again. What `work` becomes after that is nobody's news.
 */
export function withinRunningTime<T>(work: Promise<T>, limitMs: number, expired: () => Error | null): Promise<T> {
  return new Promise((resolve, reject) => {
    let left = SLICES;
    const timer = setInterval(() => {
      left -= 1;
      if (left > 0) return;
      const failure = expired();
      left = SLICES;
      if (failure === null) return;
      clearInterval(timer);
      reject(failure);
    }, limitMs / SLICES);
    work.then(resolve, reject).finally(() => clearInterval(timer));
  });
}
