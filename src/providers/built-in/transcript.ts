import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { Attachment } from "#domain/message.ts";
import type { ModelMessage } from "#domain/model.ts";
import type { Memory } from "./memory.ts";
import { NO_MEMORY, remember, rememberFile } from "./memory.ts";
import type { Done } from "./step.ts";

/** A request's messages, sorted into what the agent needs to find its place. */
export interface Transcript {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** What earlier turns left to refer to. */
  readonly memory: Memory;
  /** Everything that was said before this message, for "this session". */
  readonly sessionText: string;
  /** The calls since this message that have run, in order. */
  readonly performed: readonly Done[];
  /** What the last assistant message says so far: where a prefill goes on. */
  readonly partial: string;
}

/** How a call that a stop kept from running is told of; it may still run when the person continues. */
const NEVER_RAN = "This call did not run.";
/** Put by the agent after an answer that was cut, for models; nothing that anybody said. */
const INCOMPLETE = "[This answer ended here, incomplete.]";

export function readTranscript(messages: readonly ModelMessage[]): Transcript {
  const last = messages.findLastIndex(({ role }) => role === "user");
  const message = messages[last];
  const before = messages.slice(0, Math.max(last, 0));
  const after = messages.slice(last + 1);
  return {
    text: message?.role === "user" ? message.text : "",
    attachments: message?.role === "user" ? message.attachments : [],
    memory: memoryOf(before),
    sessionText: sessionTextOf(before),
    performed: callsIn(after).filter(({ ok, text }) => ok || text !== NEVER_RAN),
    partial: lastText(messages.at(-1)),
  };
}

function memoryOf(messages: readonly ModelMessage[]): Memory {
  let memory = NO_MEMORY;
  for (const [index, message] of messages.entries()) {
    if (message.role === "user") {
      memory = message.attachments.reduce((known, { path }) => rememberFile(known, path), memory);
    } else if (message.role === "tool") {
      const asked = messages[index - 1];
      memory = callsIn(asked === undefined ? [message] : [asked, message]).reduce(remember, memory);
    } else {
      const text = lastText(message);
      if (text !== "") memory = { ...memory, answer: text };
    }
  }
  return memory;
}

/** Calls with their results. A call without one is as if it had never been asked for. */
function callsIn(messages: readonly ModelMessage[]): readonly Done[] {
  const results = new Map(
    messages
      .flatMap((message) => (message.role === "tool" ? message.results : []))
      .map((result) => [result.callId, result]),
  );
  return messages.flatMap((message) => {
    if (message.role !== "assistant") return [];
    return message.content.flatMap((part): readonly Done[] => {
      const result = part.kind === "tool-call" ? results.get(part.callId) : undefined;
      if (part.kind !== "tool-call" || result === undefined) return [];
      return [{ tool: part.tool, input: inputOf(part.input), ok: result.ok, text: result.text, value: result.value }];
    });
  });
}

function inputOf(input: JsonValue): JsonObject {
  return input !== null && typeof input === "object" && !Array.isArray(input) ? (input as JsonObject) : {};
}

function lastText(message: ModelMessage | undefined): string {
  if (message?.role !== "assistant") return "";
  const part = message.content.findLast(
    ({ kind, ...rest }) => kind === "text" && !("text" in rest && rest.text === INCOMPLETE),
  );
  return part?.kind === "text" ? part.text : "";
}

function sessionTextOf(messages: readonly ModelMessage[]): string {
  return messages
    .flatMap((message) => {
      if (message.role === "user") return [message.text];
      if (message.role === "tool") return [];
      return message.content.flatMap((part) => (part.kind === "text" && part.text !== INCOMPLETE ? [part.text] : []));
    })
    .filter((text) => text.trim() !== "")
    .join("\n\n");
}
