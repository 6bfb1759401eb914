import { SELF_TEST_WORDS, selfTestWord } from "#protocol/self-test.ts";

/** What a killed process may cost of the text that had arrived (the loss budget). */
const LOSS_BUDGET_MS = 1_000;

/** What a test of durability found to be wrong, in words for the person. */
export class Finding extends Error {
  override readonly name = "Finding";
}

/** A piece of the answer as it arrived on the page. */
export interface Arrival {
  /** Ms on the clock that `killedAt` is on. */
  readonly at: number;
  readonly text: string;
}

/** Compares what came back after a kill with what had arrived before it. Throws a Finding. Gives what there is to say. */
export function judgeSaved(arrived: readonly Arrival[], savedText: string, killedAt: number): string {
  const seen = wordsOf(textOf(arrived));
  const saved = wordsOf(savedText);
  expectWords(saved);
  const owed = wordsOf(textOf(arrived.filter(({ at }) => at <= killedAt - LOSS_BUDGET_MS)));
  if (saved.length < owed.length) {
    throw new Finding(`${owed.length - saved.length} words older than a second were lost.`);
  }
  const lost = Math.max(0, seen.length - saved.length);
  const rest = lost === 0 ? "None was lost." : `The last ${lost} had arrived less than a second before.`;
  return `It found ${saved.length} of the ${seen.length} words that had arrived. ${rest}`;
}

/** Throws a Finding unless the text is the whole answer, each word once and in its place. */
export function judgeWhole(text: string): string {
  const all = wordsOf(text);
  expectWords(all);
  if (all.length !== SELF_TEST_WORDS) throw new Finding(`It has ${all.length} of ${SELF_TEST_WORDS} words.`);
  return `all ${SELF_TEST_WORDS}, in order, none twice.`;
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function textOf(arrived: readonly Arrival[]): string {
  return arrived.map(({ text }) => text).join("");
}

function expectWords(found: readonly string[]): void {
  const wrong = found.findIndex((word, index) => word !== selfTestWord(index + 1));
  if (wrong >= 0) throw new Finding(`Word ${wrong + 1} is not the one that had been written.`);
}
