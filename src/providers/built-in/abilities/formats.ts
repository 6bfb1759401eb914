import type { JsonObject } from "#domain/json.ts";
import type { Clause } from "#providers/built-in/clause.ts";
import { blocksIn, expandBlocks } from "#providers/built-in/clause.ts";
import { code, counted, fenced, grouped, plain, table } from "#providers/built-in/markdown.ts";
import { rounded } from "#providers/built-in/calculation.ts";
import { findSources, pathsIn } from "#providers/built-in/source.ts";
import type { Source } from "#providers/built-in/source.ts";
import type { Ability, Context, Done, Step } from "#providers/built-in/step.ts";
import { callStep, listField, numberField, stringField } from "#providers/built-in/step.ts";
import { madeText, sourceStep, subjectOf } from "./text-step.ts";

const FORMAT = "(json|csv|ya?ml|markdown(?:[- ]table)?|md table|table|tabelle)";
type Format = "json" | "csv" | "yaml" | "markdown-table";

function formatOf(word: string): Format {
  const low = word.toLowerCase();
  if (low === "json" || low === "csv") return low;
  return low.startsWith("y") ? "yaml" : "markdown-table";
}

export const formats: Ability = {
  id: "formats",
  about: "Format and convert JSON, CSV, YAML and Markdown tables",
  examples: ['format json {"a":1,"b":[2,3]}', "convert data.csv to json", "turn data.json into a markdown table"],
  words: "json csv yaml yml format convert pretty print table markdown formatiere",
  match: (clause, context) => {
    const path = pathsIn(clause, context)[0];
    const asked = formatsAsked(clause.text, /\.(json|csv|ya?ml)$/i.exec(path ?? "")?.[1]);
    if (asked === null) return null;
    const inline = jsonIn(clause);
    const sources: readonly Source[] =
      inline === null ? findSources(clause, context) : [{ kind: "text", text: inline }];
    if (sources.length === 0) return null;
    return sourceStep(sources, context, {
      tool: "convert_format",
      input: asked,
      confidence: 0.91,
      // A table is shown as a table; everything else as the text that it is.
      answer: (done) =>
        asked.to === "markdown-table" ? (stringField(done.value, "text") ?? done.text) : madeText(done, asked.to),
    });
  },
};

const TARGET = new RegExp(
  `\\b(?:to|into|as|in|zu|nach|als)\\s+(?:an?\\s+|eine?\\s+)?(?:pretty |formatted )?${FORMAT}\\b|^(?:make|turn)\\b.*\\ban?\\s+${FORMAT}$|^(?:make|create|show)(?: me)? an? (?:markdown )?(table) (?:from|of|out of)\\b`,
  "i",
);
const TIDIES = /\b(?:format|pretty[- ]?print|prettify|beautify|tidy|valid(?:ate)?|check|indent|formatiere)\b/i;

/** From which format to which; `ending` is that of the file, if one is named. Null where no format is in play. */
function formatsAsked(
  text: string,
  ending: string | undefined,
): { readonly from: Format | "auto"; readonly to: Format } | null {
  const target = TARGET.exec(text);
  if (target === null && !TIDIES.test(text)) return null;
  const goal = target?.[1] ?? target?.[2] ?? target?.[3];
  const rest = goal === undefined ? text : text.slice(0, text.lastIndexOf(goal));
  const named = new RegExp(`\\b${FORMAT}\\b`, "i").exec(rest)?.[1] ?? ending;
  const from = named === undefined || formatOf(named) === "markdown-table" ? "auto" : formatOf(named);
  if (goal !== undefined) return { from, to: formatOf(goal) };
  return from === "auto" ? null : { from, to: from };
}

/** JSON within the sentence: its quotes are its own, so it is taken from the words as they were written. */
function jsonIn(clause: Clause): string | null {
  const text = expandBlocks(clause.text, clause.blocks);
  const found = /[[{][^]*[\]}]/.exec(text)?.[0] ?? null;
  return found !== null && /["\d\]]|\{\s*\}|true|false|null/.test(found) && !text.includes("```") ? found : null;
}

export const csvStatistics: Ability = {
  id: "csv-statistics",
  about: "Statistics of a CSV: minimum, maximum, mean, sum of each column",
  examples: ["statistics of data.csv", "mean of the price column in data.csv"],
  words: "csv statistics stats columns column mean median average sum min max deviation statistik spalte",
  suggest: ({ path }) => (path !== null && /\.(?:csv|tsv)$/i.test(path) ? `statistics of ${path}` : null),
  match: (clause, context) => {
    const text = clause.text;
    const asksAll =
      /\b(?:stat(?:istic)?s?|statistics|describe|analy[sz]e|statistik|profile|column (?:summary|overview)|how many (?:rows|columns)|(?:what|which) columns)\b/i.test(
        text,
      );
    const measure =
      /\b(mean|average|median|sum|total|min(?:imum)?|max(?:imum)?|deviation|smallest|largest|highest|lowest|durchschnitt|summe)\b/i.exec(
        text,
      );
    const isCsv =
      /\.(?:csv|tsv)\b|\bcsv\b/i.test(text) || context.attachments.some(({ path }) => /\.(?:csv|tsv)$/i.test(path));
    if (!(asksAll || measure !== null) || !(isCsv || (asksAll && /\.\p{L}+/u.test(text)))) return null;
    const column = columnIn(clause);
    if (!asksAll && column === null && measure !== null && !/\bcolumns?\b/i.test(text)) return null;
    const sources = findSources(clause, context, column?.block === undefined ? {} : { skipBlock: column.block });
    if (sources.length === 0) return null;
    const input: JsonObject = column === null ? {} : { column: column.name };
    return sourceStep(sources, context, {
      tool: "csv_statistics",
      input,
      confidence: 0.93,
      answer: (done) => measured(done, measure?.[1]) ?? csvAnswer(done),
    });
  },
};

function columnIn(clause: Clause): { readonly name: string; readonly block: string | undefined } | null {
  const match =
    /\b(?:of|for|in)\s+(?:the\s+)?(?:column\s+(\S+)|(\S+)\s+column)/i.exec(clause.text) ??
    /\bcolumn\s+(\S+)/i.exec(clause.text) ??
    /\b(?:mean|average|median|sum|total|min(?:imum)?|max(?:imum)?|deviation|smallest|largest|highest|lowest)\s+(?:of\s+)?(?:the\s+)?(\S+)\s+(?:in|of|from)\b/i.exec(
      clause.text,
    );
  const word = match?.slice(1).find((group) => group !== undefined);
  if (word === undefined || /^(?:the|each|every|all|a)$/i.test(word)) return null;
  const block = /^\uE000[\uE100-\uF8FF]/.exec(word)?.[0];
  return { name: block === undefined ? word : (blocksIn(block, clause.blocks)[0]?.text ?? word), block };
}

const MEASURES: Readonly<Record<string, string>> = {
  average: "mean",
  durchschnitt: "mean",
  total: "sum",
  summe: "sum",
  minimum: "min",
  smallest: "min",
  lowest: "min",
  maximum: "max",
  largest: "max",
  highest: "max",
};

/** "The mean of `price` is **64.25**." where one number of one column was asked for. */
function measured(done: Done, word: string | undefined): string | null {
  const [column, ...others] = listField(done.value, "columns");
  if (word === undefined || column === undefined || others.length > 0) return null;
  const name = MEASURES[word.toLowerCase()] ?? word.toLowerCase();
  const number = numberField(column, name);
  if (number === null) return null;
  return `The ${name} of ${code(stringField(column, "name") ?? "")} is **${grouped(number)}**${wherePath(done)}.`;
}

function wherePath(done: Done): string {
  const path = stringField(done.input, "path");
  return path === null ? "" : ` in ${code(path)}`;
}

const NUMBERS = ["min", "max", "mean", "median", "sum", "deviation"] as const;

function csvAnswer(done: Done): string {
  const columns = listField(done.value, "columns");
  if (columns.length === 0) return done.text;
  const cell = (column: (typeof columns)[number], name: string): string => {
    const number = numberField(column, name);
    return number === null ? plain(stringField(column, name) ?? "") || "–" : rounded(number);
  };
  const rows = columns.map((column) => [
    code(stringField(column, "name") ?? "").replaceAll("|", "\\|"),
    stringField(column, "type") ?? "",
    cell(column, "count"),
    ...NUMBERS.map((name) => cell(column, name)),
  ]);
  const heading = `${subjectOf(done, "The CSV")}: **${counted(numberField(done.value, "rows") ?? 0, "row")}**, ${counted(columns.length, "column")}.`;
  return `${heading}\n\n${table(["Column", "Type", "Values", ...NUMBERS], rows)}`;
}

export const diffing: Ability = {
  id: "diff",
  about: "Compare two texts or files line by line",
  examples: ["diff old.md and new.md", 'compare "one two" with "one three"'],
  words: "diff compare difference changes between versions vergleiche unterschied",
  match: (clause, context) => {
    if (!/\b(?:diff|compare|differences?(?: between)?|what changed|vergleiche?|unterschiede?)\b/i.test(clause.text))
      return null;
    const paths = pathsIn(clause, context);
    const blocks = blocksIn(clause.text, clause.blocks).filter(({ text }) => !paths.includes(text));
    const attached = context.attachments.map(({ path }) => path).filter((path) => !paths.includes(path));
    const files = [...paths, ...(paths.length + blocks.length < 2 ? attached : [])];
    return diffStep(
      files,
      blocks.map(({ text }) => text),
      context,
    );
  },
};

/** Two files, two texts, or a file and the text that it is compared with. */
function diffStep(files: readonly string[], texts: readonly string[], context: Context): Step | null {
  const [one, two] = [
    ...files.map((path) => ({ path, text: undefined })),
    ...texts.map((text) => ({ path: undefined, text })),
  ];
  const refersBack = two === undefined && one !== undefined && context.earlier.length > 0;
  if (one === undefined || (two === undefined && !refersBack)) return null;
  const before: JsonObject = one.path === undefined ? { before: one.text } : { beforePath: one.path };
  return callStep(
    { confidence: 0.92, refersBack },
    (memory) => {
      if (two !== undefined)
        return [diffCall(before, two.path === undefined ? { after: two.text } : { afterPath: two.path })];
      const text = memory.output;
      return text === null
        ? { halt: "There is no second text to compare with. Name two files, or quote two texts." }
        : [diffCall(before, { after: text })];
    },
    ([done]) => (done === undefined ? "" : diffAnswer(done)),
  );
}

const diffCall = (before: JsonObject, after: JsonObject) => ({ tool: "diff_text", input: { ...before, ...after } });

function diffAnswer(done: Done): string {
  const [added, removed] = [numberField(done.value, "added"), numberField(done.value, "removed")];
  if (added === null || removed === null) return done.text;
  if (added === 0 && removed === 0) return "**No difference.**";
  return `**${counted(added, "line")} added, ${counted(removed, "line")} removed.**\n\n${fenced(stringField(done.value, "patch") ?? "", "diff")}`;
}
