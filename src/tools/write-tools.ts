import * as v from "valibot";
import type { ToolView } from "#domain/tool-call.ts";
import { defineTool } from "./define-tool.ts";
import { fileChangeView } from "./file-change.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { counted, decodeText, readTextFileOrNull, splitLines } from "./text-source.ts";
import type { Workspace } from "./tool.ts";
import { WorkspaceError } from "./tool.ts";
import { normalisePath } from "./workspace-path.ts";

export const writeFile = defineTool("write_file", {
  input: v.strictObject({ path: v.string(), text: v.string() }),
  preview: async (input, { workspace }) => {
    const path = normalisePath(input.path);
    const before = await currentText(workspace, path);
    return {
      title: before === null ? `Create ${path}` : `Replace ${path}`,
      reason:
        before === null
          ? `Creates ${path} in this session's files with ${counted(splitLines(input.text).length, "line")}.`
          : `Replaces the whole content of ${path} in this session's files.`,
      view: fileChangeView(path, before, input.text),
    };
  },
  run: (input, context) =>
    oneAtATime(context, async () => {
      const path = normalisePath(input.path);
      const before = await currentText(context.workspace, path);
      const bytes = encode(input.text);
      await context.workspace.write(path, bytes);
      const lines = splitLines(input.text).length;
      const isNew = before === null;
      return {
        ok: true,
        text: `${isNew ? "Created" : "Replaced"} ${path}: ${counted(lines, "line")}, ${counted(bytes.length, "byte")}.`,
        value: { path, bytes: bytes.length, lines, isNew },
        view: fileChangeView(path, before, input.text),
      };
    }),
});

export const appendFile = defineTool("append_file", {
  input: v.strictObject({ path: v.string(), text: v.string() }),
  preview: async (input, { workspace }) => {
    const path = normalisePath(input.path);
    const before = await readTextFileOrNull(workspace, path);
    return {
      title: `Add to ${path}`,
      reason:
        before === null
          ? `There is no ${path} yet: it will be created in this session's files.`
          : `Adds ${counted(splitLines(input.text).length, "line")} at the end of ${path}.`,
      view: fileChangeView(path, before, appended(before, input.text)),
    };
  },
  run: (input, context) =>
    oneAtATime(context, async () => {
      const path = normalisePath(input.path);
      const before = await readTextFileOrNull(context.workspace, path);
      const after = appended(before, input.text);
      await context.workspace.write(path, encode(after));
      const lines = splitLines(after).length;
      const added = counted(splitLines(input.text).length, "line");
      return {
        ok: true,
        text: `${before === null ? "Created" : "Added to"} ${path}: ${added}, now ${counted(lines, "line")} in all.`,
        value: { path, lines },
        view: fileChangeView(path, before, after),
      };
    }),
});

export const renameFile = defineTool("rename_file", {
  input: v.strictObject({ from: v.string(), to: v.string() }),
  preview: async (input) => {
    const [from, to] = [normalisePath(input.from), normalisePath(input.to)];
    return {
      title: `Rename ${from}`,
      reason: `Gives ${from} the name ${to} in this session's files. Its content stays as it is.`,
      view: { kind: "files", paths: [from, to] },
    };
  },
  run: (input, context) =>
    oneAtATime(context, async () => {
      const [from, to] = [normalisePath(input.from), normalisePath(input.to)];
      await context.workspace.rename(from, to);
      return {
        ok: true,
        text: `Renamed ${from} to ${to}.`,
        value: { from, to },
        view: { kind: "files", paths: [to] },
      };
    }),
});

export const deleteFile = defineTool("delete_file", {
  input: v.strictObject({ path: v.string() }),
  preview: async (input, { workspace }) => {
    const path = normalisePath(input.path);
    return {
      title: `Delete ${path}`,
      reason: `Removes ${path} from this session's files.`,
      view: await removalView(workspace, path),
    };
  },
  run: (input, context) =>
    oneAtATime(context, async () => {
      const path = normalisePath(input.path);
      try {
        const view = await removalView(context.workspace, path);
        await context.workspace.remove(path);
        return { ok: true, text: `Deleted ${path}.`, value: { path }, view };
      } catch (error) {
        if (!(error instanceof WorkspaceError) || error.code !== "not-found") throw error;
        // After a death in between, the second run finds the first one's work done: the end is the same.
        return { ok: true, text: `There is no file ${path}, so nothing had to be deleted.`, value: { path } };
      }
    }),
});

/** Null where there is no file; an empty text where it is none, since a card can show only text. */
async function currentText(workspace: Workspace, path: string): Promise<string | null> {
  try {
    return decodeText(await workspace.read(path)) ?? "";
  } catch (error) {
    if (error instanceof WorkspaceError && error.code === "not-found") return null;
    throw error;
  }
}

async function removalView(workspace: Workspace, path: string): Promise<ToolView> {
  const text = decodeText(await workspace.read(path));
  return text === null ? { kind: "files", paths: [path] } : fileChangeView(path, text, null);
}

function appended(before: string | null, text: string): string {
  if (before === null || before === "") return text;
  return before.endsWith("\n") ? `${before}${text}` : `${before}\n${text}`;
}

/** Half a character (a lone surrogate) becomes U+FFFD: it has no bytes of its own. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
