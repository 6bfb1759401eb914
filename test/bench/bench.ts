/** What a file test/bench/*.bench.ts exports: `export const name`, `export async function run()`. */
export interface Bench {
  /** The heading under which its lines are printed: what is measured, and where. */
  readonly name: string;
  run(): Promise<BenchResult>;
}

export interface BenchResult {
  /** Printed as they are. Numbers carry their unit. */
  readonly lines: readonly string[];
  /** One sentence for each budget that does not hold; any makes `npm run bench` fail. */
  readonly exceeded: readonly string[];
}

/** Aligns the columns: the first to the left, all others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((most, row) => row.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  "),
  );
}
