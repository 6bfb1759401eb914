import type { JsonValue } from "#domain/json.ts";
import type { FinishReason, ModelMessage, ToolSpec, Usage } from "#domain/model.ts";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import type { RunError } from "#domain/outcome.ts";

/**
 * What a provider yields, before the loop turns it into run events. Ids are the provider's own and only tie the parts
 * of one stream together. `tool-call` carries the whole input as JSON text, exactly as it came.
 */
export type StreamPart =
  | { readonly type: "text-start"; readonly id: string }
  | { readonly type: "text-delta"; readonly id: string; readonly text: string }
  | { readonly type: "text-end"; readonly id: string; readonly opaque?: ProviderOpaque }
  | { readonly type: "reasoning-start"; readonly id: string }
  | { readonly type: "reasoning-delta"; readonly id: string; readonly text: string }
  | { readonly type: "reasoning-end"; readonly id: string; readonly opaque?: ProviderOpaque }
  | { readonly type: "tool-input-start"; readonly id: string; readonly tool: string }
  | {
      readonly type: "tool-call";
      readonly id: string;
      readonly tool: string;
      readonly input: string;
      readonly opaque?: ProviderOpaque;
    }
  /** `continuation`: how the answer was asked for, where that is not the provider's usual way. */
  | {
      readonly type: "response-started";
      readonly requestId: string | null;
      readonly continuation?: ContinuationStyle;
    }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly usage: Usage };

export interface ModelRequest {
  readonly model: string;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSpec[];
  /**
   * Set when the last message is an assistant message that a run left unfinished and that the provider is to go on
   * with (`prefill`). The stream then holds only what comes after it, or, at a server that cannot, the whole again.
   */
  readonly isPrefill: boolean;
}

/** How a provider takes up an answer that was cut: as a trailing assistant message, or only by being told in words. */
export type ContinuationStyle = "prefill" | "instruct";

/**
 * Adapter to one wire format; knows no sessions. `stream` throws ProviderFailure and nothing else, apart from the
 * signal's own AbortError. A stream that ends without `finish` was cut: the provider throws for it.
 */
export interface Provider {
  readonly continuation: ContinuationStyle;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamPart>;
}

/** Whether and when the same request may be sent again. `afterMs` null: by the caller's own backoff. */
export type RetryAdvice = { readonly kind: "never" } | { readonly kind: "after"; readonly afterMs: number | null };

/**
 * Everything that can go wrong at a provider, said once in words.
 * `cut`: the stream broke or went silent after it had begun; what had arrived stands.
 */
export type ProviderProblem =
  | { readonly kind: "error"; readonly error: RunError; readonly retry: RetryAdvice }
  | { readonly kind: "context-full"; readonly detail: string | null }
  | { readonly kind: "cut"; readonly cause: "connection-dropped" | "stalled" }
  /** The request never reached a server. The loop asks whether the device is offline before it believes it. */
  | { readonly kind: "unreachable"; readonly error: RunError; readonly isLocal: boolean };

export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  readonly problem: ProviderProblem;
  constructor(problem: ProviderProblem, options?: ErrorOptions) {
    super(problem.kind === "error" || problem.kind === "unreachable" ? problem.error.message : problem.kind, options);
    this.problem = problem;
  }
}

/** One model in a provider's list. */
export interface ListedModel {
  readonly id: string;
  readonly label: string;
  readonly contextTokens: number | null;
}

/** Unknown JSON from a server, before it was looked at. */
export type WireValue = JsonValue | undefined;
