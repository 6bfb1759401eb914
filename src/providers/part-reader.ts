import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall, SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import { OPAQUE_FIELDS } from "./chat-prompt.ts";
import type { StreamPart, WireValue } from "./provider.ts";
import type { RequestLine } from "./request-line.ts";
import { finishReasonOf, usageOf } from "./wire-notes.ts";
import { asWireValue, isRecord, textAt, valueAt } from "./wire-value.ts";

type ClosablePart = { readonly kind: "text" | "reasoning"; readonly id: string };

/**
 * Turns the wire library's parts into ours. Opens and closes text and reasoning by itself, with ids that are not used
 * twice. The last open part is closed and tool calls are passed on only at a finish that the server sent: the library
 * closes everything at any end of the stream, and a call whose input was cut must not run.
 */
export class PartReader {
  isFinished = false;
  readonly #line: RequestLine;
  readonly #maker: string;
  #open: ClosablePart | null = null;
  #openedCount = 0;
  #hasStarted = false;
  readonly #calls: LanguageModelV4ToolCall[] = [];

  constructor(line: RequestLine, maker: string) {
    this.#line = line;
    this.#maker = maker;
  }

  /** Throws ProviderFailure where the part is a failure. */
  *read(part: LanguageModelV4StreamPart): Generator<StreamPart> {
    switch (part.type) {
      case "response-metadata":
        yield* this.#start(part.id ?? null);
        break;
      case "text-delta":
        yield* this.#add("text", part.delta);
        break;
      case "reasoning-delta":
        yield* this.#add("reasoning", part.delta);
        break;
      case "tool-input-start":
        yield* this.#start(null);
        yield* this.#close();
        yield { type: "tool-input-start", id: part.id, tool: part.toolName };
        break;
      case "tool-call":
        this.#calls.push(part);
        break;
      case "error":
        this.#fail(part.error);
        break;
      case "finish":
        yield* this.#finish(part.finishReason.unified === "content-filter", asWireValue(part.usage.raw));
        break;
      // Opened and closed here by what arrives; fragments of a call's input count as life and nothing more.
      case "text-start":
      case "text-end":
      case "reasoning-start":
      case "reasoning-end":
      case "tool-input-delta":
      case "tool-input-end":
      case "stream-start":
      case "ping":
      case "raw":
      // Never sent by this library.
      case "custom":
      case "file":
      case "reasoning-file":
      case "source":
      case "tool-approval-request":
      case "tool-result":
        break;
    }
  }

  *#start(id: string | null): Generator<StreamPart> {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const { requestId, isTold } = this.#line;
    yield { type: "response-started", requestId: requestId ?? id, ...(isTold ? { continuation: "instruct" } : {}) };
  }

  *#add(kind: ClosablePart["kind"], text: string): Generator<StreamPart> {
    yield* this.#start(null);
    if (this.#open?.kind !== kind) {
      yield* this.#close();
      this.#openedCount += 1;
      this.#open = { kind, id: `${kind}-${this.#openedCount}` };
      yield { type: `${kind}-start`, id: this.#open.id };
    }
    yield { type: `${kind}-delta`, id: this.#open.id, text };
  }

  *#close(): Generator<StreamPart> {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    if (open.kind === "text") yield { type: "text-end", id: open.id };
    else yield { type: "reasoning-end", id: open.id, ...this.#reasoningOpaque() };
  }

  *#finish(isRefusal: boolean, usage: WireValue): Generator<StreamPart> {
    const wireReason = this.#line.notes.finishReason;
    // The library finishes at any end of the stream; without the reason it was cut, and the caller says by what.
    if (wireReason === null) return;
    const reason = finishReasonOf(wireReason, this.#calls.length > 0, isRefusal);
    // Without an error of its own beside it: the server gave the answer up.
    if (reason === "error") throw this.#line.reported({ type: "server_error" });
    yield* this.#start(null);
    yield* this.#close();
    for (const [index, call] of this.#calls.entries()) {
      const { toolCallId, toolName, input } = call;
      // A tool without input: some servers send nothing at all.
      const text = input.trim() === "" ? "{}" : input;
      yield { type: "tool-call", id: toolCallId, tool: toolName, input: text, opaque: this.#callOpaque(call, index) };
    }
    this.isFinished = true;
    yield { type: "finish", reason, usage: usageOf(usage) };
  }

  #reasoningOpaque(): { opaque?: ProviderOpaque } {
    const field = this.#line.notes.reasoningField;
    return field === null ? {} : { opaque: { maker: this.#maker, content: { [OPAQUE_FIELDS.field]: field } } };
  }

  #callOpaque({ toolCallId, providerMetadata }: LanguageModelV4ToolCall, index: number): ProviderOpaque {
    const signature = signatureIn(providerMetadata);
    const details = index === 0 ? this.#line.notes.reasoningDetails : [];
    const content = {
      [OPAQUE_FIELDS.callId]: toolCallId,
      ...(signature === null ? {} : { [OPAQUE_FIELDS.thoughtSignature]: signature }),
      ...(details.length === 0 ? {} : { [OPAQUE_FIELDS.reasoningDetails]: details }),
    };
    return { maker: this.#maker, content };
  }

  #fail(error: unknown): void {
    if (!(error instanceof Error)) throw this.#line.reported(asWireValue(error));
    // "Ended without a finish reason": said at the finish, where it is known what ended it.
    if (error.name === "AI_InvalidResponseDataError") return;
    const event = "value" in error ? asWireValue(error.value) : undefined;
    const reported = valueAt(event, "error");
    if (reported !== undefined && reported !== null) throw this.#line.reported(reported);
    // An event of another kind (a ping, a notice) has no place for text that could be lost.
    if (isRecord(event) && event["choices"] === undefined) return;
    if ("text" in error && typeof error.text === "string" && error.text.trim() === "[DONE]") return;
    throw this.#line.malformed("text" in error && typeof error.text === "string" ? error.text : null);
  }
}

function signatureIn(metadata: SharedV4ProviderMetadata | undefined): string | null {
  for (const fields of Object.values(metadata ?? {})) {
    const signature = textAt(asWireValue(fields), OPAQUE_FIELDS.thoughtSignature);
    if (signature !== null) return signature;
  }
  return null;
}
