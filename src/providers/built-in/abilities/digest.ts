import { bullets, code, plain } from "#providers/built-in/markdown.ts";
import { findSources } from "#providers/built-in/source.ts";
import type { Ability, Context, Done } from "#providers/built-in/step.ts";
import { listField, numberField, stringField } from "#providers/built-in/step.ts";
import type { Clause } from "#providers/built-in/clause.ts";
import type { Source } from "#providers/built-in/source.ts";
import { sourceStep, subjectOf } from "./text-step.ts";

export const summary: Ability = {
  id: "summary",
  about: "The most telling sentences of a file, a text or this session",
  examples: ["summarise notes.md", "summarise this session in 3 sentences"],
  words:
    "summarise summarize summary summaries tldr gist key points main points outline zusammenfassung fasse zusammen digest",
  suggest: ({ path }) => (path === null ? null : `summarise ${path}`),
  match: (clause, context) => {
    if (
      !/^(?:(?:give me |make |write |show me |create )?(?:an? |the )?(?:short |brief )?(?:summary|summarisation|summarization|gist|tl;?dr|key (?:points|sentences)|main (?:points|sentences)|zusammenfassung)|summari[sz]e|sum up|condense|shorten|fasse?\b.*\bzusammen|what (?:are|is) the (?:main|key) (?:points?|sentences?))\b/i.test(
        clause.text,
      )
    )
      return null;
    const sources = digestSources(clause, context);
    const sentences = countIn(clause.text, "(?:sentences?|sätze[n]?|lines|points|bullets)");
    if (sources.length === 0) return null;
    return sourceStep(sources, context, {
      tool: "summarise",
      input: sentences === null ? {} : { sentences: Math.min(Math.max(sentences, 1), 30) },
      confidence: 0.92,
      answer: summaryAnswer,
    });
  },
};

function digestSources(clause: Clause, context: Context): readonly Source[] {
  return findSources(clause, context, { rest: undefined });
}

/** Small numbers in words are enough here. */
function countIn(text: string, noun: string): number | null {
  const word =
    new RegExp(
      `\\b(\\d+|one|two|three|four|five|six|seven|eight|nine|ten|twenty)\\s+(?:most \\w+ |main |key |top )?${noun}\\b`,
      "i",
    ).exec(text)?.[1] ?? new RegExp(`\\btop (\\d+)\\b`, "i").exec(text)?.[1];
  if (word === undefined) return null;
  const words = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
  return /^\d/.test(word) ? Number(word) : word.toLowerCase() === "twenty" ? 20 : words.indexOf(word.toLowerCase());
}

function summaryAnswer(done: Done): string {
  const sentences = listField(done.value, "sentences").flatMap((sentence) => stringField(sentence, "text") ?? []);
  if (sentences.length === 0) return done.text;
  return `Sentences taken from ${subjectOf(done, "the text")}, word for word:\n\n${bullets(sentences.map((sentence) => plain(sentence.replace(/^\s*(?:#+|[-*•])\s+/, ""))))}`;
}

export const keywords: Ability = {
  id: "keywords",
  about: "The words that matter most in a text",
  examples: ["keywords of notes.md", "top 5 keywords of this session"],
  words: "keywords terms topics tags important words stichwörter schlagwörter",
  suggest: ({ path }) => (path === null ? null : `keywords of ${path}`),
  match: (clause, context) => {
    if (
      !/(?<![\p{L}])(?:keywords?|key ?terms?|key words|important words|most (?:common|frequent|used) words|stichwörter|schlagwörter|schlüsselwörter)(?![\p{L}])/iu.test(
        clause.text,
      )
    )
      return null;
    const sources = digestSources(clause, context);
    if (sources.length === 0) return null;
    const count = countIn(
      clause.text,
      "(?:keywords?|key ?terms?|key words|(?:most )?(?:important|common|frequent) words)",
    );
    return sourceStep(sources, context, {
      tool: "keywords",
      input: count === null ? {} : { count: Math.min(Math.max(count, 1), 100) },
      confidence: 0.93,
      answer: keywordsAnswer,
    });
  },
};

function keywordsAnswer(done: Done): string {
  const words = listField(done.value, "keywords").flatMap((entry) => {
    const word = stringField(entry, "word");
    const count = numberField(entry, "count");
    return word === null ? [] : [`${plain(word)}${count === null ? "" : ` (${count})`}`];
  });
  if (words.length === 0) return done.text;
  const path = stringField(done.input, "path");
  return `Keywords${path === null ? "" : ` of ${code(path)}`}, with how often each occurs: ${words.join(", ")}.`;
}
