import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { JsonValue } from "#domain/json.ts";
import type { SessionMatch, ToolOutput } from "#domain/tool-call.ts";
import { findTool } from "#tools/registry.ts";
import type { Tool, ToolContext, Workspace } from "#tools/tool.ts";
import { createMemoryWorkspaces } from "#tools/workspace-memory.ts";

/** Friday, 27 March 2026, 13:00 in Berlin: two days before the clocks go forward. */
export const NOW = Date.UTC(2026, 2, 27, 12, 0, 0);

export interface ToolWorld {
  readonly context: ToolContext;
  readonly workspace: Workspace;
  readonly stop: AbortController;
  /** Loads the tool by its name, as the agent does, and runs it. */
  run(name: string, input: JsonValue): Promise<ToolOutput>;
  /** As `run`, for a call that must succeed. */
  value(name: string, input: JsonValue): Promise<Record<string, JsonValue>>;
  /** As `run`, for a call that must be refused: the sentence. */
  refusal(name: string, input: JsonValue): Promise<string>;
}

export function toolWorld(
  options: { timeZone?: string; matches?: readonly SessionMatch[]; texts?: Record<string, string> } = {},
): ToolWorld {
  const sessionId = readId<SessionId>("session-one");
  const workspace = createMemoryWorkspaces(() => NOW).open(sessionId);
  const stop = new AbortController();
  const context: ToolContext = {
    sessionId,
    workspace,
    sessions: {
      search: async (_query, limit) => (options.matches ?? []).slice(0, limit),
      text: async (id) => options.texts?.[id] ?? null,
    },
    now: () => NOW,
    timeZone: options.timeZone ?? "Europe/Berlin",
    signal: stop.signal,
    startWorker: async () => null,
  };
  const run = async (name: string, input: JsonValue) => (await loadTool(name)).run(input, context);
  return {
    context,
    workspace,
    stop,
    run,
    value: async (name, input) => {
      const output = await run(name, input);
      if (!output.ok) throw new Error(`${name} refused: ${output.text}`);
      return output.value as Record<string, JsonValue>;
    },
    refusal: async (name, input) => {
      const output = await run(name, input);
      if (output.ok) throw new Error(`${name} did not refuse: ${output.text}`);
      return output.text;
    },
  };
}

export async function loadTool(name: string): Promise<Tool> {
  const entry = findTool(name);
  if (entry === undefined) throw new Error(`There is no tool ${name}`);
  return entry.load();
}

export async function readText(workspace: Workspace, path: string): Promise<string> {
  return new TextDecoder().decode(await workspace.read(path));
}

/** Texts that broke other programs. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "a lone surrogate": "a\ud800b\udc00",
  NUL: "a\0b",
  "right to left": "שלום \u202eabc\u202c مرحبا",
  markup: "<script>alert(1)</script><img src=x onerror=alert(1)> ![x](javascript:1)",
  "an emoji family": "👩‍👩‍👧‍👦 🇩🇪 e\u0301",
  "line ends of all kinds": "a\r\nb\rc\u2028d\u2029e\n",
  prototype: "__proto__,constructor\n1,2",
  empty: "",
  spaces: " \t \n ",
};
