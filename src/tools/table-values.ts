import Papa from "papaparse";
import { ToolRefusal } from "./define-tool.ts";

/** Rows of a CSV under their headers. */
export interface CsvTable {
  /** Unique: a second "name" is "name (2)". */
  readonly columns: readonly string[];
  /** As many cells as columns in each. */
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
}

/** Reads CSV with its header row; the delimiter (, ; tab |) is found out. Throws ToolRefusal with the place of a mistake. */
export function readCsv(text: string): CsvTable {
  const parsed = Papa.parse<string[]>(text, { skipEmptyLines: "greedy", delimitersToGuess: [",", ";", "\t", "|"] });
  const mistake = parsed.errors.find((error) => error.type === "Quotes");
  if (mistake !== undefined) {
    const row = mistake.row === undefined ? "" : ` in row ${String(mistake.row + 1)}`;
    throw new ToolRefusal(`The CSV has a mistake${row}: ${mistake.message}.`);
  }
  const [header, ...body] = parsed.data;
  if (header === undefined) throw new ToolRefusal("The CSV is empty.");
  const width = body.reduce((most, row) => Math.max(most, row.length), header.length);
  const columns = uniqueNames(Array.from({ length: width }, (_, index) => header[index]?.trim() ?? ""));
  const rows = body.map((row) => columns.map((_, index) => row[index] ?? ""));
  return { columns, rows, delimiter: parsed.meta.delimiter };
}

function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((written, index) => {
    const name = written === "" ? `column ${String(index + 1)}` : written;
    let unique = name;
    for (let copy = 2; taken.has(unique); copy++) unique = `${name} (${String(copy)})`;
    taken.add(unique);
    return unique;
  });
}

export function writeCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${Papa.unparse([[...columns], ...rows.map((row) => [...row])], { newline: "\n" })}\n`;
}
