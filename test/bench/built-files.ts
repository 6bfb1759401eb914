import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { parseAst } from "vite";

/** In bytes. */
export interface Size {
  readonly plain: number;
  readonly gzip: number;
  readonly brotli: number;
}

export function sizeOf(root: string, file: string): Size {
  const content = readFileSync(path.join(root, file));
  return { plain: content.length, gzip: gzipSync(content).length, brotli: brotliCompressSync(content).length };
}

export function sumOf(sizes: readonly Size[]): Size {
  const sum = { plain: 0, gzip: 0, brotli: 0 };
  for (const size of sizes) {
    sum.plain += size.plain;
    sum.gzip += size.gzip;
    sum.brotli += size.brotli;
  }
  return sum;
}

/** Thousands of bytes, as the budgets count. */
export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** The scripts that a script imports outright, itself included, over any number of steps: all must be there before it runs. */
export function staticClosure(root: string, entries: readonly string[]): string[] {
  const seen = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const folder = path.posix.dirname(file);
    waiting.push(...importsOf(root, file).map((address) => path.posix.join(folder, address)));
  }
  return [...seen];
}

function importsOf(root: string, file: string): string[] {
  const { body } = parseAst(readFileSync(path.join(root, file), "utf8"));
  return body.flatMap((node) => {
    const isImport = node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration";
    if (!isImport && node.type !== "ExportNamedDeclaration") return [];
    return node.source === null ? [] : [node.source.value];
  });
}

/** What index.html names: its module scripts and style sheets, relative to the build's folder. */
export function pageEntries(root: string): { scripts: string[]; styles: string[] } {
  const page = readFileSync(path.join(root, "index.html"), "utf8");
  const addresses = (tag: RegExp) => [...page.matchAll(tag)].map(([, address = ""]) => path.posix.normalize(address));
  return {
    scripts: addresses(/<script type="module"[^>]* src="([^"]+)"/g),
    styles: addresses(/<link rel="stylesheet"[^>]* href="([^"]+)"/g),
  };
}
