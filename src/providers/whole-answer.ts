import type { JsonValue } from "#domain/json.ts";
import type { WireValue } from "./provider.ts";
import { isRecord, listAt, textAt, valueAt } from "./wire-value.ts";

/**
 * An answer that came whole, because the server or a proxy does not stream, as the one event of a stream. Null where
 * the body is no chat completion.
 */
export function asOneEvent(body: WireValue): string | null {
  const choice = listAt(body, "choices")[0];
  const message = valueAt(choice, "message");
  if (!isRecord(body) || !isRecord(message)) return null;
  const calls = listAt(message, "tool_calls").map((call, index) => (isRecord(call) ? { index, ...call } : call));
  const delta: JsonValue = { ...message, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  // The whole body has come, so the answer ended, even if the server gives no reason for it.
  const choices = [{ index: 0, delta, finish_reason: textAt(choice, "finish_reason") ?? "stop" }];
  return `data: ${JSON.stringify({ ...body, choices })}\n\n`;
}
