import type {
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultPart,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type { CallId } from "#domain/ids.ts";
import type { JsonObject } from "#domain/json.ts";
import type { Attachment } from "#domain/message.ts";
import type { ModelContent, ModelMessage, ModelToolResult, ToolSpec } from "#domain/model.ts";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import type { ModelRequest } from "./provider.ts";
import { isRecord, textAt } from "./wire-value.ts";

type AssistantMessage = Extract<ModelMessage, { role: "assistant" }>;
type ToolCallContent = Extract<ModelContent, { kind: "tool-call" }>;

/** What is wanted back by the model that made it; kept in `ProviderOpaque.content`. */
export const OPAQUE_FIELDS = {
  /** On a tool call: the id that the model itself gave to it. */
  callId: "callId",
  /** On a tool call: Gemini refuses the next step without it. */
  thoughtSignature: "thoughtSignature",
  /** On the first tool call of a step: OpenRouter's signed and encrypted reasoning. */
  reasoningDetails: "reasoningDetails",
  /** On reasoning: the field of the wire that it came in. */
  field: "field",
} as const;

/**
 * The transcript in the form of the wire library.
 *
 * Every call is followed at once by its result, whatever the order in the request: a call without one, or a result
 * without its call, makes servers refuse the whole request. Messages without any content are left out for the same
 * reason. `maker` names this server and model: opaque content of another maker stays at home.
 */
export function toPrompt({ instructions, messages }: ModelRequest, maker: string): LanguageModelV4Prompt {
  const results = new Map<CallId, ModelToolResult>();
  for (const message of messages) {
    if (message.role === "tool") for (const result of message.results) results.set(result.callId, result);
  }
  const context: Projection = { maker, results, wireIds: wireIdsOf(messages, maker) };
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  const prompt: LanguageModelV4Prompt = [];
  if (instructions.trim() !== "") prompt.push({ role: "system", content: instructions.toWellFormed() });
  for (const [index, message] of messages.entries()) {
    if (message.role === "user") prompt.push(userMessage(message.text, message.attachments));
    else if (message.role === "assistant") prompt.push(...assistantMessages(message, context, index > lastUser));
  }
  return prompt;
}

export function toTools(tools: readonly ToolSpec[]): LanguageModelV4FunctionTool[] {
  return tools.map(({ name, description, inputSchema }) => ({ type: "function", name, description, inputSchema }));
}

interface Projection {
  readonly maker: string;
  readonly results: ReadonlyMap<CallId, ModelToolResult>;
  readonly wireIds: ReadonlyMap<CallId, string>;
}

/** Files are not sent along: the model is told their names and paths and reads them by its tools. */
function userMessage(text: string, attachments: readonly Attachment[]): LanguageModelV4Message {
  const files = attachments.map(
    ({ name, path, mediaType, size }) => `- ${name}: ${path} (${mediaType}, ${size} bytes)`,
  );
  const listed = files.length === 0 ? text : `${text}\n\nAttached files, in the workspace:\n${files.join("\n")}`;
  return { role: "user", content: [{ type: "text", text: listed.trimStart().toWellFormed() }] };
}

function assistantMessages(
  { content }: AssistantMessage,
  { maker, results, wireIds }: Projection,
  isOfThisTurn: boolean,
): LanguageModelV4Message[] {
  const text = textOf(content, "text");
  const calls = content.filter((part) => part.kind === "tool-call");
  if (text === "" && calls.length === 0) return [];
  // Reasoning goes back only into the step that it led to: others refuse it (DeepSeek) or the field itself (Groq, Mistral).
  const isWanted = calls.length > 0 && isOfThisTurn;
  const reasoning = isWanted
    ? textOf(
        content.filter((part) => wantsReasoningBack(part, maker)),
        "reasoning",
      )
    : "";
  const details = calls
    .map((call) => opaqueOf(call.opaque, maker)?.[OPAQUE_FIELDS.reasoningDetails])
    .find(Array.isArray);
  const message: LanguageModelV4Message = {
    role: "assistant",
    content: [
      ...(reasoning === "" ? [] : [{ type: "reasoning" as const, text: reasoning }]),
      ...(text === "" ? [] : [{ type: "text" as const, text }]),
      ...calls.map((call) => toolCall(call, wireIds, maker)),
    ],
    ...(details === undefined ? {} : { providerOptions: { openaiCompatible: { reasoning_details: details } } }),
  };
  if (calls.length === 0) return [message];
  const answers = calls.map((call) => toolResult(call, results.get(call.callId), wireIds));
  return [message, { role: "tool", content: answers }];
}

function textOf(content: readonly ModelContent[], kind: "text" | "reasoning"): string {
  const texts = content.flatMap((part) => (part.kind === kind && part.text !== "" ? [part.text] : []));
  return texts.join("\n\n").toWellFormed();
}

function wantsReasoningBack(part: ModelContent, maker: string): boolean {
  if (part.kind !== "reasoning") return false;
  return opaqueOf(part.opaque, maker)?.[OPAQUE_FIELDS.field] === "reasoning_content";
}

function toolCall(
  call: ToolCallContent,
  wireIds: ReadonlyMap<CallId, string>,
  maker: string,
): LanguageModelV4ToolCallPart {
  const thoughtSignature = textAt(opaqueOf(call.opaque, maker), OPAQUE_FIELDS.thoughtSignature);
  const options: SharedV4ProviderOptions | null = thoughtSignature === null ? null : { google: { thoughtSignature } };
  return {
    type: "tool-call",
    toolCallId: wireIds.get(call.callId) ?? call.callId,
    toolName: call.tool,
    // A call whose input never arrived or could not be read: servers want an object there.
    input: isRecord(call.input) ? call.input : {},
    ...(options === null ? {} : { providerOptions: options }),
  };
}

function toolResult(
  call: ToolCallContent,
  result: ModelToolResult | undefined,
  wireIds: ReadonlyMap<CallId, string>,
): LanguageModelV4ToolResultPart {
  const text = result === undefined ? "This call was interrupted and has no result." : result.text.toWellFormed();
  return {
    type: "tool-result",
    toolCallId: wireIds.get(call.callId) ?? call.callId,
    toolName: call.tool,
    output: { type: result?.ok === true ? "text" : "error-text", value: text === "" ? "(nothing)" : text },
  };
}

function opaqueOf(opaque: ProviderOpaque | undefined, maker: string): JsonObject | undefined {
  return opaque?.maker === maker ? opaque.content : undefined;
}

/**
 * The id of each call on the wire: the model's own where it made the call, because signatures are bound to it, else a
 * running number of nine letters and digits, which is the only form that Mistral takes.
 */
function wireIdsOf(messages: readonly ModelMessage[], maker: string): Map<CallId, string> {
  const wireIds = new Map<CallId, string>();
  const used = new Set<string>();
  for (const message of messages) {
    if (message.role !== "assistant") continue;
    for (const part of message.content) {
      if (part.kind !== "tool-call") continue;
      const own = textAt(opaqueOf(part.opaque, maker), OPAQUE_FIELDS.callId);
      // Some servers count anew in every answer.
      const wireId = own !== null && !used.has(own) ? own : `call${String(wireIds.size + 1).padStart(5, "0")}`;
      used.add(wireId);
      wireIds.set(part.callId, wireId);
    }
  }
  return wireIds;
}
