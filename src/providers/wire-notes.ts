import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { FinishReason, Usage } from "#domain/model.ts";
import type { WireValue } from "./provider.ts";
import { isRecord, listAt, numberAt, textAt, valueAt } from "./wire-value.ts";

/** Kinds of deltas that come in pieces of one entry, and the field that the pieces add up in. */
const GROWING_DETAILS: Readonly<Record<string, string>> = {
  "reasoning.text": "text",
  "reasoning.summary": "summary",
};

/** What the events of one stream say beyond the parts that the wire library makes of them. */
export class WireNotes {
  /** Events that could be read. */
  count = 0;
  /** As the wire has it. */
  finishReason: string | null = null;
  #reasoningField: string | null = null;
  readonly #details: JsonObject[] = [];

  /** Takes note of one event. */
  read(event: WireValue): void {
    this.count += 1;
    const choice = listAt(event, "choices")[0];
    this.finishReason = textAt(choice, "finish_reason") ?? this.finishReason;
    const delta = valueAt(choice, "delta");
    if (textAt(delta, "reasoning_content") !== null) this.#reasoningField = "reasoning_content";
    else if (textAt(delta, "reasoning") !== null) this.#reasoningField = "reasoning";
    for (const detail of listAt(delta, "reasoning_details")) this.#addDetail(detail);
  }

  /** The field that reasoning came in; null where there was none. */
  get reasoningField(): string | null {
    return this.#reasoningField;
  }

  /** OpenRouter's reasoning with its signatures, in whole entries; empty at other servers. */
  get reasoningDetails(): readonly JsonObject[] {
    return this.#details;
  }

  #addDetail(detail: JsonValue): void {
    if (!isRecord(detail)) return;
    const last = this.#details.at(-1);
    const field = GROWING_DETAILS[textAt(detail, "type") ?? ""];
    const isSame = last !== undefined && last["type"] === detail["type"] && last["index"] === detail["index"];
    if (field === undefined || !isSame) {
      this.#details.push(detail);
      return;
    }
    const known = Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== null));
    const text = (textAt(last, field) ?? "") + (textAt(detail, field) ?? "");
    this.#details[this.#details.length - 1] = { ...last, ...known, [field]: text };
  }
}

/** The reasons of many servers in the words of the domain. `hasCalls`: some say "stop" although they ask for tools. */
export function finishReasonOf(wire: string, hasCalls: boolean, isRefusal: boolean): FinishReason {
  if (isRefusal) return "content-filter";
  switch (wire.toLowerCase()) {
    case "stop":
    case "eos":
    case "end_turn":
    case "stop_sequence":
    case "complete":
    case "tool_calls":
    case "tool_use":
    case "function_call":
      return hasCalls ? "tool-calls" : "stop";
    case "length":
    case "max_tokens":
    case "model_length":
      return "length";
    case "content_filter":
    case "safety":
    case "refusal":
      return "content-filter";
    case "error":
      return "error";
    default:
      return "other";
  }
}

/** The counts as the server gave them; null for what it did not say. */
export function usageOf(wire: WireValue): Usage {
  const inputTokens = numberAt(wire, "prompt_tokens");
  const said = numberAt(wire, "completion_tokens");
  const reasoningTokens = numberAt(wire, "completion_tokens_details", "reasoning_tokens");
  // xAI counts reasoning beside the completion and not inside it; the total gives it away.
  const isBeside =
    inputTokens !== null &&
    said !== null &&
    reasoningTokens !== null &&
    reasoningTokens > 0 &&
    numberAt(wire, "total_tokens") === inputTokens + said + reasoningTokens;
  return {
    inputTokens,
    outputTokens: isBeside ? said + reasoningTokens : said,
    cachedInputTokens:
      numberAt(wire, "prompt_tokens_details", "cached_tokens") ?? numberAt(wire, "prompt_cache_hit_tokens"),
    reasoningTokens,
  };
}
