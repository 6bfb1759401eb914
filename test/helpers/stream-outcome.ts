import type { ModelMessage, ToolSpec } from "#domain/model.ts";
import {
  ProviderFailure,
  type ModelRequest,
  type Provider,
  type ProviderProblem,
  type StreamPart,
} from "#providers/provider.ts";

/** What came of one stream: every part that arrived, and how it ended if not by itself. */
export interface StreamOutcome {
  readonly parts: readonly StreamPart[];
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly Extract<StreamPart, { type: "tool-call" }>[];
  readonly finish: Extract<StreamPart, { type: "finish" }> | null;
  /** Null where it ended by itself or by anything but a ProviderFailure. */
  readonly problem: ProviderProblem | null;
  readonly error: unknown;
}

/** A request with one user message, changed by `changes`. */
export function aRequest(changes: Partial<ModelRequest> = {}): ModelRequest {
  const messages: ModelMessage[] = [{ role: "user", text: "Two words, please.", attachments: [] }];
  return { model: "test-model", instructions: "", messages, tools: [], isPrefill: false, ...changes };
}

export const WEATHER_TOOL: ToolSpec = {
  name: "weather",
  description: "Tells the weather.",
  inputSchema: { type: "object", properties: { location: { type: "string" } }, required: ["location"] },
};

/** Reads a stream to its end, whatever that is. `onPart` sees each part as it comes. */
export async function readStream(
  provider: Provider,
  request: ModelRequest = aRequest(),
  signal: AbortSignal = new AbortController().signal,
  onPart: (part: StreamPart) => void = () => undefined,
): Promise<StreamOutcome> {
  const parts: StreamPart[] = [];
  let error: unknown = null;
  try {
    for await (const part of provider.stream(request, signal)) {
      parts.push(part);
      onPart(part);
    }
  } catch (thrown) {
    error = thrown;
  }
  return {
    parts,
    text: joined(parts, "text-delta"),
    reasoning: joined(parts, "reasoning-delta"),
    calls: parts.filter((part) => part.type === "tool-call"),
    finish: parts.find((part) => part.type === "finish") ?? null,
    problem: error instanceof ProviderFailure ? error.problem : null,
    error,
  };
}

function joined(parts: readonly StreamPart[], type: "text-delta" | "reasoning-delta"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("");
}
