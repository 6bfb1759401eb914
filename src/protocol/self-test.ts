/** What the page and a worker agree on for a test of durability: it runs the app's own worker on a database of its own. */

/** A worker whose name begins so serves a test, and its name is that of its database. Nothing else of the app has such names. */
export const SELF_TEST_NAME = "holdfast-self-test-";

export const SELF_TEST_WORDS = 200;
/** Two seconds for the whole answer: long enough for checkpoints of a second, short enough to be waited for. */
export const SELF_TEST_PAUSE_MS = 15;

/** The n-th word of the answer, from 1: each is different, so that one lost, doubled or moved is seen. */
export function selfTestWord(n: number): string {
  return `word-${n}`;
}
