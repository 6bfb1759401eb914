import type { CallId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { Attachment } from "#domain/message.ts";
import type { ModelContent, ModelMessage, ModelToolResult } from "#domain/model.ts";
import { builtInProvider } from "#providers/built-in/provider.ts";
import type { ModelRequest, StreamPart } from "#providers/provider.ts";

export interface ToolReply {
  readonly ok: boolean;
  readonly text: string;
  readonly value: JsonValue;
}

export type ToolRunner = (tool: string, input: JsonObject) => ToolReply | Promise<ToolReply>;

/** A call as [tool, input]. */
export type SeenCall = readonly [tool: string, input: JsonObject];

/** What people write → every call of the plan, in order, with the driver's stand-ins as results. */
export type Utterance = readonly [said: string, calls: readonly SeenCall[]];

export interface Answered {
  /** Calls by request: those within one ran side by side. */
  readonly rounds: readonly (readonly SeenCall[])[];
  readonly calls: readonly SeenCall[];
  readonly text: string;
  /** The transcript with this turn at its end. */
  readonly messages: readonly ModelMessage[];
}

export interface Asking {
  readonly before?: readonly ModelMessage[];
  readonly attachments?: readonly Attachment[];
  readonly instructions?: string;
  readonly run?: ToolRunner;
}

/** Plays the agent's loop around the built-in agent: asks, runs what it calls for, asks again, until it answers. */
export async function ask(text: string, options: Asking = {}): Promise<Answered> {
  const run = options.run ?? standIn;
  const messages: ModelMessage[] = [
    ...(options.before ?? []),
    { role: "user", text, attachments: options.attachments ?? [] },
  ];
  const rounds: SeenCall[][] = [];
  for (let request = 0; request < 50; request++) {
    const parts = await partsOf({ messages, instructions: options.instructions ?? "" });
    const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    if (calls.length === 0) {
      const answer = textOf(parts);
      messages.push({ role: "assistant", content: [{ kind: "text", text: answer }] });
      return { rounds, calls: rounds.flat(), text: answer, messages };
    }
    const content: ModelContent[] = [];
    const results: ModelToolResult[] = [];
    for (const [index, call] of calls.entries()) {
      const callId = readId<CallId>(`call-${messages.length}-${index}`);
      const input = JSON.parse(call.input) as JsonObject;
      content.push({ kind: "tool-call", callId, tool: call.tool, input });
      results.push({ callId, tool: call.tool, ...(await run(call.tool, input)) });
    }
    rounds.push(calls.map((call): SeenCall => [call.tool, JSON.parse(call.input) as JsonObject]));
    messages.push({ role: "assistant", content }, { role: "tool", results });
  }
  throw new Error("The agent asked 50 times and did not answer.");
}

export async function partsOf(
  request: Partial<ModelRequest>,
  signal = new AbortController().signal,
): Promise<readonly StreamPart[]> {
  const parts: StreamPart[] = [];
  const whole = { model: "built-in", instructions: "", messages: [], tools: [], isPrefill: false, ...request };
  for await (const part of builtInProvider.stream(whole, signal)) parts.push(part);
  return parts;
}

export function textOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
}

/** A file beside the message. */
export function attachment(name: string): Attachment {
  return { blobId: readId(`blob-${name.length}`), name, mediaType: "text/plain", size: 1, path: name };
}

/** What each tool gives, in shape if not in sense, so that a plan can be walked to its end without the tools. */
const STAND_INS: Readonly<Record<string, JsonValue>> = {
  calculate: { result: "42 km", number: 42, unit: "km" },
  date_time: { result: "Friday 2 May 2025", iso: "2025-05-02" },
  count_text: { characters: 9, words: 2, lines: 1, sentences: 1, paragraphs: 1, bytes: 9 },
  transform_text: { text: "made\ntext" },
  encode_text: { text: "made" },
  convert_format: { text: "made" },
  hash_text: { hash: "abc" },
  diff_text: { added: 1, removed: 0, patch: "+made" },
  test_regex: { matches: [{ match: "m", index: 0, groups: [] }], count: 1, explanation: ["any character"] },
  csv_statistics: {
    rows: 2,
    columns: [{ name: "price", type: "number", count: 2, empty: 0, min: 1, max: 3, mean: 2 }],
  },
  summarise: { sentences: [{ text: "First.", index: 0 }] },
  keywords: { keywords: [{ word: "soap", count: 2, score: 1 }] },
  list_files: { files: [{ path: "found.md", size: 3, modifiedAt: 0 }] },
  read_file: { text: "- milk\n- soap\nlast\n", lines: 3 },
  find_in_files: { matches: [{ path: "found.md", line: 1, text: "soap" }] },
  search_sessions: { matches: [{ sessionId: "s1", title: "Trip", turnSeq: 2, snippet: "…soap…" }] },
  parse_url: { protocol: "https", host: "example.com", path: "/", query: [{ name: "q", value: "tent" }] },
};

export const standIn: ToolRunner = (tool, input) => ({
  ok: true,
  text: "Done.",
  value: STAND_INS[tool] ?? { ...input, lines: 3, isNew: true, replacements: 1 },
});
