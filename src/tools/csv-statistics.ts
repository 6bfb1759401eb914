import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import type { CsvTable } from "./table-values.ts";
import { readCsv } from "./table-values.ts";
import { counted, grouped, isOneSource, ONE_SOURCE, readSource, shownText, textSource } from "./text-source.ts";

export const csvStatistics = defineTool("csv_statistics", {
  input: v.pipe(
    v.strictObject({ ...textSource, column: v.optional(v.string()) }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const table = readCsv(await readSource(input, context.workspace));
    const columns = table.columns.map((name, index) => statisticsOf(name, table, index));
    const shown = input.column === undefined ? columns : [chosen(columns, input.column)];
    const head = ["Column", "Type", "Count", "Empty", "Distinct", "Min", "Max", "Mean", "Median", "Sum", "Deviation"];
    const rows = shown.map(cells);
    const lines = rows.map((row) =>
      row.flatMap((cell, index) => (cell === "" ? [] : `${head[index] ?? ""}: ${cell}`)).join(", "),
    );
    return {
      ok: true,
      text: shownText(
        [`${counted(table.rows.length, "row")}, ${counted(table.columns.length, "column")}.`, ...lines].join("\n"),
      ),
      value: { rows: table.rows.length, columns: shown.map((column) => ({ ...column })) },
      view: { kind: "table", columns: head, rows },
    };
  },
});

export type ColumnType = "number" | "date" | "boolean" | "text" | "empty";

export interface ColumnStatistics {
  readonly name: string;
  readonly type: ColumnType;
  /** Cells that hold something. */
  readonly count: number;
  readonly empty: number;
  readonly distinct: number;
  readonly min: number | string | null;
  readonly max: number | string | null;
  /** The rest only for numbers. */
  readonly mean: number | null;
  readonly median: number | null;
  readonly sum: number | null;
  /** Of a sample (n - 1); null for fewer than two numbers. */
  readonly deviation: number | null;
}

function statisticsOf(name: string, table: CsvTable, index: number): ColumnStatistics {
  const cells = table.rows.map((row) => row[index]?.trim() ?? "");
  const filled = cells.filter((cell) => cell !== "");
  // Where ; divides the cells, the comma is free to be the decimal mark.
  const numbers = filled.map((cell) => numberIn(cell, table.delimiter === ";"));
  const type = typeOf(filled, numbers);
  const common = {
    name,
    type,
    count: filled.length,
    empty: cells.length - filled.length,
    distinct: new Set(filled).size,
  };
  if (type === "number") return { ...common, ...numberStatistics(numbers.filter((number) => number !== null)) };
  const ordered = filled.toSorted();
  return {
    ...common,
    min: ordered[0] ?? null,
    max: ordered.at(-1) ?? null,
    mean: null,
    median: null,
    sum: null,
    deviation: null,
  };
}

function typeOf(filled: readonly string[], numbers: readonly (number | null)[]): ColumnType {
  if (filled.length === 0) return "empty";
  if (numbers.every((number) => number !== null)) return "number";
  if (filled.every((cell) => /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/.test(cell))) return "date";
  if (filled.every((cell) => /^(?:true|false|yes|no)$/i.test(cell))) return "boolean";
  return "text";
}

/** 12, -1.5, 1,234.50, 2e3; with a decimal comma also 1.234,50. No units: 5 kg is a text. */
export function numberIn(cell: string, hasDecimalComma: boolean): number | null {
  const plain = hasDecimalComma
    ? cell.replace(/\.(?=\d{3}(?:\D|$))/g, "").replace(",", ".")
    : cell.replace(/,(?=\d{3}(?:\D|$))/g, "");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/i.test(plain) ? Number(plain) : null;
}

function numberStatistics(numbers: readonly number[]) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const sum = exactSum(numbers);
  const mean = sum / numbers.length;
  const squares = exactSum(numbers.map((number) => (number - mean) ** 2));
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const high = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return {
    min: sorted[0] ?? null,
    max: sorted.at(-1) ?? null,
    mean: tidy(mean),
    median: tidy((low + high) / 2),
    sum: tidy(sum),
    deviation: numbers.length < 2 ? null : tidy(Math.sqrt(squares / (numbers.length - 1))),
  };
}

/** Neumaier's sum: keeps what adding small to large numbers would lose. */
function exactSum(numbers: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const number of numbers) {
    const next = sum + number;
    lost += Math.abs(sum) >= Math.abs(number) ? sum - next + number : number - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** 12 digits: what is behind them is the noise of binary fractions. */
function tidy(number: number): number {
  return Number(number.toPrecision(12));
}

function chosen(columns: readonly ColumnStatistics[], name: string): ColumnStatistics {
  const fold = (text: string) => text.trim().toLowerCase();
  const found =
    columns.find((column) => column.name === name) ?? columns.find((column) => fold(column.name) === fold(name));
  if (found !== undefined) return found;
  const names = columns.map((column) => `"${column.name}"`).join(", ");
  throw new ToolRefusal(`There is no column "${name}". The columns are ${names}.`);
}

function cells(column: ColumnStatistics): string[] {
  const { name, type, count, empty, distinct, min, max, mean, median, sum, deviation } = column;
  const number = (value: number | string | null) =>
    value === null
      ? ""
      : typeof value === "string"
        ? value
        : value.toLocaleString("en-US", { maximumSignificantDigits: 12 });
  return [
    name,
    type,
    grouped(count),
    grouped(empty),
    grouped(distinct),
    ...[min, max, mean, median, sum, deviation].map(number),
  ];
}
