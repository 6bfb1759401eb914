/**
 * A long answer in which every word says its own number, so that a word that is lost, doubled or out of order shows.
 * `word-1 word-2 … word-400`: no two stretches of it are alike.
 */
export function numberedWords(count: number): string {
  return Array.from({ length: count }, (_, index) => `word-${index + 1}`).join(" ");
}

export interface WordTally {
  /** Whether the text is word-1 to word-`count`, each once and in order, with nothing else. */
  readonly isWhole: boolean;
  readonly missing: readonly number[];
  readonly repeated: readonly number[];
}

/** Reads back what became of `numberedWords(count)`. Half a word counts as missing. */
export function tallyWords(text: string, count: number): WordTally {
  const seen = new Map<number, number>();
  for (const match of text.matchAll(/\bword-(\d+)(?!\S)/g)) {
    const number = Number(match[1]);
    seen.set(number, (seen.get(number) ?? 0) + 1);
  }
  const all = Array.from({ length: count }, (_, index) => index + 1);
  return {
    isWhole: text.trim() === numberedWords(count),
    missing: all.filter((number) => !seen.has(number)),
    repeated: all.filter((number) => (seen.get(number) ?? 0) > 1),
  };
}

/** The shortest stretch that is looked for: shorter ones could stand in the text by chance. */
const RECOGNISED_LENGTH = 12;
const LONGEST_STRETCH = 120;

/**
 * Where in `whole` a partial answer ends: the offset after the last place that its end matches. 0 where it is not a
 * part of `whole`, or already is all of it: then there is nothing to go on with.
 */
export function offsetAfter(whole: string, partial: string): number {
  const end = partial.trimEnd().slice(-LONGEST_STRETCH);
  if (end === "" || whole.endsWith(end)) return 0;
  if (partial.length < RECOGNISED_LENGTH) return whole.startsWith(partial) ? partial.length : 0;
  const at = whole.lastIndexOf(end);
  if (at === -1) return 0;
  const trailingSpace = partial.length - partial.trimEnd().length;
  return Math.min(whole.length, at + end.length + trailingSpace);
}
