import * as v from "valibot";
import { anySource, isOneOfThree, ONE_OF_THREE, readAnySource } from "./any-source.ts";
import { defineTool } from "./define-tool.ts";
import { foldWord, isContentWord } from "./stop-words.ts";
import { counted } from "./text-source.ts";
import { wordsOf } from "./words.ts";

const DEFAULT_COUNT = 10;

export const keywords = defineTool("keywords", {
  input: v.pipe(
    v.strictObject({
      ...anySource,
      count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
    }),
    v.check((input) => isOneOfThree(input), ONE_OF_THREE),
  ),
  run: async (input, context) => {
    const found = keywordsOf(await readAnySource(input, context), input.count ?? DEFAULT_COUNT);
    const rows = found.map(({ word, count, score }) => [word, String(count), score.toFixed(2)]);
    const headline =
      found.length === 0 ? "No words that stand out." : `${counted(found.length, "word")} that matter most:`;
    return {
      ok: true,
      text: [headline, ...found.map(({ word, count }) => `${word} (${String(count)}×)`)].join("\n"),
      value: { keywords: found.map((keyword) => ({ ...keyword })) },
      view: { kind: "table", columns: ["Word", "Count", "Score"], rows },
    };
  },
});

export interface Keyword {
  /** In the spelling that the text uses most. */
  readonly word: string;
  readonly count: number;
  /** 1 for the first; how much the others matter beside it. */
  readonly score: number;
}

/** Words looked at: enough for a book's subject, and a bound for the time. */
const MAX_WORDS = 200_000;
/** Words this near to each other count as connected. */
const WINDOW = 4;
const ROUNDS = 25;
const DAMPING = 0.85;

/** TextRank (Mihalcea and Tarau 2004): a word matters that stands near many words that matter. */
export function keywordsOf(text: string, wanted: number): Keyword[] {
  const spellings = new Map<string, Map<string, number>>();
  const links = new Map<string, Map<string, number>>();
  const recent: string[] = [];
  let seen = 0;
  for (const spelling of wordsOf(text)) {
    if (++seen > MAX_WORDS) break;
    const word = foldWord(spelling);
    if (!isContentWord(word)) continue;
    increase(entry(spellings, word), spelling);
    entry(links, word);
    for (const near of recent) if (near !== word) connect(links, near, word);
    recent.push(word);
    if (recent.length >= WINDOW) recent.shift();
  }
  const scores = rank(links);
  const ordered = [...spellings]
    .map(([word, forms]) => ({ ...mostUsed(forms), score: scores.get(word) ?? 0 }))
    .toSorted((a, b) => b.score - a.score || b.count - a.count || (a.word < b.word ? -1 : 1));
  const highest = ordered[0]?.score ?? 1;
  return ordered.slice(0, wanted).map(({ word, count, score }) => ({
    word,
    count,
    score: Math.round((score / highest) * 1000) / 1000,
  }));
}

function entry(maps: Map<string, Map<string, number>>, key: string): Map<string, number> {
  const known = maps.get(key);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  maps.set(key, made);
  return made;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function connect(links: Map<string, Map<string, number>>, a: string, b: string): void {
  increase(entry(links, a), b);
  increase(entry(links, b), a);
}

function rank(links: ReadonlyMap<string, ReadonlyMap<string, number>>): Map<string, number> {
  const strength = new Map([...links].map(([word, near]) => [word, sum(near.values())]));
  let scores = new Map([...links.keys()].map((word) => [word, 1]));
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Map<string, number>();
    for (const [word, near] of links) {
      let incoming = 0;
      for (const [other, weight] of near) incoming += (weight / (strength.get(other) ?? 1)) * (scores.get(other) ?? 0);
      next.set(word, 1 - DAMPING + DAMPING * incoming);
    }
    scores = next;
  }
  return scores;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function mostUsed(forms: ReadonlyMap<string, number>): { word: string; count: number } {
  const [first] = [...forms].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { word: first?.[0] ?? "", count: sum(forms.values()) };
}
