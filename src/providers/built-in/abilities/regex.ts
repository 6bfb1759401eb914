import type { Clause } from "#providers/built-in/clause.ts";
import { BLOCK, blockAt } from "#providers/built-in/clause.ts";
import { code, counted, fenced, table } from "#providers/built-in/markdown.ts";
import { findSources } from "#providers/built-in/source.ts";
import type { Source } from "#providers/built-in/source.ts";
import type { Ability, Context, Done, Step } from "#providers/built-in/step.ts";
import { listField, numberField, stringField } from "#providers/built-in/step.ts";
import { sourceStep, subjectOf } from "./text-step.ts";

const MARK = new RegExp(BLOCK);

const REGEX_LITERAL = /(?<=^|\s)\/((?:\\.|[^/\n\\])+)\/([dgimsuvy]*)(?=$|[\s,.?])/;

export const regex: Ability = {
  id: "regex",
  about: "Test and explain a regular expression",
  examples: ['test regex /\\d+/ on "order 66 and 99"', 'how many times does "the" occur in notes.md'],
  words: "regex regexp regular expression pattern match matches test occur occurrences appears",
  match: (clause, context) => occurrenceStep(clause, context) ?? regexStep(clause, context),
};

function regexStep(clause: Clause, context: Context): Step | null {
  if (!/\b(?:reg(?:ular )?-?ex(?:p(?:ression)?)?|pattern|match(?:es)?)\b/i.test(clause.text)) return null;
  const literal = REGEX_LITERAL.exec(clause.text);
  const block = literal === null ? MARK.exec(clause.text)?.[0] : undefined;
  const quoted = block === undefined ? undefined : blockAt(block, clause.blocks)?.text;
  const bare = /\b(?:regexp?|pattern)\s+(\S+)\s+(?:on|in|against|with|matches?)\b/i.exec(clause.text)?.[1];
  const inQuotes = quoted === undefined ? null : /^\/(.+)\/([dgimsuvy]*)$/s.exec(quoted);
  const pattern = literal?.[1] ?? inQuotes?.[1] ?? quoted ?? bare;
  if (pattern === undefined) return null;
  const flags = literal?.[2] ?? inQuotes?.[2] ?? "";
  const skipBlock = literal?.[0] ?? block ?? bare;
  const rest = (
    skipBlock === undefined ? clause.text : clause.text.slice(clause.text.indexOf(skipBlock) + skipBlock.length)
  ).replace(/^\s*(?:on|in|against|with|match(?:es)?|to|for)\b(?: (?:the )?(?:text|string)\b)?/i, "");
  const found = findSources(clause, context, { rest, skipBlock });
  const sources: readonly Source[] =
    found.length > 0 ? found : /\bexplain\b/i.test(clause.text) ? [{ kind: "text", text: "" }] : [];
  if (sources.length === 0) return null;
  return sourceStep(sources, context, {
    tool: "test_regex",
    input: { pattern, ...(flags === "" ? {} : { flags }) },
    confidence: 0.95,
    answer: regexAnswer,
  });
}

/** "how many times does X occur in Y": a pattern of just these characters, regardless of case. */
function occurrenceStep(clause: Clause, context: Context): Step | null {
  const match =
    /^(?:how (?:often|many times) (?:does|do|is|are) (?:the (?:word|text|phrase) )?(.+?) (?:occurs?|appears?|used|found|mentioned|in there|there)|count (?:the )?(?:occurrences|instances) of (?:the (?:word|phrase) )?(.+?))(?: (?:in|of) (.+))?$/i.exec(
      clause.text,
    );
  const words = match?.[1] ?? match?.[2];
  if (match === null || words === undefined) return null;
  const block = MARK.exec(words)?.[0];
  const query = block === undefined ? words : (blockAt(block, clause.blocks)?.text ?? words);
  const sources = findSources(clause, context, { skipBlock: block ?? words, rest: match[3] });
  if (sources.length === 0) return null;
  return sourceStep(sources, context, {
    tool: "test_regex",
    input: { pattern: query.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), flags: "gi" },
    confidence: 0.95,
    answer: (done) =>
      `${code(query)} occurs **${counted(numberField(done.value, "count") ?? 0, "time")}** in ${subjectOf(done, "the text")}.`,
  });
}

const SHOWN_MATCHES = 20;

function regexAnswer(done: Done): string {
  const matches = listField(done.value, "matches");
  const count = numberField(done.value, "count") ?? matches.length;
  const rows = matches
    .slice(0, SHOWN_MATCHES)
    .map((match) => [
      code(stringField(match, "match") ?? "").replaceAll("|", "\\|"),
      String(numberField(match, "index") ?? ""),
    ]);
  const explained = listField(done.value, "explanation").filter((line) => typeof line === "string");
  const pattern = code(`/${stringField(done.input, "pattern") ?? ""}/${stringField(done.input, "flags") ?? ""}`);
  const isOnlyExplained = stringField(done.input, "text") === "";
  return [
    isOnlyExplained
      ? `${pattern} looks for:`
      : `**${counted(count, "match")}** of ${pattern}${count > SHOWN_MATCHES ? `, the first ${SHOWN_MATCHES}:` : "."}`,
    ...(rows.length === 0 ? [] : [table(["Match", "At"], rows)]),
    ...(explained.length === 0 ? [] : [fenced(explained.join("\n"))]),
  ].join("\n\n");
}
