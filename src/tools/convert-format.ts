import * as v from "valibot";
import { parse as parseYaml, stringify as stringifyYaml, YAMLError } from "yaml";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { readCsv, writeCsv } from "./table-values.ts";
import { isOneSource, ONE_SOURCE, readSource, shownText, textSource } from "./text-source.ts";

export type SourceFormat = "json" | "csv" | "yaml";
export type TargetFormat = SourceFormat | "markdown-table";

export const convertFormat = defineTool("convert_format", {
  input: v.pipe(
    v.strictObject({
      from: v.picklist(["json", "csv", "yaml", "auto"]),
      to: v.picklist(["json", "csv", "yaml", "markdown-table"]),
      ...textSource,
    }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const source = await readSource(input, context.workspace);
    const text = converted(source, input.from === "auto" ? formatOf(source) : input.from, input.to);
    return { ok: true, text: shownText(text), value: { text } };
  },
});

/** Throws ToolRefusal with what is wrong and where. */
export function converted(text: string, from: SourceFormat, to: TargetFormat): string {
  const value = readValue(text, from);
  switch (to) {
    case "json":
      return `${JSON.stringify(value, null, 2)}\n`;
    case "yaml":
      return stringifyYaml(value);
    case "csv": {
      const table = tableOf(value);
      return writeCsv(table.columns, table.rows);
    }
    case "markdown-table": {
      const table = tableOf(value);
      return markdownTable(table.columns, table.rows);
    }
  }
}

/** What a text most likely is: JSON if it parses, CSV if its first two lines have as many cells, else YAML. */
export function formatOf(text: string): SourceFormat {
  if (/^\s*[[{"]/.test(text)) return "json";
  const [first = "", second] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const delimiter = [",", ";", "\t"].find((mark) => first.includes(mark));
  if (delimiter === undefined || /^\s*- |^[^,;\t]+:\s/.test(first)) return "yaml";
  return second === undefined || second.includes(delimiter) ? "csv" : "yaml";
}

function readValue(text: string, from: SourceFormat): unknown {
  switch (from) {
    case "json":
      return readJson(text);
    case "yaml":
      return readYaml(text);
    case "csv": {
      const { columns, rows } = readCsv(text);
      return rows.map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, cellValue(row[index] ?? "")])),
      );
    }
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolRefusal(`This is no valid JSON: ${error.message}${placeIn(text, error.message)}.`);
  }
}

/** Engines name an offset; people count lines. */
function placeIn(text: string, message: string): string {
  const [, offset] = /position (\d+)/.exec(message) ?? [];
  if (offset === undefined || message.includes("line")) return "";
  const before = text.slice(0, Number(offset)).split("\n");
  return ` (line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)})`;
}

function readYaml(text: string): unknown {
  try {
    const value: unknown = parseYaml(text, { maxAliasCount: 100, logLevel: "error" });
    // A YAML reference may go in circles; no other format can say that.
    JSON.stringify(value);
    return value ?? null;
  } catch (error) {
    if (error instanceof YAMLError)
      throw new ToolRefusal(`This is no valid YAML: ${error.message.split("\n")[0] ?? ""}`);
    if (error instanceof ReferenceError || error instanceof TypeError) {
      throw new ToolRefusal("This YAML refers to itself, or multiplies itself by references; it cannot be converted.");
    }
    throw error;
  }
}

/** A cell is a number or a truth value only if writing it gives the same cell again: 007 and 1.50 stay texts. */
function cellValue(cell: string): string | number | boolean {
  if (cell === "true" || cell === "false") return cell === "true";
  const number = Number(cell);
  return cell !== "" && String(number) === cell && Number.isFinite(number) ? number : cell;
}

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Objects by their keys, lists by position, other values in one column. */
function tableOf(value: unknown): Table {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length === 0) throw new ToolRefusal("There are no rows to make a table of.");
  if (items.every((item) => Array.isArray(item))) {
    const [header = [], ...rows] = items.map((item: readonly unknown[]) => item.map(cellText));
    return { columns: header, rows: rows.map((row) => header.map((_, index) => row[index] ?? "")) };
  }
  const records = items.map((item) => (isRecord(item) ? item : { value: item }));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (columns.length === 0) throw new ToolRefusal("The rows are empty: there is nothing to make a table of.");
  return {
    columns,
    rows: records.map((record) =>
      columns.map((column) => cellText(Object.hasOwn(record, column) ? record[column] : "")),
    ),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function cellText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownCell).join(" | ")} |`;
  return `${[line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

/** A bar or a line end in a cell would begin another one. */
function markdownCell(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replace(/\r\n|[\r\n]/g, " ")
    .trim();
}
