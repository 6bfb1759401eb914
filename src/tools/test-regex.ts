import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { explainPattern } from "./regex-explanation.ts";
import type { RegexMatch, RegexSearch } from "./regex-match.ts";
import { findMatches, RegexRefusal } from "./regex-search.ts";
import { counted, isOneSource, ONE_SOURCE, readSource, shownText, textSource } from "./text-source.ts";
import type { ToolContext } from "./tool.ts";

/** Matches kept. The count goes no further either: it would mean to search on. */
const MAX_MATCHES = 1000;
/** Rows of the card and lines for a model. */
const MAX_ROWS = 100;
const SHOWN_MATCH_CHARS = 120;

export const testRegex = defineTool("test_regex", {
  input: v.pipe(
    v.strictObject({ pattern: v.string(), flags: v.optional(v.string()), ...textSource }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const [pattern, flags] = bare(input.pattern, input.flags ?? "");
    const text = await readSource(input, context.workspace);
    const { matches, isCut } = await search({ pattern, flags, texts: [text], limit: MAX_MATCHES }, context);
    const explanation = explainPattern(pattern, flags);
    return {
      ok: true,
      text: shownText(
        [headline(matches.length, isCut), ...matches.slice(0, MAX_ROWS).map(matchLine), ...explained(explanation)].join(
          "\n",
        ),
      ),
      value: {
        matches: matches.map(({ match, index, groups, named }) => ({ match, index, groups, named })),
        count: matches.length,
        isCut,
        explanation,
      },
      view: {
        kind: "table",
        columns: ["At", "Match", "Groups"],
        rows: matches.slice(0, MAX_ROWS).map((match) => [String(match.index), clip(match.match), groupText(match)]),
      },
    };
  },
});

/** Takes /pattern/flags too: people copy it so. */
function bare(pattern: string, flags: string): [string, string] {
  const [, body, ownFlags] = /^\/(.+)\/([a-z]*)$/s.exec(pattern) ?? [];
  return body === undefined || ownFlags === undefined || flags !== "" ? [pattern, flags] : [body, ownFlags];
}

async function search(request: RegexSearch, context: ToolContext) {
  try {
    return await findMatches(request, context);
  } catch (error) {
    if (error instanceof RegexRefusal) throw new ToolRefusal(error.message);
    throw error;
  }
}

function headline(count: number, isCut: boolean): string {
  if (count === 0) return "No match.";
  return isCut
    ? `More than ${counted(count, "match", "matches")}; the first:`
    : `${counted(count, "match", "matches")}:`;
}

function matchLine(match: RegexMatch): string {
  const groups = groupText(match);
  return `at ${String(match.index)}: ${JSON.stringify(clip(match.match))}${groups === "" ? "" : ` (${groups})`}`;
}

function groupText(match: RegexMatch): string {
  const names = new Map(Object.entries(match.named));
  const byNumber = match.groups.map((group, index) => `${String(index + 1)}: ${group === null ? "–" : clip(group)}`);
  const byName = [...names].map(([name, group]) => `${name}: ${group === null ? "–" : clip(group)}`);
  return (byName.length === byNumber.length ? byName : byNumber).join(", ");
}

function explained(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["The pattern:", ...lines];
}

function clip(text: string): string {
  return text.length > SHOWN_MATCH_CHARS ? `${text.slice(0, SHOWN_MATCH_CHARS).toWellFormed()}…` : text;
}
