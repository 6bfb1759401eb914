import type { JsonObject } from "#domain/json.ts";
import type { ToolSpec } from "#domain/model.ts";
import type { Effect, Tier } from "#domain/tool-call.ts";

/**
 * Every tool as a model is told of it, and nothing that runs: this file is in the worker's first load. The schemas are
 * written by hand so that neither the validator nor any tool comes with them; a test holds each one equal to the
 * schema that its tool really checks. No `oneOf` at the top: OpenAI refuses a function whose parameters have it, so
 * "exactly one of" is said in words and checked by the tool.
 */
export interface ToolFacts {
  readonly spec: ToolSpec;
  readonly effect: Effect;
  readonly tier: Tier;
}

const string = (description: string, rest: JsonObject = {}): JsonObject => ({ type: "string", description, ...rest });
const flag = (description: string): JsonObject => ({ type: "boolean", description });
const choice = (description: string, ...values: readonly string[]): JsonObject => ({
  type: "string",
  description,
  enum: values,
});
const whole = (description: string, minimum: number, maximum: number): JsonObject => ({
  type: "integer",
  description,
  minimum,
  maximum,
});

function facts(
  name: string,
  effect: Effect,
  tier: Tier,
  description: string,
  properties: JsonObject,
  required: readonly string[],
): ToolFacts {
  const inputSchema = { type: "object", properties, required, additionalProperties: false };
  return { spec: { name, description, inputSchema }, effect, tier };
}

const source = {
  text: string("The text itself. Give either text or path, never both."),
  path: string("A workspace file to read instead of text."),
};
const anySource = {
  text: string("The text itself. Give exactly one of text, path, sessionId."),
  path: string("A workspace file to read instead."),
  sessionId: string("A session whose messages to read instead."),
};
const path = string("Path in the workspace, e.g. notes/list.md");

export const catalogue = {
  calculate: facts(
    "calculate",
    "pure",
    0,
    "Calculates exactly, with units, percentages and conversions. Use it for every number instead of reckoning yourself.",
    {
      expression: string(
        'e.g. "1.5 kg * 4186 J/(kg K) * 85 K / (2 kW) to s", "20% of 80", "5 mile to km", "20 degC to degF"',
      ),
    },
    ["expression"],
  ),
  date_time: facts(
    "date_time",
    "pure",
    0,
    "Tells the time and reckons with dates, durations and time zones, daylight saving included.",
    {
      action: choice(
        "now (timeZone?), convert (when, fromZone?, toZone), add (when, duration), difference (from, to), weekday (when)",
        "now",
        "convert",
        "add",
        "difference",
        "weekday",
      ),
      when: string('A moment in words or ISO 8601, in the user\'s zone: "next friday 3pm", "2026-03-29 02:30"'),
      timeZone: string('City or IANA zone, e.g. "Tokyo"'),
      fromZone: string("City or IANA zone in which when is meant"),
      toZone: string("City or IANA zone to convert to"),
      duration: string('ISO 8601 or words: "P3W2D", "3 weeks 2 days", "-90 minutes"'),
      from: string("The earlier moment, as when"),
      to: string("The later moment, as when"),
    },
    ["action"],
  ),
  count_text: facts(
    "count_text",
    "pure",
    1,
    "Counts characters, words, lines, sentences, paragraphs and bytes.",
    source,
    [],
  ),
  transform_text: facts(
    "transform_text",
    "pure",
    1,
    "Sorts, cleans, numbers or re-cases text line by line.",
    {
      operation: choice(
        "What to do",
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
      ),
      ...source,
    },
    ["operation"],
  ),
  test_regex: facts(
    "test_regex",
    "pure",
    1,
    "Runs a JavaScript regular expression over text: all matches with groups, and the pattern explained.",
    { pattern: string("Without slashes"), flags: string("Of g i m s u v y; g is always on"), ...source },
    ["pattern"],
  ),
  convert_format: facts(
    "convert_format",
    "pure",
    1,
    "Converts or formats JSON, CSV, YAML, and makes Markdown tables.",
    {
      from: choice("Format of the input", "json", "csv", "yaml", "auto"),
      to: choice("Format wanted; the same as from to format it", "json", "csv", "yaml", "markdown-table"),
      ...source,
    },
    ["from", "to"],
  ),
  diff_text: facts(
    "diff_text",
    "pure",
    1,
    "Compares two texts line by line and gives a unified patch.",
    {
      before: string("The old text. Give either before or beforePath."),
      after: string("The new text. Give either after or afterPath."),
      beforePath: string("A workspace file to read as the old text"),
      afterPath: string("A workspace file to read as the new text"),
    },
    [],
  ),
  hash_text: facts(
    "hash_text",
    "pure",
    1,
    "Checksum of a text (as UTF-8) or of a file's bytes, in hex.",
    { algorithm: choice("Which hash", "sha-1", "sha-256", "sha-384", "sha-512"), ...source },
    ["algorithm"],
  ),
  encode_text: facts(
    "encode_text",
    "pure",
    1,
    "Encodes or decodes text (UTF-8): Base64, URL, HTML, hex.",
    {
      operation: choice(
        "What to do",
        "base64-encode",
        "base64-decode",
        "url-encode",
        "url-decode",
        "html-escape",
        "html-unescape",
        "hex-encode",
        "hex-decode",
      ),
      ...source,
    },
    ["operation"],
  ),
  parse_url: facts("parse_url", "pure", 0, "Takes a URL apart. Does not open it.", { url: string("A whole URL") }, [
    "url",
  ]),
  csv_statistics: facts(
    "csv_statistics",
    "pure",
    1,
    "Statistics of each column of a CSV: type, count, empty, distinct, min, max, mean, median, sum, deviation.",
    { ...source, column: string("Only this column, by its header") },
    [],
  ),
  summarise: facts(
    "summarise",
    "pure",
    1,
    "The most telling sentences, taken word for word from the text in its order. Writes nothing of its own.",
    { ...anySource, sentences: whole("How many sentences; 3 unless told", 1, 30) },
    [],
  ),
  keywords: facts(
    "keywords",
    "pure",
    1,
    "The words that matter most in a text, with counts.",
    { ...anySource, count: whole("How many words; 10 unless told", 1, 100) },
    [],
  ),
  list_files: facts("list_files", "pure", 1, "Lists the workspace's files with size and time.", {}, []),
  read_file: facts(
    "read_file",
    "pure",
    1,
    "Reads a workspace text file, at most 20,000 characters at once; ask for more by lines.",
    {
      path,
      fromLine: whole("First line, from 1", 1, 100_000_000),
      lineCount: whole("How many lines", 1, 100_000_000),
    },
    ["path"],
  ),
  find_in_files: facts(
    "find_in_files",
    "pure",
    1,
    "Finds lines in all workspace text files, regardless of case.",
    { query: string("Words, or a pattern"), isPattern: flag("query is a JavaScript regular expression") },
    ["query"],
  ),
  write_file: facts(
    "write_file",
    "idempotent",
    3,
    "Creates a workspace file or replaces its whole content.",
    { path, text: string("The whole new content") },
    ["path", "text"],
  ),
  append_file: facts(
    "append_file",
    "once",
    3,
    "Adds text at the end of a workspace file, on a new line; creates the file if missing.",
    { path, text: string("What to add") },
    ["path", "text"],
  ),
  replace_in_file: facts(
    "replace_in_file",
    "once",
    3,
    "Replaces text in a workspace file. find must occur exactly once, unless isAll.",
    {
      path,
      find: string("The exact text, enough of it to be unique"),
      replace: string("What to put there"),
      isAll: flag("Replace every occurrence"),
    },
    ["path", "find", "replace"],
  ),
  rename_file: facts(
    "rename_file",
    "once",
    3,
    "Renames or moves a workspace file. Never overwrites.",
    { from: string("Path now"), to: string("Path wanted") },
    ["from", "to"],
  ),
  delete_file: facts("delete_file", "idempotent", 3, "Deletes a workspace file.", { path }, ["path"]),
  search_sessions: facts(
    "search_sessions",
    "pure",
    2,
    "Full-text search over the user's own sessions.",
    { query: string("Words to find"), limit: whole("How many matches; 10 unless told", 1, 50) },
    ["query"],
  ),
};

export type ToolName = keyof typeof catalogue;
