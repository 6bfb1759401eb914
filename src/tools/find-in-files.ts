import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { counted, decodeText, splitLines } from "./text-source.ts";
import type { ToolContext } from "./tool.ts";

/** Lines named at once. */
const MAX_MATCHES = 200;
/** Characters of a line around the place that was found. */
const SHOWN_LINE_CHARS = 240;

interface LineMatch {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export const findInFiles = defineTool("find_in_files", {
  input: v.strictObject({
    query: v.pipe(
      v.string(),
      v.check((query) => query !== "", '"query" is empty; give the words or the pattern to find.'),
    ),
    isPattern: v.optional(v.boolean()),
  }),
  run: async (input, context) => {
    const matches: LineMatch[] = [];
    let skipped = 0;
    for (const { path } of await context.workspace.list()) {
      context.signal.throwIfAborted();
      const text = decodeText(await context.workspace.read(path));
      if (text === null) skipped++;
      else matches.push(...(await linesWith(path, text, input.query, input.isPattern === true, context)));
      if (matches.length >= MAX_MATCHES) break;
    }
    const shown = matches.slice(0, MAX_MATCHES);
    return {
      ok: true,
      text: [
        headline(shown.length, input.query, skipped),
        ...shown.map((match) => `${match.path}:${String(match.line)}: ${match.text}`),
      ].join("\n"),
      value: { matches: shown.map((match) => ({ ...match })) },
      view: {
        kind: "table",
        columns: ["File", "Line", "Text"],
        rows: shown.map((match) => [match.path, String(match.line), match.text]),
      },
    };
  },
});

function headline(found: number, query: string, skipped: number): string {
  const left = skipped === 1 ? "1 file that is not text was" : `${String(skipped)} files that are not text were`;
  const binary = skipped === 0 ? "" : ` ${left} left out.`;
  if (found === 0) return `No line holds “${query}”.${binary}`;
  const more = found === MAX_MATCHES ? " There may be more: these are the first." : "";
  return `${counted(found, "line")} with “${query}”.${more}${binary}`;
}

async function linesWith(
  path: string,
  text: string,
  query: string,
  isPattern: boolean,
  context: Pick<ToolContext, "signal" | "startWorker">,
): Promise<LineMatch[]> {
  const lines = splitLines(text);
  const places = isPattern ? await patternPlaces(lines, query, context) : wordPlaces(lines, query);
  return places.map(({ line, at }) => ({ path, line: line + 1, text: excerpt(lines[line] ?? "", at) }));
}

interface Place {
  readonly line: number;
  readonly at: number;
}

/** NFKC and lower case on both sides: "Café" finds "CAFÉ" however its accent is stored. */
function wordPlaces(lines: readonly string[], query: string): Place[] {
  const wanted = fold(query);
  return lines.flatMap((text, line) => {
    const at = fold(text).indexOf(wanted);
    return at < 0 ? [] : [{ line, at }];
  });
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

async function patternPlaces(
  lines: readonly string[],
  pattern: string,
  context: Pick<ToolContext, "signal" | "startWorker">,
): Promise<Place[]> {
  // Only for patterns: their parser is larger than this tool.
  const { findMatches, RegexRefusal } = await import("./regex-search.ts");
  try {
    const found = await findMatches(
      { pattern, flags: "gi", texts: lines, limit: MAX_MATCHES, isFirstOnly: true },
      context,
    );
    return found.matches.map((match) => ({ line: match.textIndex, at: match.index }));
  } catch (error) {
    if (error instanceof RegexRefusal) throw new ToolRefusal(error.message);
    throw error;
  }
}

function excerpt(line: string, at: number): string {
  if (line.length <= SHOWN_LINE_CHARS) return line.trim();
  const start = Math.max(0, Math.min(at - SHOWN_LINE_CHARS / 4, line.length - SHOWN_LINE_CHARS));
  const cut = line.slice(start, start + SHOWN_LINE_CHARS).toWellFormed();
  return `${start > 0 ? "…" : ""}${cut.trim()}${start + SHOWN_LINE_CHARS < line.length ? "…" : ""}`;
}
