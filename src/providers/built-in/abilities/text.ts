import { counted, grouped, table } from "#providers/built-in/markdown.ts";
import type { Clause } from "#providers/built-in/clause.ts";
import { findSources, isHalt, sourceInput } from "#providers/built-in/source.ts";
import type { Source } from "#providers/built-in/source.ts";
import type { Ability, Call, Context, Done, Halt, Step } from "#providers/built-in/step.ts";
import { numberField, stringField } from "#providers/built-in/step.ts";
import type { Memory } from "#providers/built-in/memory.ts";
import { listToLines, madeText, sourceStep, subjectOf } from "./text-step.ts";

const UNITS = ["words", "lines", "characters", "sentences", "paragraphs", "bytes"] as const;
type CountUnit = (typeof UNITS)[number];
const UNIT_WORDS: Readonly<Record<string, CountUnit>> = {
  word: "words",
  wörter: "words",
  worte: "words",
  line: "lines",
  zeile: "lines",
  zeilen: "lines",
  character: "characters",
  char: "characters",
  letter: "characters",
  zeichen: "characters",
  buchstaben: "characters",
  sentence: "sentences",
  sätze: "sentences",
  paragraph: "paragraphs",
  absätze: "paragraphs",
  byte: "bytes",
};
const UNIT = new RegExp(`(?<![\\p{L}])(${Object.keys(UNIT_WORDS).join("|")})s?(?![\\p{L}])`, "giu");
const COUNTS =
  /^(?:count|zähle?|word count|length of|give me the word count)\b|(?<![\p{L}])(?:how many|how long|number of|wie viele)(?![\p{L}])|\b(?:word|line|character|letter|sentence) count\b/iu;

export const counting: Ability = {
  id: "count",
  about: "Count words, lines, characters and sentences",
  examples: ['count the words in "the quick brown fox"', "how many lines are in notes.md"],
  words: "count words lines characters letters length number text zähle wörter zeilen",
  suggest: ({ path }) => (path === null ? null : `count the words in ${path}`),
  match: (clause, context) => {
    if (!COUNTS.test(clause.text)) return null;
    const asked = [
      ...new Set([...clause.text.matchAll(UNIT)].flatMap(([, word]) => UNIT_WORDS[word?.toLowerCase() ?? ""] ?? [])),
    ];
    if (asked.length === 0 && !/^(?:count|zähle)\b/i.test(clause.text)) return null;
    if (/^(?:count|how many) (?:the |my |all )*(?:files|sessions|notes|days|items)\b(?!\.)/i.test(clause.text))
      return null;
    const rest =
      /(?:count|words?|lines?|characters?|letters?|sentences?|paragraphs?|bytes|wörter|zeilen|zeichen) (?:(?:are|is|has|does) (?:there )?)?(?:in|of|von|has) (?:the (?:text|sentence|phrase) )?(.+)$/iu.exec(
        clause.text,
      )?.[1];
    const sources = findSources(clause, context, { rest });
    if (sources.length === 0) return null;
    return sourceStep(sources, context, { tool: "count_text", answer: (done) => countAnswer(done, asked) });
  },
};

function countAnswer(done: Done, asked: readonly CountUnit[]): string {
  const counts = UNITS.map((unit) => ({ unit, count: numberField(done.value, unit) })).filter(
    ({ count }) => count !== null,
  );
  if (counts.length === 0) return done.text;
  const wanted = counts.filter(({ unit }) => asked.includes(unit));
  if (wanted.length === 0) {
    const rows = counts.map(({ unit, count }) => [unit, grouped(count ?? 0)]);
    return `${subjectOf(done, "The text")}:\n\n${table(["Count of", "Number"], rows)}`;
  }
  const phrases = wanted.map(({ unit, count }) => `**${counted(count ?? 0, unit.slice(0, -1))}**`);
  const last = phrases.pop() ?? "";
  return `${subjectOf(done, "The text")} has ${phrases.length === 0 ? last : `${phrases.join(", ")} and ${last}`}.`;
}

/** Operation of transform_text: how people ask for it. Those on lines take "a, b, c" as lines. */
const OPERATIONS: readonly (readonly [operation: string, pattern: RegExp])[] = [
  [
    "sort-lines-numeric",
    /\bsort(?:ed|iere)?\b[^,;]*?\b(?:numeric(?:ally)?|by (?:number|value|size)|as numbers|numbers)\b/i,
  ],
  [
    "sort-lines",
    /\b(?:sort(?:ed|iere)?|alphabeti[sz]e|order alphabetically|put in alphabetical order)\b(?: (?:alphabetically|a-z))?/i,
  ],
  [
    "dedupe-lines",
    /\b(?:de-?dup(?:e|licate)?|(?:remove|delete|drop) (?:the |all |any )?(?:duplicates?|double|repeated)(?: (?:lines|entries|rows|values))?|unique (?:lines|values|entries)|distinct lines|uniq|doppelte (?:zeilen )?entfernen)\b/i,
  ],
  [
    "reverse-lines",
    /\b(?:reverse(?: the| its)?(?: (?:lines|order|list))?|in reverse(?: order)?|descending|z-a|upside down)\b/i,
  ],
  ["number-lines", /\b(?:number (?:the |its |these |all )?lines|add line numbers|with line numbers|nummeriere)\b/i],
  ["remove-empty-lines", /\b(?:remove|delete|drop) (?:the |all )?(?:empty|blank) lines\b/i],
  [
    "trim-lines",
    /\btrim\b(?: (?:the |its |all )?(?:lines|whitespace|spaces))?|\b(?:remove|strip) (?:the )?(?:trailing |leading )?(?:whitespace|spaces)\b/i,
  ],
  [
    "upper-case",
    /\b(?:(?:to |in |into )?upper-? ?case|(?:in |to |into )?(?:all caps|capital letters|capitals|großbuchstaben)|capitali[sz]e all)\b/i,
  ],
  ["lower-case", /\b(?:to |in |into )?(?:lower-? ?case|small letters|kleinbuchstaben)\b/i],
  ["title-case", /\b(?:to |in |into )?title-? ?case\b/i],
  ["sentence-case", /\b(?:to |in |into )?sentence-? ?case\b/i],
  ["camel-case", /\b(?:to |in |into )?camel-? ?case\b/i],
  ["snake-case", /\b(?:to |in |into )?snake[-_ ]?case\b/i],
  ["kebab-case", /\b(?:to |in |into )?(?:kebab|dash)-? ?case\b/i],
];

export const transforming: Ability = {
  id: "transform",
  about: "Sort, deduplicate, reverse, number or trim lines, and change case",
  examples: [
    "sort: pear, apple, fig",
    'uppercase "hello world"',
    "remove duplicate lines in notes.md",
    'convert "user id" to snake case',
  ],
  words:
    "sort order lines duplicates unique reverse upper lower case title camel snake trim empty alphabetical sortiere",
  suggest: ({ path }) => (path === null ? null : `sort the lines of ${path}`),
  match: (clause, context) => {
    const operations = operationsIn(clause.text);
    if (operations.length === 0) return null;
    const isCase = operations.some((operation) => operation.endsWith("-case"));
    const sources = findSources(clause, context, { rest: restOf(clause, operations) });
    const texts = linesOf(sources, isCase);
    // One line has no order to change: "reverse hello" is about its letters, and that no tool does.
    const isPointless = texts.some((source) => source.kind === "text" && !/\n/.test(source.text));
    if (texts.length === 0 || (isPointless && operations.every((operation) => ON_SEVERAL_LINES.test(operation))))
      return null;
    return chainStep(texts, operations, context);
  },
};

const ON_SEVERAL_LINES = /^(?:sort|dedupe|reverse|number)-/;

/** Every operation that is asked for, in the order of the words; a sort that is told "numeric" is one of them, not two. */
function operationsIn(text: string): readonly string[] {
  const found: { readonly operation: string; readonly at: number }[] = [];
  let left = text;
  for (const [operation, pattern] of OPERATIONS) {
    const match = pattern.exec(left);
    if (match === null) continue;
    found.push({ operation, at: match.index });
    left = left.slice(0, match.index) + " ".repeat(match[0].length) + left.slice(match.index + match[0].length);
  }
  return found.sort((a, b) => a.at - b.at).map(({ operation }) => operation);
}

/** What is left of the clause without its order: "uppercase hello", "make hello uppercase", "sort b, a". */
function restOf(clause: Clause, operations: readonly string[]): string | undefined {
  const patterns = OPERATIONS.filter(([operation]) => operations.includes(operation)).map(([, pattern]) => pattern);
  const isFirst = patterns.some((pattern) => new RegExp(`^(?:${pattern.source})`, pattern.flags).test(clause.text));
  const verb = /^(?:convert|make|turn|put|change|transform|write|set)\s+/i.exec(clause.text)?.[0];
  const isOnLines = operations.some((operation) => !operation.endsWith("-case"));
  if ((!isFirst && verb === undefined) || (operations.length > 1 && !isOnLines)) return undefined;
  const rest = patterns
    .reduce((text, pattern) => text.replace(pattern, " "), clause.text.slice(isFirst ? 0 : (verb?.length ?? 0)))
    .replace(
      /^\s*(?:and\b|the (?:words?|text|phrase|lines|list|values|names)|lines|(?:of|for|from|in)\b)?\s*(?:of |for |from |in )?/i,
      "",
    )
    .trim();
  if (/^(?:write|set)/i.test(verb ?? "") || (isOnLines && !/[,;\n]/.test(rest))) return undefined;
  return rest;
}

function linesOf(sources: readonly Source[], isCase: boolean): readonly Source[] {
  if (isCase) return sources;
  return sources.map((source) => (source.kind === "text" ? { kind: "text", text: listToLines(source.text) } : source));
}

/** Each operation works on what the one before it gave. */
function chainStep(sources: readonly Source[], operations: readonly string[], context: Context): Step {
  const input = (source: Source, index: number, memory: Memory, done: readonly Done[]): Call | Halt => {
    const before = done.at(-sources.length + index);
    const operation = operations[Math.floor(done.length / sources.length)] ?? "";
    const given = before === undefined ? sourceInput(source, memory, context) : { text: textOf(before) };
    if (isHalt(given)) return given;
    return "sessionId" in given
      ? { halt: "That is a session; give a text or a file." }
      : { tool: "transform_text", input: { operation, ...given } };
  };
  return {
    confidence: 0.9,
    isWriting: false,
    refersBack: sources.some(({ kind }) => kind === "back"),
    next: (done, memory) => {
      if (done.length >= operations.length * sources.length) return [];
      const calls = sources.map((source, index) => input(source, index, memory, done));
      const halt = calls.find((call) => isHalt(call));
      return halt !== undefined && isHalt(halt) ? halt : calls.filter((call): call is Call => !isHalt(call));
    },
    answer: (done) =>
      done
        .slice(-sources.length)
        .map((one) => madeText(one))
        .join("\n\n"),
  };
}

function textOf(done: Done): string {
  return stringField(done.value, "text") ?? done.text;
}
