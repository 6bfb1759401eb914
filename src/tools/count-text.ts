import * as v from "valibot";
import { defineTool } from "./define-tool.ts";
import { sentencesOf } from "./sentences.ts";
import { counted, grouped, isOneSource, ONE_SOURCE, readSource, splitLines, textSource } from "./text-source.ts";
import { countCharacters, wordsOf } from "./words.ts";

export const countText = defineTool("count_text", {
  input: v.pipe(
    v.strictObject(textSource),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const counts = countsOf(await readSource(input, context.workspace));
    const rows = Object.entries(counts).map(([name, count]) => [name, grouped(count)]);
    return {
      ok: true,
      text: [
        counted(counts.lines, "line"),
        counted(counts.words, "word"),
        counted(counts.characters, "character"),
        counted(counts.sentences, "sentence"),
        counted(counts.paragraphs, "paragraph"),
        `${counted(counts.bytes, "byte")} as UTF-8`,
      ].join(", "),
      value: { ...counts },
      view: { kind: "table", columns: ["What", "Count"], rows },
    };
  },
});

export interface TextCounts {
  /** What a reader calls characters: an emoji with its modifiers is one. */
  readonly characters: number;
  readonly words: number;
  readonly lines: number;
  readonly sentences: number;
  readonly paragraphs: number;
  /** As UTF-8. */
  readonly bytes: number;
}

export function countsOf(text: string): TextCounts {
  const lines = splitLines(text);
  let words = 0;
  for (const _ of wordsOf(text)) words++;
  return {
    characters: countCharacters(text),
    words,
    lines: lines.length,
    sentences: sentencesOf(text).length,
    paragraphs: countParagraphs(lines),
    bytes: new TextEncoder().encode(text).length,
  };
}

/** Runs of lines that hold something, divided by empty ones. */
function countParagraphs(lines: readonly string[]): number {
  return lines.filter((line, index) => line.trim() !== "" && (lines[index - 1] ?? "").trim() === "").length;
}
