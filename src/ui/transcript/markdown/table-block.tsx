import type { Tokens } from "marked";
import { Component } from "preact";

import { CopyButton } from "#ui/kit/copy-button.tsx";
import { ScrollBox } from "#ui/kit/group.tsx";

import { Inline, isSameText } from "./inline.tsx";

interface TableBlockProps {
  readonly table: Tokens.Table;
  readonly isFinal: boolean;
}

/** A table in a box that scrolls sideways; columns of numbers stand at their end. */
export function TableBlock({ table, isFinal }: TableBlockProps) {
  const numeric = table.header.map((_, column) => isNumericColumn(table.rows.map((row) => row[column]?.text ?? "")));
  return (
    <div class="table">
      <ScrollBox class="table-box" label="Table">
        <table>
          <thead>
            <tr>
              {table.header.map((cell, column) => (
                <HeaderCell key={column} cell={cell} isNumeric={numeric[column] === true} />
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              <Row key={index} cells={row} numeric={numeric.join()} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {isFinal && (
        <CopyButton
          class="copy-table"
          label="Copy table as CSV"
          text={() => csvOf([table.header, ...table.rows].map((row) => row.map((cell) => cell.text)))}
        />
      )}
    </div>
  );
}

interface RowProps {
  readonly cells: readonly Tokens.TableCell[];
  /** For each column, whether it holds numbers: `true,false`. */
  readonly numeric: string;
}

/** A table is one block until it ends; its rows that stay the same are not drawn again with it. */
class Row extends Component<RowProps> {
  override shouldComponentUpdate({ cells, numeric }: RowProps): boolean {
    const known = this.props.cells;
    if (numeric !== this.props.numeric || cells.length !== known.length) return true;
    return cells.some((cell, column) => !isSameText(cell.text, known[column]?.text ?? ""));
  }

  override render({ cells, numeric }: RowProps) {
    const isNumeric = numeric.split(",");
    return (
      <tr>
        {cells.map((cell, column) => (
          <td key={column} dir="auto" data-align={alignOf(cell, isNumeric[column] === "true")}>
            <Inline tokens={cell.tokens} />
          </td>
        ))}
      </tr>
    );
  }
}

/** A header without words would be a header of nothing. */
function HeaderCell({ cell, isNumeric }: { readonly cell: Tokens.TableCell; readonly isNumeric: boolean }) {
  const align = alignOf(cell, isNumeric);
  if (cell.text.trim() === "") return <td>{cell.text}</td>;
  return (
    <th scope="col" dir="auto" data-align={align}>
      <Inline tokens={cell.tokens} />
    </th>
  );
}

function alignOf(cell: Tokens.TableCell, isNumeric: boolean): "start" | "center" | "end" {
  if (cell.align === "center") return "center";
  return cell.align === "right" || (cell.align === null && isNumeric) ? "end" : "start";
}

const NUMBER = /^[-+−]?[\d.,\u00a0\u202f' ]*\d(?:\s?[%°\p{Sc}]|\s?\p{L}{1,4}(?:\/\p{L}{1,3})?)?$/u;

/** Whether every filled cell is a number, perhaps with a unit or a currency. */
export function isNumericColumn(cells: readonly string[]): boolean {
  const filled = cells
    .map((cell) => cell.trim().replace(/^\p{Sc}\s?/u, ""))
    .filter((cell) => cell !== "" && cell !== "-" && cell !== "–");
  return filled.length > 0 && filled.every((cell) => NUMBER.test(cell));
}

/** Rows as CSV, as spreadsheets read it. */
export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(csvCell).join(",")).join("\r\n");
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
