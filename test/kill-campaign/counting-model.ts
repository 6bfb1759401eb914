import type { JsonValue } from "#domain/json.ts";
import { answer, type ScriptedCall } from "#test/helpers/model-replies.ts";
import type { Exchange, Reply, ServedRequest } from "#test/helpers/model-server.ts";
import { numberedWords, offsetAfter } from "#test/helpers/numbered-words.ts";
import { textSent } from "#test/helpers/sent-text.ts";

/** A request for one step of one message's answer, as the server saw it. */
export interface ServedStep {
  readonly step: number;
  /** What the app told the model that it has of this step's text. */
  readonly had: string;
  /** Results of tools that the app told the model, by call. */
  readonly results: ReadonlyMap<string, string>;
  /** Characters of the whole text before the first one that this request was answered with. */
  readonly from: number;
  readonly request: ServedRequest;
  readonly arrivedAt: number;
}

/** What one message is answered with, and all that came of it at the server. */
export interface CountedAnswer {
  readonly tag: string;
  /** What the last step says. */
  readonly words: number;
  /** Calls of the first step; empty: there is only one step. */
  readonly calls: readonly ScriptedCall[];
  readonly served: ServedStep[];
  /** May be changed while the campaign goes on: the end of a story need not be slow. */
  charactersPerSecond: number;
  headersAfterMs: number;
}

/** What the first of two steps says before its calls. */
export const BEFORE_CALLS = "Let me look at that first.";

/** A message that asks for a counted answer: the tag in it tells the server which. */
export function questionOf(tag: string): string {
  return `Count for me. (${tag})`;
}

const TAG = /\((kill-\d+[a-z]?)\)/g;

/**
 * A model whose answers count words, so that what is lost, doubled or out of order shows, and which goes on exactly
 * after what it is shown. It keeps for each message what was asked and sent, with the server's own times.
 */
export class CountingModel {
  readonly #answers = new Map<string, CountedAnswer>();
  /** Requests that asked for nothing of the campaign. */
  readonly strays: ServedRequest[] = [];

  script(fields: Omit<CountedAnswer, "served">): CountedAnswer {
    const counted: CountedAnswer = { ...fields, served: [] };
    this.#answers.set(fields.tag, counted);
    return counted;
  }

  readonly reply: Reply = async (exchange) => {
    const messages = messagesOf(exchange.request.body);
    const asked = messages.findLastIndex(({ role, text }) => role === "user" && text.match(TAG) !== null);
    const tag = [...(messages[asked]?.text.matchAll(TAG) ?? [])].at(-1)?.[1];
    const counted = tag === undefined ? undefined : this.#answers.get(tag);
    if (counted === undefined) {
      this.strays.push(exchange.request);
      return answer({ text: "There is nothing to count." })(exchange);
    }
    return answerStep(exchange, counted, messages.slice(asked + 1));
  };
}

async function answerStep(exchange: Exchange, counted: CountedAnswer, since: readonly Message[]): Promise<void> {
  const lastResult = since.findLastIndex(({ role }) => role === "tool");
  const step = lastResult === -1 || counted.calls.length === 0 ? 0 : 1;
  const had = since.slice(lastResult + 1).findLast(({ role }) => role === "assistant")?.text ?? "";
  const results = new Map(since.flatMap(({ callId, text }) => (callId === undefined ? [] : [[callId, text] as const])));
  const isCalling = step === 0 && counted.calls.length > 0;
  const whole = isCalling ? BEFORE_CALLS : numberedWords(counted.words);
  const from = offsetAfter(whole, had);
  counted.served.push({ step, had, results, from, request: exchange.request, arrivedAt: Date.now() });
  if (counted.headersAfterMs > 0) await exchange.wait(counted.headersAfterMs);
  exchange.start(200, { "content-type": "text/event-stream" });
  for (let at = from; at < whole.length; at += DELTA_LENGTH) {
    const content = whole.slice(at, at + DELTA_LENGTH);
    // Asked anew for each: the end of a story is sent at once, also in a stream that has begun.
    await exchange.wait((content.length / counted.charactersPerSecond) * 1000);
    await exchange.write(chunk({ content }));
  }
  const calls = counted.calls.map(({ id, name, arguments: text }, index) => {
    return { index, id, type: "function", function: { name, arguments: text } };
  });
  if (isCalling) await exchange.write(chunk({ tool_calls: calls }));
  await exchange.write(chunk({}, isCalling ? "tool_calls" : "stop"));
  await exchange.write("data: [DONE]\n\n");
  exchange.end();
}

const DELTA_LENGTH = 12;

function chunk(delta: JsonValue, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", model: "test-model", choices })}\n\n`;
}

/** What a request must have shown of an answer when it died at a time, and how it is told in ms. */
export interface TextLoss {
  /** Ms between the arrival of the first character that did not come back and the death; 0: all came back. */
  readonly lostMs: number;
  readonly lostCharacters: number;
}

/**
 * How much of what one request brought was lost: the server's own times, against what came back of it.
 * @param had what was there of the whole text after the death
 */
export function textLost(served: ServedStep, had: number, diedAt: number): TextLoss {
  const sent = served.from + textSent(served.request, diedAt).length;
  if (had >= sent) return { lostMs: 0, lostCharacters: 0 };
  let at = served.from;
  for (const piece of served.request.writes) {
    at += textSent({ ...served.request, writes: [piece] }).length;
    if (at > had) return { lostMs: Math.max(0, diedAt - piece.at), lostCharacters: sent - had };
  }
  return { lostMs: 0, lostCharacters: 0 };
}

interface Message {
  readonly role: string;
  readonly text: string;
  readonly callId?: string;
}

function messagesOf(body: JsonValue): Message[] {
  const { messages } = body as unknown as {
    messages: readonly { role: string; content?: JsonValue; tool_call_id?: string }[];
  };
  return messages.map(({ role, content, tool_call_id: callId }) => ({
    role,
    text: typeof content === "string" ? content : content == null ? "" : JSON.stringify(content),
    ...(callId === undefined ? {} : { callId }),
  }));
}
