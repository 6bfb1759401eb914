import { builtApp } from "#test/helpers/prepared.ts";
import { buildOf } from "#test/helpers/built-app.ts";
import { table, type BenchResult } from "./bench.ts";
import { kilobytes, pageEntries, sizeOf, staticClosure, sumOf, type Size } from "./built-files.ts";

export const name = "Sizes of the production build";

/** For a composer that can be used, counted as a fast host sends it (brotli). */
const INITIAL_SCRIPT_BUDGET_BYTES = 60_000;

export async function run(): Promise<BenchResult> {
  const root = await builtApp();
  const files = buildOf(root).files.map(({ url }) => url);
  const scripts = files.filter((file) => file.endsWith(".js"));
  const entries = pageEntries(root);
  const page = staticClosure(root, entries.scripts);
  const worker = staticClosure(
    root,
    scripts.filter((file) => file.startsWith("assets/worker-")),
  );
  const first = new Set([...page, ...worker]);
  const lazy = scripts.filter((file) => !first.has(file)).map((file) => ({ file, size: sizeOf(root, file) }));
  const initial = sumOf([...first].map((file) => sizeOf(root, file)));
  const total = (list: readonly string[]) => sumOf(list.map((file) => sizeOf(root, file)));
  const rows = [
    ["", "plain", "gzip", "brotli"],
    row("page: entry and its static imports", total(page)),
    row("agent's worker: entry and its static imports", total(worker)),
    row(`both (budget ${kilobytes(INITIAL_SCRIPT_BUDGET_BYTES)} brotli)`, initial),
    row("style of the first screen", total(entries.styles)),
    ["", "", "", ""],
    ...lazy.toSorted((a, b) => b.size.brotli - a.size.brotli).map(({ file, size }) => row(`lazy ${file}`, size)),
    ["", "", "", ""],
    row("service worker", sizeOf(root, "service-worker.js")),
    row(`precached in all (${files.length} files)`, total(files)),
  ];
  const isOver = initial.brotli > INITIAL_SCRIPT_BUDGET_BYTES;
  const sentence = `initial JavaScript is ${kilobytes(initial.brotli)} of ${kilobytes(INITIAL_SCRIPT_BUDGET_BYTES)}`;
  return { lines: table(rows), exceeded: isOver ? [sentence] : [] };
}

const row = (label: string, size: Size) => [label, kilobytes(size.plain), kilobytes(size.gzip), kilobytes(size.brotli)];
