import type { StructuredPatch } from "diff";
import { formatPatch, structuredPatch } from "diff";
import * as v from "valibot";
import type { ToolView } from "#domain/tool-call.ts";
import { defineTool } from "./define-tool.ts";
import { fileChangeView } from "./file-change.ts";
import { counted, readSource, shownText } from "./text-source.ts";

/** After this long the search for the smallest difference is given up for a coarse one. */
const SEARCH_MS = 2000;
const CONTEXT_LINES = 3;

const fields = {
  before: v.optional(v.string()),
  after: v.optional(v.string()),
  beforePath: v.optional(v.string()),
  afterPath: v.optional(v.string()),
};
const TWO_SOURCES = 'give exactly one of "before" and "beforePath", and exactly one of "after" and "afterPath".';

export const diffText = defineTool("diff_text", {
  input: v.pipe(
    v.strictObject(fields),
    v.check((input) => (input.before === undefined) !== (input.beforePath === undefined), TWO_SOURCES),
    v.check((input) => (input.after === undefined) !== (input.afterPath === undefined), TWO_SOURCES),
  ),
  run: async (input, context) => {
    const before = await readSource({ text: input.before, path: input.beforePath }, context.workspace);
    const after = await readSource({ text: input.after, path: input.afterPath }, context.workspace);
    const difference = diffOf(before, after, input.beforePath ?? "before", input.afterPath ?? "after");
    const { added, removed, patch } = difference;
    const isSame = before === after;
    const headline = isSame
      ? "The two texts are the same."
      : `${counted(added, "line")} added, ${counted(removed, "line")} removed.`;
    return {
      ok: true,
      text: isSame ? headline : `${headline}\n${shownText(patch)}`,
      value: { added, removed, patch },
      view: diffView(before, after),
    };
  },
});

export interface TextDifference {
  readonly added: number;
  readonly removed: number;
  /** Unified; empty where the texts are the same. */
  readonly patch: string;
}

export function diffOf(before: string, after: string, beforeName: string, afterName: string): TextDifference {
  const found: StructuredPatch | undefined = structuredPatch(beforeName, afterName, before, after, "", "", {
    context: CONTEXT_LINES,
    timeout: SEARCH_MS,
  });
  const patch = found ?? coarsePatch(beforeName, afterName, before, after);
  const lines = patch.hunks.flatMap((hunk) => hunk.lines);
  return {
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
    patch: patch.hunks.length === 0 ? "" : formatPatch(patch),
  };
}

/** All old lines out, all new lines in: right, if not small. For texts too different to search for more. */
function coarsePatch(beforeName: string, afterName: string, before: string, after: string): StructuredPatch {
  const removed = patchLines(before, "-");
  const added = patchLines(after, "+");
  const hunk = {
    oldStart: removed.length === 0 ? 0 : 1,
    oldLines: removed.filter((line) => line.startsWith("-")).length,
    newStart: added.length === 0 ? 0 : 1,
    newLines: added.filter((line) => line.startsWith("+")).length,
    lines: [...removed, ...added],
  };
  return {
    oldFileName: beforeName,
    newFileName: afterName,
    oldHeader: "",
    newHeader: "",
    hunks: [hunk],
  };
}

function patchLines(text: string, mark: "+" | "-"): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const hasLastEnd = lines.at(-1) === "";
  if (hasLastEnd) lines.pop();
  const marked = lines.map((line) => `${mark}${line}`);
  return hasLastEnd ? marked : [...marked, "\\ No newline at end of file"];
}

function diffView(before: string, after: string): ToolView {
  const change = fileChangeView("", before, after);
  if (change.kind !== "file-change") return change;
  return { kind: "diff", before: change.before ?? "", after: change.after ?? "" };
}
