import { readId } from "#domain/ids.ts";
import type { SessionMatch } from "#domain/tool-call.ts";
import { findTool } from "#tools/registry.ts";
import type { ToolContext, Workspace } from "#tools/tool.ts";
import { createMemoryWorkspaces } from "#tools/workspace-memory.ts";
import type { ToolRunner } from "./driver.ts";

/** Saturday 22 November 2025, 12:00 in Berlin. */
export const NOON = Date.parse("2025-11-22T11:00:00Z");

export interface RealTools {
  readonly run: ToolRunner;
  readonly workspace: Workspace;
  read(path: string): Promise<string>;
}

/** The tools of the app over a workspace in memory; what a session search finds is given. */
export async function realTools(
  files: Readonly<Record<string, string>> = {},
  found: readonly SessionMatch[] = [],
): Promise<RealTools> {
  const sessionId = readId<ToolContext["sessionId"]>("session-1");
  const workspace = createMemoryWorkspaces(() => NOON).open(sessionId);
  const bytes = (text: string) => new TextEncoder().encode(text);
  for (const [path, text] of Object.entries(files)) await workspace.write(path, bytes(text));
  const context: ToolContext = {
    sessionId,
    workspace,
    sessions: { search: async () => found, text: async () => "user: the kettle\nagent: it boils" },
    now: () => NOON,
    timeZone: "Europe/Berlin",
    signal: new AbortController().signal,
    startWorker: async () => null,
  };
  return {
    workspace,
    read: async (path) => new TextDecoder().decode(await workspace.read(path)),
    run: async (name, input) => {
      const tool = await findTool(name)?.load();
      const complaint = tool === undefined ? `There is no tool named ${name}.` : tool.check(input);
      if (tool === undefined || complaint !== null) return { ok: false, text: complaint ?? "", value: null };
      const output = await tool.run(input, context);
      return { ok: output.ok, text: output.text, value: output.ok ? output.value : null };
    },
  };
}
