import type { CallId, ConnectionId } from "./ids.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Attachment } from "./message.ts";
import type { ProviderOpaque } from "./provider-opaque.ts";

/** Who answers: the agent that is built in, or a model behind a connection that the user made. */
export type ModelRef =
  | { readonly provider: "built-in"; readonly model: "built-in" }
  | { readonly provider: "connection"; readonly connectionId: ConnectionId; readonly model: string };

export const BUILT_IN_MODEL: ModelRef = { provider: "built-in", model: "built-in" };

/** Which server a connection was made for: decides defaults and the words of its errors, nothing else. */
export type ConnectionPreset = "openai" | "openrouter" | "ollama" | "lm-studio" | "llama-cpp" | "custom";

/** A connection as the page may know it: the key itself stays in the worker's storage. */
export interface Connection {
  readonly id: ConnectionId;
  readonly preset: ConnectionPreset;
  readonly label: string;
  /** Without a trailing slash, e.g. `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  /** The model that new sessions take. */
  readonly model: string;
  /** Last four characters of the stored key; null where there is none. */
  readonly keyHint: string | null;
  readonly updatedAt: number;
}

/** A tool as a model is told of it. `inputSchema` is JSON Schema. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

/** One message of a model request, after projection from the transcript. */
export type ModelMessage =
  | { readonly role: "user"; readonly text: string; readonly attachments: readonly Attachment[] }
  | { readonly role: "assistant"; readonly content: readonly ModelContent[] }
  | { readonly role: "tool"; readonly results: readonly ModelToolResult[] };

export type ModelContent =
  | { readonly kind: "text"; readonly text: string; readonly opaque?: ProviderOpaque }
  | { readonly kind: "reasoning"; readonly text: string; readonly opaque?: ProviderOpaque }
  | {
      readonly kind: "tool-call";
      readonly callId: CallId;
      readonly tool: string;
      readonly input: JsonValue;
      readonly opaque?: ProviderOpaque;
    };

export interface ModelToolResult {
  readonly callId: CallId;
  readonly tool: string;
  readonly ok: boolean;
  /** What the model reads. */
  readonly text: string;
  /** The same as a value, for the built-in agent. Null where there is none. */
  readonly value: JsonValue;
}

/** Tokens of one step. Totals are derived from these, never stored. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly reasoningTokens: number | null;
}

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "error" | "other";

/** True when both name the same model behind the same provider. */
export function isSameModel(a: ModelRef, b: ModelRef): boolean {
  if (a.provider === "built-in" || b.provider === "built-in") return a.provider === b.provider;
  return a.connectionId === b.connectionId && a.model === b.model;
}
