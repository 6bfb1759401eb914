import { readFileSync } from "node:fs";
import type { JsonValue } from "#domain/json.ts";
import type { Exchange, Reply } from "./model-server.ts";
import { numberedWords, offsetAfter } from "./numbered-words.ts";

/** What goes wrong on the wire, at which byte of the answer's body. */
export interface WireFaults {
  /** The socket is destroyed after this many bytes. */
  readonly cutAfterBytes?: number;
  /** Silence after this many bytes, until the client goes. */
  readonly stallAfterBytes?: number;
  /** Bytes of one write; unset: each event is one write. */
  readonly bytesPerWrite?: number;
  /** Before the headers; unset: at once. */
  readonly headersAfterMs?: number;
  /** Between the headers and the first byte of the body. */
  readonly firstByteAfterMs?: number;
}

export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  /** Sent as it is, so that it may be broken JSON. */
  readonly arguments: string;
}

export interface AnswerScript extends WireFaults {
  readonly text?: string;
  readonly reasoning?: string;
  /** Which field carries the reasoning; servers differ. */
  readonly reasoningField?: "reasoning_content" | "reasoning";
  readonly toolCalls?: readonly ScriptedCall[];
  /** True: the fragments of parallel calls come in turns and not one call after the other. */
  readonly isInterleaved?: boolean;
  /** Characters of one delta, 8 by default: also of the fragments of a tool call's arguments. */
  readonly deltaLength?: number;
  /** Unset: as fast as it can be read. */
  readonly charactersPerSecond?: number;
  /** As the wire has it; null: none is sent. By default one that suits. */
  readonly finishReason?: string | null;
  /** As the wire has it; null: none is sent. */
  readonly usage?: { readonly [name: string]: JsonValue } | null;
  readonly hasDone?: boolean;
  /** Raw text of the stream put in after so many deltas, e.g. MALFORMED_EVENT. */
  readonly inserted?: readonly { readonly afterDeltas: number; readonly raw: string }[];
}

/** An event whose JSON is broken. */
export const MALFORMED_EVENT = 'data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"br\n\n';

/** A failure that a server reports in the middle of its stream. */
export function errorEvent(error: JsonValue): string {
  return `data: ${JSON.stringify({ error })}\n\n`;
}

/** A chat completion, streamed where the request asks for that. */
export function answer(script: AnswerScript): Reply {
  return async (exchange) => {
    const wire = new FaultyWire(exchange, script);
    if (!isStreaming(exchange.request.body)) {
      await wire.start(200, "application/json");
      await wire.write(JSON.stringify(wholeCompletion(script)));
      return wire.end();
    }
    await wire.start(200, "text/event-stream");
    const msPerCharacter = script.charactersPerSecond === undefined ? 0 : 1000 / script.charactersPerSecond;
    const startedAt = Date.now();
    let characters = 0;
    for (const event of events(script)) {
      characters += event.characters;
      const early = startedAt + characters * msPerCharacter - Date.now();
      if (early > 0) await exchange.wait(early);
      await wire.write(event.raw);
    }
    return wire.end();
  };
}

/** An answer that is no stream: an error with its status, a page, an empty body. */
export function status(
  code: number,
  reply: { readonly headers?: Readonly<Record<string, string>>; readonly body?: JsonValue } = {},
): Reply {
  return async (exchange) => {
    const isText = typeof reply.body === "string";
    exchange.start(code, { "content-type": isText ? "text/plain" : "application/json", ...reply.headers });
    if (reply.body !== undefined) {
      await exchange.write(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
    }
    exchange.end();
  };
}

/** What a wrong address gives: somebody else's web page, with status 200. */
export function webPage(): Reply {
  const body = "<!doctype html><html><head><title>Welcome</title></head><body><h1>It works</h1></body></html>";
  return status(200, { headers: { "content-type": "text/html; charset=utf-8" }, body });
}

/** The whole stream of a file in test/fixtures/provider-streams, as server-sent events. */
export function recordedEvents(file: string): Buffer {
  const text = readFileSync(new URL(`../fixtures/provider-streams/${file}`, import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return Buffer.from(`${lines.map((line) => `data: ${line}\n\n`).join("")}data: [DONE]\n\n`);
}

/** Replays a recorded stream in one write, or as the faults say. */
export function recording(file: string, faults: WireFaults = {}): Reply {
  return async (exchange) => {
    const wire = new FaultyWire(exchange, faults);
    await wire.start(200, "text/event-stream");
    await wire.write(recordedEvents(file));
    return wire.end();
  };
}

export interface LongAnswer extends WireFaults {
  readonly words: number;
  readonly seconds: number;
  /**
   * What it does with an answer of its own that stands cut in the request, as the last message or before a last
   * instruction: streams it all again, goes on after it, or goes on after repeating its last 40 characters.
   */
  readonly continuation: "restart" | "continue" | "overlap";
}

const OVERLAP_CHARACTERS = 40;

/** A long answer of numbered words, so that tallyWords tells what was lost or doubled on its way. */
export function longAnswer({ words, seconds, continuation, ...faults }: LongAnswer): Reply {
  const whole = numberedWords(words);
  return async (exchange) => {
    const offset = continuation === "restart" ? 0 : offsetAfter(whole, lastAssistantText(exchange.request.body));
    const from = continuation === "overlap" ? Math.max(0, offset - OVERLAP_CHARACTERS) : offset;
    const charactersPerSecond = whole.length / seconds;
    await answer({ ...faults, text: whole.slice(from), charactersPerSecond, deltaLength: 12 })(exchange);
  };
}

/** Writes to an exchange and breaks where it was told to. */
class FaultyWire {
  #left: number;
  readonly #exchange: Exchange;
  readonly #faults: WireFaults;

  constructor(exchange: Exchange, faults: WireFaults) {
    this.#exchange = exchange;
    this.#faults = faults;
    this.#left = faults.cutAfterBytes ?? faults.stallAfterBytes ?? Number.POSITIVE_INFINITY;
  }

  async start(code: number, contentType: string): Promise<void> {
    if (this.#faults.headersAfterMs !== undefined) await this.#exchange.wait(this.#faults.headersAfterMs);
    this.#exchange.start(code, { "content-type": contentType });
    if (this.#faults.firstByteAfterMs !== undefined) await this.#exchange.wait(this.#faults.firstByteAfterMs);
    await this.#breakIfDue();
  }

  async write(content: string | Buffer): Promise<void> {
    const bytes = Buffer.from(content);
    const size = this.#faults.bytesPerWrite ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      const piece = bytes.subarray(at, Math.min(at + size, bytes.length));
      const sent = piece.subarray(0, Math.min(piece.length, this.#left));
      this.#left -= sent.length;
      if (sent.length > 0) await this.#exchange.write(sent);
      await this.#breakIfDue();
      if (this.#isCut) return;
    }
  }

  end(): void {
    if (!this.#isCut) this.#exchange.end();
  }

  get #isCut(): boolean {
    return this.#left <= 0;
  }

  async #breakIfDue(): Promise<void> {
    if (this.#left > 0) return;
    if (this.#faults.cutAfterBytes !== undefined) await this.#exchange.cut();
    else await this.#exchange.stall();
  }
}

interface WireEvent {
  readonly raw: string;
  readonly characters: number;
}

function* events(script: AnswerScript): Generator<WireEvent> {
  const inserted = (script.inserted ?? []).toSorted((a, b) => a.afterDeltas - b.afterDeltas);
  let count = 0;
  for (const delta of [null, ...deltas(script)]) {
    if (delta === null) yield { raw: chunk({ role: "assistant", content: "" }), characters: 0 };
    else yield { raw: chunk(delta.fields), characters: delta.characters };
    if (delta !== null) count += 1;
    while (inserted[0] !== undefined && inserted[0].afterDeltas <= count) {
      yield { raw: inserted.shift()?.raw ?? "", characters: 0 };
    }
  }
  const finishReason = finishReasonOf(script);
  if (finishReason !== null) yield { raw: chunk({}, finishReason), characters: 0 };
  const usage = usageOf(script);
  if (usage !== null) {
    yield { raw: `data: ${JSON.stringify({ ...ENVELOPE, choices: [], usage })}\n\n`, characters: 0 };
  }
  if (script.hasDone !== false) yield { raw: "data: [DONE]\n\n", characters: 0 };
}

interface Delta {
  readonly fields: JsonValue;
  readonly characters: number;
}

function* deltas(script: AnswerScript): Generator<Delta> {
  const length = script.deltaLength ?? 8;
  const field = script.reasoningField ?? "reasoning_content";
  for (const piece of pieces(script.reasoning ?? "", length)) {
    yield { fields: { [field]: piece }, characters: piece.length };
  }
  for (const piece of pieces(script.text ?? "", length)) yield { fields: { content: piece }, characters: piece.length };
  const calls = (script.toolCalls ?? []).map((call, index) => [...callDeltas(call, index, length)]);
  if (script.isInterleaved !== true) return yield* calls.flat();
  for (let round = 0; calls.some((fragments) => round < fragments.length); round += 1) {
    for (const fragments of calls) {
      const fragment = fragments[round];
      if (fragment !== undefined) yield fragment;
    }
  }
}

function* callDeltas(call: ScriptedCall, index: number, length: number): Generator<Delta> {
  const opening = { index, id: call.id, type: "function", function: { name: call.name, arguments: "" } };
  yield { fields: { tool_calls: [opening] }, characters: 0 };
  for (const piece of pieces(call.arguments, length)) {
    yield { fields: { tool_calls: [{ index, function: { arguments: piece } }] }, characters: piece.length };
  }
}

/** Never splits a surrogate pair: a server sends whole code points in each event. */
function pieces(text: string, length: number): string[] {
  const points = Array.from(text);
  return Array.from({ length: Math.ceil(points.length / length) }, (_, index) =>
    points.slice(index * length, (index + 1) * length).join(""),
  );
}

const ENVELOPE = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_770_000_000, model: "test-model" };

function chunk(delta: JsonValue, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ ...ENVELOPE, choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}

function wholeCompletion(script: AnswerScript): JsonValue {
  const calls = (script.toolCalls ?? []).map(({ id, name, arguments: text }) => ({
    id,
    type: "function",
    function: { name, arguments: text },
  }));
  const message = {
    role: "assistant",
    content: script.text ?? "",
    ...(script.reasoning === undefined ? {} : { [script.reasoningField ?? "reasoning_content"]: script.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const choices = [{ index: 0, message, finish_reason: finishReasonOf(script) }];
  return { ...ENVELOPE, object: "chat.completion", choices, usage: usageOf(script) };
}

function finishReasonOf(script: AnswerScript): string | null {
  if (script.finishReason !== undefined) return script.finishReason;
  return (script.toolCalls ?? []).length > 0 ? "tool_calls" : "stop";
}

function usageOf(script: AnswerScript): { readonly [name: string]: JsonValue } | null {
  if (script.usage !== undefined) return script.usage;
  return { prompt_tokens: 10, completion_tokens: Math.ceil((script.text ?? "").length / 4), total_tokens: null };
}

function isStreaming(body: JsonValue): boolean {
  return isRecord(body) && body["stream"] === true;
}

/** The text of the last assistant message, wherever it stands. */
function lastAssistantText(body: JsonValue): string {
  const messages = isRecord(body) && Array.isArray(body["messages"]) ? body["messages"] : [];
  const last = messages.findLast((message) => isRecord(message) && message["role"] === "assistant");
  return isRecord(last) && typeof last["content"] === "string" ? last["content"] : "";
}

function isRecord(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
