import { useMemo } from "preact/hooks";

import { ScrollBox } from "#ui/kit/group.tsx";

import type { DiffLine, DiffRow } from "./diff-lines.ts";
import { diffLines, withContext } from "./diff-lines.ts";
import { ShownLines } from "./shown-lines.tsx";
import { count } from "./words.ts";

interface DiffViewProps {
  readonly before: string;
  readonly after: string;
  /** Names the box for those who do not see it. */
  readonly label: string;
}

/** A change, line by line: a sign, a tint and a word for each line, so that none of them is needed alone. */
export function DiffView({ before, after, label }: DiffViewProps) {
  const lines = useMemo(() => diffLines(before, after), [before, after]);
  const rows = useMemo(() => withContext(lines), [lines]);
  if (before === after) return <p class="muted">No line is different.</p>;
  return (
    <ShownLines lines={rows} noun="lines">
      {(shown) => (
        <ScrollBox class="diff scrolls" label={label} dir="ltr">
          <table>
            <tbody>
              {shown.map((row, index) => (
                <Row key={index} row={row} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </ShownLines>
  );
}

const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const SPOKEN = { same: "", added: "Added: ", removed: "Removed: " } as const;

function Row({ row }: { readonly row: DiffRow }) {
  if (row.kind === "skipped") {
    return (
      <tr class="diff-skipped">
        <td class="diff-number">⋯</td>
        <td>{count(row.count, "unchanged line")}</td>
      </tr>
    );
  }
  return (
    <tr class={`diff-${row.kind}`}>
      <td class="diff-number">{row.after ?? row.before}</td>
      <td>
        <span class="diff-sign" aria-hidden="true">
          {SIGNS[row.kind]}
        </span>
        <span class="sr">{SPOKEN[row.kind]}</span>
        {row.text === "" ? "\u00a0" : row.text}
      </td>
    </tr>
  );
}

/** `+3 −1` */
export function diffCounts(before: string, after: string): string {
  const lines = diffLines(before, after);
  const amount = (kind: DiffLine["kind"]) => String(lines.filter((line) => line.kind === kind).length);
  return `+${amount("added")} −${amount("removed")}`;
}
