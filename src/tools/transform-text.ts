import * as v from "valibot";
import { defineTool } from "./define-tool.ts";
import { isOneSource, ONE_SOURCE, readSource, shownText, splitLines, textSource } from "./text-source.ts";

const OPERATIONS = [
  "sort-lines",
  "sort-lines-numeric",
  "dedupe-lines",
  "reverse-lines",
  "number-lines",
  "trim-lines",
  "remove-empty-lines",
  "upper-case",
  "lower-case",
  "title-case",
  "sentence-case",
  "camel-case",
  "snake-case",
  "kebab-case",
] as const;

export type Operation = (typeof OPERATIONS)[number];

export const transformText = defineTool("transform_text", {
  input: v.pipe(
    v.strictObject({ operation: v.picklist(OPERATIONS), ...textSource }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const text = transformed(input.operation, await readSource(input, context.workspace));
    return { ok: true, text: shownText(text), value: { text } };
  },
});

export function transformed(operation: Operation, text: string): string {
  switch (operation) {
    case "sort-lines":
      return onLines(text, (lines) => lines.toSorted(compareLines()));
    case "sort-lines-numeric":
      return onLines(text, sortedByNumber);
    case "dedupe-lines":
      return onLines(text, (lines) => [...new Set(lines)]);
    case "reverse-lines":
      return onLines(text, (lines) => lines.toReversed());
    case "number-lines":
      return onLines(text, (lines) => lines.map((line, index) => `${String(index + 1)}. ${line}`));
    case "trim-lines":
      return onLines(text, (lines) => lines.map((line) => line.trim()));
    case "remove-empty-lines":
      return onLines(text, (lines) => lines.filter((line) => line.trim() !== ""));
    case "upper-case":
      return text.toUpperCase();
    case "lower-case":
      return text.toLowerCase();
    case "title-case":
      return onLines(text, (lines) => lines.map(titleCase));
    case "sentence-case":
      return sentenceCase(text);
    case "camel-case":
      return onLines(text, (lines) => lines.map((line) => camelCase(nameWords(line))));
    case "snake-case":
      return onLines(text, (lines) => lines.map((line) => nameWords(line).join("_")));
    case "kebab-case":
      return onLines(text, (lines) => lines.map((line) => nameWords(line).join("-")));
  }
}

/** Works on lines and keeps the kind of line end and whether the last line had one. */
function onLines(text: string, change: (lines: string[]) => string[]): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const changed = change(splitLines(text));
  const hasLastEnd = /[\r\n]$/.test(text) && changed.length > 0;
  return changed.join(lineEnd) + (hasLastEnd ? lineEnd : "");
}

/** As a dictionary sorts, in the user's language; lines that it holds equal by their code, so that the order is one. */
function compareLines(): (a: string, b: string) => number {
  const { compare } = new Intl.Collator();
  return (a, b) => compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

const FIRST_NUMBER = /-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?/i;

/** By the first number of each line; lines without one come last, in the order of words. */
function sortedByNumber(lines: readonly string[]): string[] {
  const compare = compareLines();
  return lines
    .map((line) => ({ line, number: firstNumber(line) }))
    .toSorted((a, b) => {
      if (a.number === null || b.number === null) {
        return Number(a.number === null) - Number(b.number === null) || compare(a.line, b.line);
      }
      return a.number - b.number || compare(a.line, b.line);
    })
    .map(({ line }) => line);
}

function firstNumber(line: string): number | null {
  const [found] = FIRST_NUMBER.exec(line) ?? [];
  if (found === undefined) return null;
  const number = Number(found.replace(/,(?=\d{3}(?!\d))/g, "").replace(",", "."));
  return Number.isNaN(number) ? null : number;
}

const SMALL_WORDS = new Set("a an and as at but by for if in nor of on or so the to up via yet".split(" "));

/** Capitals for all words but the small ones inside; what was in capitals (NASA) stays. */
function titleCase(line: string): string {
  let isFirst = true;
  return line.replace(/[\p{L}\p{N}\p{M}'’]+/gu, (word) => {
    const isSmall = !isFirst && SMALL_WORDS.has(word.toLowerCase());
    isFirst = false;
    return isSmall ? word.toLowerCase() : capitalised(word);
  });
}

function capitalised(word: string): string {
  const [first = ""] = word;
  return first.toUpperCase() + word.slice(first.length);
}

function sentenceCase(text: string): string {
  return text
    .toLowerCase()
    .replace(
      /(^|[.!?。！？]["'”’)]*\s+|\n\s*)(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    )
    .replace(/\bi\b(?=['’]|\s|$)/g, "I");
}

/** The words of a name: at spaces and signs, before capitals (fooBar, HTTPServer). */
function nameWords(line: string): string[] {
  return line
    .replace(/(\p{Ll}|\p{N})(\p{Changes_When_Lowercased})/gu, "$1 $2")
    .replace(/(\p{Changes_When_Lowercased})(\p{Changes_When_Lowercased}\p{Ll})/gu, "$1 $2")
    .replace(/['’]/g, "")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

function camelCase(words: readonly string[]): string {
  return words.map((word, index) => (index === 0 ? word : capitalised(word))).join("");
}
