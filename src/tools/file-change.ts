import type { ToolView } from "#domain/tool-call.ts";
import { counted, splitLines } from "./text-source.ts";

/** Characters of a file up to which a card gets the whole of it. */
const WHOLE_CHARS = 64_000;
/** Unchanged lines kept on each side of a change in a longer file. */
const KEPT_LINES = 20;

/**
 * Before and after for a card. Of a long file only the surroundings of the change: a small addition to a big file
 * must not cost the journal the whole file twice.
 */
export function fileChangeView(path: string, before: string | null, after: string | null): ToolView {
  if (before === null || after === null || before.length + after.length <= WHOLE_CHARS) {
    return { kind: "file-change", path, before, after };
  }
  const [shortBefore, shortAfter] = withoutCommonEnds(before, after);
  return { kind: "file-change", path, before: shortBefore, after: shortAfter };
}

function withoutCommonEnds(before: string, after: string): [string, string] {
  const a = splitLines(before);
  const b = splitLines(after);
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const cutHead = Math.max(0, head - KEPT_LINES);
  const cutTail = Math.max(0, tail - KEPT_LINES);
  return [cutEnds(a, cutHead, cutTail), cutEnds(b, cutHead, cutTail)];
}

function cutEnds(lines: readonly string[], head: number, tail: number): string {
  const kept = lines.slice(head, lines.length - tail);
  if (head > 0) kept.unshift(`… ${counted(head, "unchanged line")} …`);
  if (tail > 0) kept.push(`… ${counted(tail, "unchanged line")} …`);
  return kept.join("\n");
}
