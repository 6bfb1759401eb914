import { abilities } from "./abilities/registry.ts";
import type { Clause } from "./clause.ts";
import { orderWords } from "./clause.ts";
import { bullets, CONNECT_LINK, plain, tryLink } from "./markdown.ts";
import type { Plan } from "./plan.ts";
import { matchClause } from "./plan.ts";
import { pathsIn } from "./source.ts";
import type { Ability, Context, Hints } from "./step.ts";

type Misfit = Extract<Plan, { readonly kind: "misfit" }>;

/** What to say where a request fits no tool: so, the three nearest things that do, and where open questions go. */
export function misfitAnswer({ clause, isPartOfMore }: Misfit, context: Context): string {
  const said = clause.said.slice(0, 120).replaceAll(/\s+/g, " ");
  const lead = isPartOfMore
    ? `I could not map that to a tool: “${plain(said)}”. Nothing was run.`
    : "I could not map that to a tool.";
  return `${lead} The nearest things that I can do:\n\n${bullets(nearest(clause, context).map(tryLink))}\n\n${CONNECT_LINK}`;
}

/** How many are offered. */
const OFFERED = 3;

function nearest(clause: Clause, context: Context): readonly string[] {
  const text = orderWords(clause).slice(0, 400);
  const words = wordsOf(text);
  const hints = hintsFrom(clause, words, context);
  const corrected = correct(clause, context);
  const ranked = abilities
    .map((ability) => ({ ability, score: scoreOf(ability, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ ability }) => suggestion(ability, hints));
  const general = [
    ...(hints.path === null ? [] : [`show ${hints.path}`, `summarise ${hints.path}`]),
    ...(hints.topic === null ? [] : [`search my sessions for ${hints.topic}`]),
    "list my files",
    "help",
    "what is saved where",
  ];
  return [...new Set([corrected, ...ranked, ...general].filter((text) => text !== ""))].slice(0, OFFERED);
}

/** The person's own words in the example where they fit it, else an example that works as it stands. */
function suggestion(ability: Ability, hints: Hints): string {
  return ability.suggest?.(hints) ?? ability.examples[0] ?? "";
}

const STOP_WORDS = new Set(
  "a an the is are was were be been am do does did can could would will shall should may might must have has had i me my you your he she it its we they them this that these those of in on at to for from by with about into and or not no please tell give get make let what who whom which when where why how much many some any there here if so than then as up out just".split(
    " ",
  ),
);

function wordsOf(text: string): readonly string[] {
  return (text.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []).slice(0, 60);
}

function hintsFrom(clause: Clause, words: readonly string[], context: Context): Hints {
  const path = pathsIn(clause, context)[0] ?? context.attachments[0]?.path ?? null;
  const telling = words.filter(
    (word) =>
      word.length > 2 && isTelling(word.toLowerCase()) && !(path ?? "").toLowerCase().includes(word.toLowerCase()),
  );
  return { topic: telling.length === 0 ? null : telling.slice(0, 3).join(" "), path };
}

function isTelling(word: string): boolean {
  return !STOP_WORDS.has(word) && !vocabulary.has(word);
}

/** The words of every ability: those that people use for it, and those of its examples. */
const abilityWords = new Map<Ability, ReadonlySet<string>>(
  abilities.map((ability) => [
    ability,
    new Set(wordsOf([ability.words, ability.about].join(" ").toLowerCase()).filter((word) => !STOP_WORDS.has(word))),
  ]),
);
const vocabulary: ReadonlySet<string> = new Set([...abilityWords.values()].flatMap((words) => [...words]));

function scoreOf(ability: Ability, words: readonly string[]): number {
  const known = abilityWords.get(ability) ?? new Set();
  let score = 0;
  for (const word of new Set(words.map((said) => said.toLowerCase()))) {
    if (STOP_WORDS.has(word)) continue;
    if (known.has(word)) score += 2;
    else if (word.length > 3 && [...known].some((other) => other.length > 3 && likeness(word, other) >= NEAR))
      score += 1;
  }
  return score;
}

/** From this share of common letter pairs on, two words are taken for spellings of one. */
const NEAR = 0.6;

/** Dice's coefficient over letter pairs: 1 for the same word, 0 for nothing in common, or for another first letter. */
function likeness(one: string, other: string): number {
  if (one.charAt(0) !== other.charAt(0)) return 0;
  const pairs = (word: string): readonly string[] =>
    Array.from({ length: Math.max(word.length - 1, 0) }, (_, index) => word.slice(index, index + 2));
  const [left, right] = [pairs(one), [...pairs(other)]];
  if (left.length === 0 || right.length === 0) return one === other ? 1 : 0;
  let common = 0;
  for (const pair of left) {
    const at = right.indexOf(pair);
    if (at < 0) continue;
    right.splice(at, 1);
    common += 1;
  }
  return (2 * common) / (left.length + pairs(other).length);
}

/**
 * The clause with its misspelt words replaced by what they are nearest to, if that can be done. Offered and never run:
 * a guess at what somebody meant is theirs to confirm.
 */
function correct(clause: Clause, context: Context): string {
  if (clause.text.length > 200 || clause.blocks.length > 0) return "";
  const text = clause.text.replaceAll(/(?<![\p{L}\p{N}.])\p{L}{4,}(?![\p{L}\p{N}]|\.\p{L})/gu, (word) => {
    const low = word.toLowerCase();
    if (vocabulary.has(low) || STOP_WORDS.has(low)) return word;
    let best = word;
    let bestLikeness = NEAR;
    for (const other of vocabulary) {
      const found = Math.abs(other.length - low.length) > 2 ? 0 : likeness(low, other);
      if (found > bestLikeness) [best, bestLikeness] = [other, found];
    }
    return best;
  });
  if (text === clause.text) return "";
  return matchClause({ ...clause, text }, context) === null ? "" : text;
}
