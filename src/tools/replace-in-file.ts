import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { fileChangeView } from "./file-change.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { counted, readTextFile } from "./text-source.ts";
import type { Workspace } from "./tool.ts";
import { normalisePath } from "./workspace-path.ts";
import { encode } from "./write-tools.ts";

const input = v.strictObject({
  path: v.string(),
  find: v.pipe(
    v.string(),
    v.check((find) => find !== "", '"find" is empty; give the exact text to replace.'),
  ),
  replace: v.string(),
  isAll: v.optional(v.boolean()),
});

interface Replacement {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly replacements: number;
}

export const replaceInFile = defineTool("replace_in_file", {
  input,
  preview: async (request, { workspace }) => {
    const { path, before, after, replacements } = await replacementOf(request, workspace);
    return {
      title: `Edit ${path}`,
      reason: `Replaces ${counted(replacements, "place")} in ${path} in this session's files.`,
      view: fileChangeView(path, before, after),
    };
  },
  run: (request, context) =>
    oneAtATime(context, async () => {
      const { path, before, after, replacements } = await replacementOf(request, context.workspace);
      await context.workspace.write(path, encode(after));
      return {
        ok: true,
        text: `Replaced ${counted(replacements, "place")} in ${path}.`,
        value: { path, replacements },
        view: fileChangeView(path, before, after),
      };
    }),
});

async function replacementOf(request: v.InferOutput<typeof input>, workspace: Workspace): Promise<Replacement> {
  const path = normalisePath(request.path);
  const before = await readTextFile(workspace, path);
  const places = before.split(request.find);
  const found = places.length - 1;
  if (found === 0) throw new ToolRefusal(whyNotFound(path, before, request.find));
  if (found > 1 && request.isAll !== true) {
    throw new ToolRefusal(
      `The text to find occurs ${String(found)} times in ${path}. Give more of the text around the right place, or set isAll to true to replace all of them.`,
    );
  }
  return { path, before, after: places.join(request.replace), replacements: found };
}

function whyNotFound(path: string, before: string, find: string): string {
  const plain = `The text to find does not occur in ${path}; nothing was changed.`;
  const isOtherCase = before.toLowerCase().includes(find.toLowerCase());
  if (isOtherCase) return `${plain} It occurs in other upper or lower case: write it exactly as in the file.`;
  const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
  if (squeeze(before).includes(squeeze(find))) {
    return `${plain} It occurs with other spaces or line ends: read_file shows them as they are.`;
  }
  return `${plain} read_file shows what the file holds.`;
}
