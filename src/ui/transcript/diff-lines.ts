/** One line of a comparison. `before` and `after` are line numbers from 1; null on the side where the line is not. */
export interface DiffLine {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Cells of the comparison's table. Above, what lies between the common ends is shown as replaced whole. */
const MOST_CELLS = 4_000_000;

/** Compares two texts by lines. The longest common sequence between the common beginning and end. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = compare(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return number([
    ...a.slice(0, start).map((text) => ({ kind: "same" as const, text })),
    ...middle,
    ...a.slice(a.length - end).map((text) => ({ kind: "same" as const, text })),
  ]);
}

/** A last line break ends the last line and begins none. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

type Piece = Pick<DiffLine, "kind" | "text">;

function compare(a: readonly string[], b: readonly string[]): readonly Piece[] {
  const removed = (text: string): Piece => ({ kind: "removed", text });
  const added = (text: string): Piece => ({ kind: "added", text });
  if (a.length * b.length > MOST_CELLS || a.length === 0 || b.length === 0) return [...a.map(removed), ...b.map(added)];
  const width = b.length + 1;
  /** Length of the longest common sequence of what is left from (row, column) on. */
  const common = new Uint32Array((a.length + 1) * width);
  for (let row = a.length - 1; row >= 0; row--) {
    for (let column = b.length - 1; column >= 0; column--) {
      common[row * width + column] =
        a[row] === b[column]
          ? at(common, (row + 1) * width + column + 1) + 1
          : Math.max(at(common, (row + 1) * width + column), at(common, row * width + column + 1));
    }
  }
  const pieces: Piece[] = [];
  let row = 0;
  let column = 0;
  while (row < a.length || column < b.length) {
    const left = a[row];
    const right = b[column];
    if (left !== undefined && left === right) {
      pieces.push({ kind: "same", text: left });
      row++;
      column++;
    } else if (
      left !== undefined &&
      (right === undefined || at(common, (row + 1) * width + column) >= at(common, row * width + column + 1))
    ) {
      pieces.push(removed(left));
      row++;
    } else if (right !== undefined) {
      pieces.push(added(right));
      column++;
    }
  }
  return pieces;
}

function at(cells: Uint32Array, index: number): number {
  return cells[index] ?? 0;
}

function number(pieces: readonly Piece[]): readonly DiffLine[] {
  let before = 0;
  let after = 0;
  return pieces.map(({ kind, text }) => ({
    kind,
    text,
    before: kind === "added" ? null : ++before,
    after: kind === "removed" ? null : ++after,
  }));
}

/** A run of lines to show, or the number of unchanged lines that are left out. */
export type DiffRow = DiffLine | { readonly kind: "skipped"; readonly count: number };

const CONTEXT_LINES = 3;

/** The changed lines with a few unchanged ones around them. */
export function withContext(lines: readonly DiffLine[]): readonly DiffRow[] {
  const isNear = lines.map(() => false);
  lines.forEach((line, index) => {
    if (line.kind === "same") return;
    const last = Math.min(lines.length - 1, index + CONTEXT_LINES);
    for (let near = Math.max(0, index - CONTEXT_LINES); near <= last; near++) isNear[near] = true;
  });
  const rows: DiffRow[] = [];
  let skipped = 0;
  lines.forEach((line, index) => {
    if (isNear[index] !== true) {
      skipped++;
      return;
    }
    if (skipped > 0) rows.push({ kind: "skipped", count: skipped });
    skipped = 0;
    rows.push(line);
  });
  if (skipped > 0) rows.push({ kind: "skipped", count: skipped });
  return rows;
}
