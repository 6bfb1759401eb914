/**
 * Counts the tasks of the event loop that are on their way, so that a test can wait until nothing moves any more instead
 * of for a number of rounds: exact, and cheap where thousands of stories are told. fake-indexeddb runs on these tasks.
 */
let underWay = 0;

const real = globalThis.setImmediate;

/** From now on in this process. Doing it twice changes nothing. */
export function countTasks(): void {
  if (globalThis.setImmediate !== real) return;
  const counting = (run: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
    underWay++;
    return real(() => {
      underWay--;
      run(...args);
    });
  };
  globalThis.setImmediate = counting as typeof setImmediate;
}

/** Rounds without an end mean that something asks for its turn for ever. */
const MOST_ROUNDS = 100_000;

/** Resolves when nothing in this process moves any more but by a timer, by the test, or by what comes from outside. */
export async function quiet(): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // Microtasks come to their end before the next task begins.
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => real(resolve));
    if (underWay === 0) return;
  }
  throw new Error("The event loop does not come to rest.");
}
