import type { ConnectionPreset } from "#domain/model.ts";
import { sentence, type ServerFailure } from "./failure-words.ts";
import type { ProviderProblem, RetryAdvice, WireValue } from "./provider.ts";
import { readWait } from "./retry-after.ts";
import { isRecord, listAt, numberAt, parseWire, textAt, valueAt } from "./wire-value.ts";

/** Whose failures are put into words. */
export interface FailureContext {
  readonly preset: ConnectionPreset;
  readonly name: string;
  readonly model: string | null;
  readonly apiKey: string | null;
  /** Epoch milliseconds. */
  now(): number;
}

/** What a server said when it refused, in the one form that all wordings are brought to. */
export interface Complaint {
  /** Null: said inside a stream, without a status. */
  readonly status: number | null;
  readonly code: string | null;
  /** As the server said it, not yet fit to be shown. */
  readonly message: string;
  readonly headers: Headers | null;
}

/** Reads the answer of a request that was refused. `body` is its whole text. */
export function complaintOfResponse(response: Response, body: string): Complaint {
  const complaint = complaintOfError(parseWire(body) ?? readableText(body));
  return { ...complaint, status: response.status, headers: response.headers };
}

/** Reads an error value: of a body, or of an event in the middle of a stream. Servers agree on no form of it. */
export function complaintOfError(value: WireValue): Complaint {
  const first = Array.isArray(value) ? value[0] : value;
  const error = isRecord(first) && first["error"] !== undefined && first["error"] !== null ? first["error"] : first;
  if (typeof error === "string") return { status: null, code: null, message: error, headers: null };
  const number = numberAt(error, "code") ?? numberAt(error, "status");
  const code = [textAt(error, "code"), textAt(error, "type"), textAt(error, "status")].filter((text) => text !== null);
  // OpenRouter wraps the reason of the provider behind it.
  const inner = textAt(error, "metadata", "raw");
  const message = textAt(error, "message") ?? textAt(error, "detail") ?? textAt(listAt(error, "detail")[0], "msg");
  return {
    status: number !== null && number >= 400 && number < 600 ? number : statusOfType(code.join(" ")),
    code: code.length === 0 ? null : code.join(" "),
    message: [message ?? "", inner ?? ""].filter((text) => text !== "").join(": "),
    headers: null,
  };
}

function statusOfType(type: string): number | null {
  if (/rate_limit|too_many/i.test(type)) return 429;
  if (/overloaded/i.test(type)) return 529;
  if (/authentication|invalid_api_key/i.test(type)) return 401;
  if (/invalid_request|invalid_argument/i.test(type)) return 400;
  if (/server_error|api_error|internal/i.test(type)) return 500;
  return null;
}

/** The wordings of "the context is full": OpenAI, llama.cpp, vLLM, Ollama, LM Studio, Anthropic, Google, Mistral, xAI, Groq, Bedrock, TGI. */
const CONTEXT_WORDS = [
  /context[_ ](length|size|window)[_ ]?exceeded|exceed[_ ]context[_ ]size/i,
  /maximum (context|prompt) length|max(imum)? context|exceeds? (the )?(available |maximum )?context/i,
  /context (size|length|window) (has been |was )?(exceeded|overflow)|context (the )?overflows?|exceed context limit/i,
  /(prompt|input|request|messages?) (is|are)? ?too (long|large)(?!.*per min)/i,
  /input token count.*exceeds|too many (input )?tokens|reduce the length of the (messages|prompt|input)/i,
  /tokens to keep from the initial prompt is greater than the context|context length of only/i,
  /inputs?`? tokens \+ `?max_new_tokens|too large for model with \d+ maximum context/i,
];
const CREDIT_WORDS =
  /insufficient_quota|insufficient (credit|balance|funds)|exceeded your current quota|credit balance|out of credits?|payment required|billing|requires more credits/i;
const KEY_WORDS =
  /invalid_api_key|api[_ ]key (is )?(not valid|invalid|incorrect|missing)|(incorrect|invalid|missing) api[_ ]key/i;
const MODEL_WORDS =
  /model_not_found|\bmodels?\b.{0,80}(not found|does not exist|not exist|not a valid model|not available|not loaded|is not supported)|invalid model|unknown model|no models? loaded|not a valid model|no endpoints found for/i;

/** Puts a refusal into the one form that the loop knows, with a plain sentence. */
export function problemOf(complaint: Complaint, context: FailureContext): ProviderProblem {
  const { status } = complaint;
  const said = `${complaint.code ?? ""} ${complaint.message}`;
  const detail = detailOf(complaint.message, context.apiKey);
  const isContext = status === null || status === 400 || status === 413 || status === 422 || status >= 500;
  if (isContext && CONTEXT_WORDS.some((words) => words.test(said))) return { kind: "context-full", detail };
  const code = failureCode(complaint, said, context);
  const error = { code, message: sentence(code, context, status), detail };
  return { kind: "error", error, retry: retryAdvice(code, complaint, context.now()) };
}

function failureCode({ status, message }: Complaint, said: string, { apiKey }: FailureContext): ServerFailure {
  if (status === 402 || CREDIT_WORDS.test(said)) return "no-credit";
  if (status === 401 || KEY_WORDS.test(said)) return apiKey === null ? "missing-key" : "bad-key";
  if (status === 403) return keyOrContent(said, apiKey);
  if (status === 429) return "rate-limited";
  if ((status === 404 || status === 400 || status === 422) && MODEL_WORDS.test(said)) return "model-not-found";
  if (status === 404 || status === 405 || status === 501) return "not-an-api";
  if (status === null || status >= 500 || status === 408 || status === 409 || status === 425) return "server-error";
  if (/content[_ ](filter|policy|management)|\bsafety\b|moderation|flagged/i.test(`${said} ${message}`))
    return "content-filter";
  return "bad-request";
}

function keyOrContent(said: string, apiKey: string | null): ServerFailure {
  if (/moderation|flagged|content[_ ]policy/i.test(said)) return "content-filter";
  return apiKey === null ? "missing-key" : "bad-key";
}

function retryAdvice(code: ServerFailure, complaint: Complaint, now: number): RetryAdvice {
  if (code !== "rate-limited" && code !== "server-error") return { kind: "never" };
  // More than the limit allows in one request: no wait makes it fit.
  if (code === "rate-limited" && /request too large/i.test(complaint.message)) return { kind: "never" };
  return { kind: "after", afterMs: readWait(complaint.headers, complaint.message, now) };
}

const DETAIL_LENGTH = 400;

/** The server's own words, fit to be kept and shown: no key, no page, one line, not endless. Null where there are none. */
export function detailOf(text: string, apiKey: string | null): string | null {
  // The key goes before anything is cut off: half a key is a secret too.
  const line = withoutKey(text, apiKey)
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim();
  if (line === "") return null;
  return line.length <= DETAIL_LENGTH ? line : `${line.slice(0, DETAIL_LENGTH - 1).toWellFormed()}…`;
}

function withoutKey(text: string, apiKey: string | null): string {
  if (apiKey === null) return text;
  const forms = new Set([apiKey, encodeURIComponent(apiKey), JSON.stringify(apiKey).slice(1, -1)]);
  return [...forms].reduce((scrubbed, form) => scrubbed.replaceAll(form, "(the key)"), text);
}

/** Of a page only its title tells anything. */
export function readableText(body: string): string {
  if (!/^\s*</.test(body)) return body;
  return /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1] ?? "";
}

/** What an answer can do without: tools, the counts of tokens, an unfinished answer as the last message. */
export type Unsupported = "tools" | "usage" | "prefill";

/** Whether a refusal only means that the model or the server lacks something that an answer can do without. */
export function unsupportedFeature({ status, message }: Complaint): Unsupported | null {
  if (status === null || status < 400 || status >= 500) return null;
  if (/stream_options/.test(message)) return "usage";
  // Anthropic from 4.6 on, through any proxy; llama.cpp and vLLM with templates that think.
  if (/\bprefill|(must|should) end with a user message|last message (must|should|cannot|can not) be/i.test(message)) {
    return "prefill";
  }
  const refusesTools =
    /(does|do) not support (tools?|function calling|tool)|support tool use|tools? (use )?(is|are) not supported|function calling is not (enabled|supported)/i;
  return refusesTools.test(message) ? "tools" : null;
}

/** Whether a body that came with a good status holds an error all the same. */
export function errorIn(value: WireValue): WireValue {
  const error = valueAt(value, "error");
  return error === null ? undefined : error;
}
