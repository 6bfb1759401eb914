import * as v from "valibot";
import type { WorkspaceFile } from "./tool.ts";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { counted, grouped, MAX_SHOWN_CHARS, readTextFile, shownText, splitLines } from "./text-source.ts";

/** Files named to a model at once. */
const MAX_LISTED = 500;

export const listFiles = defineTool("list_files", {
  input: v.strictObject({}),
  run: async (_input, context) => {
    const files = await context.workspace.list();
    return {
      ok: true,
      text: listText(files),
      value: { files: files.map(({ path, size, modifiedAt }) => ({ path, size, modifiedAt })) },
      view: { kind: "files", paths: files.map((file) => file.path) },
    };
  },
});

function listText(files: readonly WorkspaceFile[]): string {
  if (files.length === 0) return "The workspace holds no files yet. write_file makes one.";
  const lines = files.slice(0, MAX_LISTED).map((file) => {
    return `${file.path} (${counted(file.size, "byte")}, changed ${new Date(file.modifiedAt).toISOString()})`;
  });
  const rest = files.length - lines.length;
  if (rest > 0) lines.push(`… and ${grouped(rest)} more`);
  return [`${counted(files.length, "file")}:`, ...lines].join("\n");
}

const lineNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000));

export const readFile = defineTool("read_file", {
  input: v.strictObject({ path: v.string(), fromLine: v.optional(lineNumber), lineCount: v.optional(lineNumber) }),
  run: async (input, context) => {
    const text = await readTextFile(context.workspace, input.path);
    const lines = splitLines(text);
    const from = input.fromLine ?? 1;
    if (from > Math.max(1, lines.length)) {
      throw new ToolRefusal(`${input.path} has only ${counted(lines.length, "line")}; fromLine is ${grouped(from)}.`);
    }
    const wanted = lines.slice(from - 1, input.lineCount === undefined ? undefined : from - 1 + input.lineCount);
    const kept = fitting(wanted);
    const to = from - 1 + kept.length;
    const isWhole = from === 1 && to === lines.length;
    const shown = isWhole && text.length <= MAX_SHOWN_CHARS ? text : kept.join("\n");
    return {
      ok: true,
      text: `${headline(input.path, from, to, lines.length)}\n${shownText(shown)}`,
      value: { text: shown, lines: lines.length },
    };
  },
});

/** As many whole lines as a model reads at once; at least one, however long. */
function fitting(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > MAX_SHOWN_CHARS && kept.length > 0) break;
    kept.push(line);
  }
  return kept;
}

function headline(path: string, from: number, to: number, all: number): string {
  if (all === 0) return `${path} is empty.`;
  if (from === 1 && to === all) return `${path} (${counted(all, "line")}):`;
  const place = `${path}, lines ${grouped(from)} to ${grouped(to)} of ${grouped(all)}`;
  return to === all ? `${place}:` : `${place}; ask for the rest with fromLine ${String(to + 1)}:`;
}
