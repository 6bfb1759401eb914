import type { JsonValue } from "#domain/json.ts";
import type { Tier } from "#domain/tool-call.ts";
import type { ToolName } from "./catalogue.ts";
import { catalogue } from "./catalogue.ts";
import type { Tool, ToolEntry } from "./tool.ts";

/** The code of each tool, fetched when it first runs: the libraries behind them are heavier than the rest of the worker. */
const loaders: Readonly<Record<ToolName, () => Promise<Tool>>> = {
  calculate: () => import("./calculate.ts").then((file) => file.calculate),
  date_time: () => import("./date-time.ts").then((file) => file.dateTime),
  count_text: () => import("./count-text.ts").then((file) => file.countText),
  transform_text: () => import("./transform-text.ts").then((file) => file.transformText),
  test_regex: () => import("./test-regex.ts").then((file) => file.testRegex),
  convert_format: () => import("./convert-format.ts").then((file) => file.convertFormat),
  diff_text: () => import("./diff-text.ts").then((file) => file.diffText),
  hash_text: () => import("./hash-text.ts").then((file) => file.hashText),
  encode_text: () => import("./encode-text.ts").then((file) => file.encodeText),
  parse_url: () => import("./parse-url.ts").then((file) => file.parseUrl),
  csv_statistics: () => import("./csv-statistics.ts").then((file) => file.csvStatistics),
  find_in_files: () => import("./find-in-files.ts").then((file) => file.findInFiles),
  summarise: () => import("./summarise.ts").then((file) => file.summarise),
  keywords: () => import("./keywords.ts").then((file) => file.keywords),
  list_files: () => import("./read-tools.ts").then((file) => file.listFiles),
  read_file: () => import("./read-tools.ts").then((file) => file.readFile),
  write_file: () => import("./write-tools.ts").then((file) => file.writeFile),
  append_file: () => import("./write-tools.ts").then((file) => file.appendFile),
  replace_in_file: () => import("./replace-in-file.ts").then((file) => file.replaceInFile),
  rename_file: () => import("./write-tools.ts").then((file) => file.renameFile),
  delete_file: () => import("./write-tools.ts").then((file) => file.deleteFile),
  search_sessions: () => import("./search-sessions.ts").then((file) => file.searchSessions),
};

/** Every tool, in the order in which a model is told of them. */
export const toolEntries: readonly ToolEntry[] = (Object.keys(catalogue) as ToolName[]).map((name) => ({
  ...catalogue[name],
  load: loaders[name],
}));

export function findTool(name: string): ToolEntry | undefined {
  return toolEntries.find((entry) => entry.spec.name === name);
}

/** How far one call reaches: a tool that can read a session reaches further when it is asked to. */
export function callTier(entry: ToolEntry, input: JsonValue): Tier {
  const isReadingSession =
    typeof input === "object" && input !== null && "sessionId" in input && input["sessionId"] !== null;
  return isReadingSession && entry.tier < 2 ? 2 : entry.tier;
}
