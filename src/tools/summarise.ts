import * as v from "valibot";
import { anySource, isOneOfThree, ONE_OF_THREE, readAnySource } from "./any-source.ts";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { sentencesOf } from "./sentences.ts";
import { foldWord, isContentWord } from "./stop-words.ts";
import { counted, shownText } from "./text-source.ts";
import { wordsOf } from "./words.ts";

const DEFAULT_SENTENCES = 3;

export const summarise = defineTool("summarise", {
  input: v.pipe(
    v.strictObject({
      ...anySource,
      sentences: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30))),
    }),
    v.check((input) => isOneOfThree(input), ONE_OF_THREE),
  ),
  run: async (input, context) => {
    const all = sentencesOf(await readAnySource(input, context));
    if (all.length === 0) throw new ToolRefusal("There is no sentence in this text to take.");
    const sentences = tellingSentences(all, input.sentences ?? DEFAULT_SENTENCES);
    const lines = sentences.map(({ text, index }) => `[${String(index)}] ${text}`);
    const headline = `${counted(sentences.length, "sentence")} taken from the text word for word, of ${String(all.length)}, with their numbers:`;
    return {
      ok: true,
      text: shownText([headline, ...lines].join("\n")),
      value: { sentences: sentences.map((sentence) => ({ ...sentence })) },
    };
  },
});

export interface TakenSentence {
  readonly text: string;
  /** Which sentence of the text it is, from 1. */
  readonly index: number;
}

/** Longer ones are lists or tables that were taken for a sentence; shorter ones greetings and headings. */
const MAX_WORDS = 80;
const MIN_WORDS = 4;
/** The first sentences of a text tell more than others of the same words. */
const LEAD_BONUS = 0.5;

/**
 * SumBasic (Nenkova and Vanderwende 2005): the sentence whose words are the most frequent ones of the text, then the
 * next by words that are not yet covered. In the order of the text.
 */
export function tellingSentences(all: readonly string[], wanted: number): TakenSentence[] {
  const candidates = all.map((text, position) => ({
    text,
    index: position + 1,
    words: [...new Set(contentWords(text))],
    lead: 1 + LEAD_BONUS / (position + 1),
  }));
  const proper = candidates.filter(({ text }) => {
    const count = [...wordsOf(text)].length;
    return count >= MIN_WORDS && count <= MAX_WORDS;
  });
  const pool = proper.length >= wanted ? proper : candidates;
  const weights = wordWeights(all);
  const taken: typeof candidates = [];
  while (taken.length < Math.min(wanted, candidates.length)) {
    const best = bestOf(
      pool.filter((candidate) => !taken.includes(candidate)),
      weights,
    );
    if (best === undefined) break;
    taken.push(best);
    for (const word of best.words) weights.set(word, (weights.get(word) ?? 0) ** 2);
  }
  return taken.toSorted((a, b) => a.index - b.index).map(({ text, index }) => ({ text, index }));
}

interface Candidate {
  readonly words: readonly string[];
  readonly lead: number;
}

function bestOf<C extends Candidate>(candidates: readonly C[], weights: ReadonlyMap<string, number>): C | undefined {
  let best: C | undefined;
  let highest = -1;
  for (const candidate of candidates) {
    const sum = candidate.words.reduce((total, word) => total + (weights.get(word) ?? 0), 0);
    const score = (sum / Math.max(candidate.words.length, MIN_WORDS)) * candidate.lead;
    if (score > highest) [best, highest] = [candidate, score];
  }
  return best;
}

/** How often each word stands in the text, as a share of all. */
function wordWeights(sentences: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  let total = 0;
  for (const sentence of sentences) {
    for (const word of contentWords(sentence)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      total++;
    }
  }
  return new Map([...counts].map(([word, count]) => [word, count / total]));
}

function contentWords(text: string): string[] {
  return [...wordsOf(text)].map(foldWord).filter(isContentWord);
}
