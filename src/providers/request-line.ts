import type { ConnectionPreset } from "#domain/model.ts";
import { Reception, watchedBody } from "./answer-body.ts";
import { isLocalHost, isLoopbackHost } from "./base-url.ts";
import { sentence, unreachedAdvice, type Advice } from "./failure-words.ts";
import { guardFetch, isAnswering, type Fetch } from "./fetch-guard.ts";
import { ProviderFailure, type ProviderProblem, type WireValue } from "./provider.ts";
import {
  complaintOfError,
  complaintOfResponse,
  detailOf,
  errorIn,
  problemOf,
  readableText,
  unsupportedFeature,
} from "./server-failure.ts";
import type { FailureContext, Unsupported } from "./server-failure.ts";
import { SilenceWatch, type Timeouts } from "./silence-watch.ts";
import { abortErrorOf } from "./until-aborted.ts";
import { asOneEvent } from "./whole-answer.ts";
import { WireNotes } from "./wire-notes.ts";
import { parseWire } from "./wire-value.ts";

/** One server with its key: what every request to it needs. The key never leaves this object but in a header. */
export interface Server {
  readonly preset: ConnectionPreset;
  readonly name: string;
  readonly baseUrl: string;
  readonly origin: string;
  readonly apiKey: string | null;
  readonly timeouts: Timeouts;
  /** The page's origin, which servers have to allow. */
  readonly pageOrigin: string;
  readonly fetch: Fetch;
  now(): number;
  isOffline(): boolean;
  /** What was found missing for a model, remembered while the connection is open. */
  lacks(model: string): Set<Unsupported>;
}

/** The server refused only a feature that can be left out. Never leaves this folder. */
export class UnsupportedByServer extends Error {
  override readonly name = "UnsupportedByServer";
  readonly feature: Unsupported;
  readonly problem: ProviderProblem;
  constructor(feature: Unsupported, problem: ProviderProblem) {
    super(`The server does not support ${feature}.`);
    this.feature = feature;
    this.problem = problem;
  }
}

/** No answer, with what to do about it step by step. */
export class UnreachableServer extends ProviderFailure {
  readonly steps: readonly string[];
  constructor({ message, steps }: Advice, detail: string | null, isLocal: boolean) {
    super({ kind: "unreachable", error: { code: "unreachable", message, detail }, isLocal });
    this.steps = steps;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Bodies that are no stream of events whatever stands in them. */
const WHOLE_TYPES = /^\s*(application\/([\w.-]+\+)?json|text\/html)\b/i;

/**
 * One request from its start to its end: guards where it goes, watches for silence, and knows in the end what went
 * wrong. Everything that it starts (timer, listener, connection) is let go by `close`.
 */
export class RequestLine {
  readonly notes = new WireNotes();
  readonly reception = new Reception();
  requestId: string | null = null;
  /** Whether the model was told in words to go on, because it had refused a prefill. */
  isTold = false;
  /** Of the HTTP answer; null before it came. */
  status: number | null = null;
  readonly #server: Server;
  readonly #model: string | null;
  readonly #userSignal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #closed = new AbortController();
  readonly #watch: SilenceWatch;
  readonly #guarded: Fetch;

  constructor(server: Server, model: string | null, userSignal: AbortSignal) {
    this.#server = server;
    this.#model = model;
    this.#userSignal = userSignal;
    this.#guarded = guardFetch(server.origin, server.fetch);
    this.#watch = new SilenceWatch(
      server.timeouts,
      () => this.notes.finishReason !== null,
      () => {
        this.reception.state = "stalled";
        this.#controller.abort();
      },
    );
    this.onUserAbort(() => this.#controller.abort());
    if (userSignal.aborted) this.#controller.abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends whatever still runs; the server sees its socket close. */
  close(): void {
    this.#watch.stop();
    this.#closed.abort();
    this.#controller.abort();
  }

  /** `act` runs when the user stops, until `close`. */
  onUserAbort(act: () => void): void {
    this.#userSignal.addEventListener("abort", act, { once: true, signal: this.#closed.signal });
  }

  /** Sends the request. Resolves only with an answer that is a stream of events; throws ProviderFailure otherwise. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { response, body } = await this.#open(url, init);
    const { status, headers } = response;
    this.requestId = headers.get("x-request-id");
    if (!WHOLE_TYPES.test(headers.get("content-type") ?? "")) return new Response(body, { status, headers });
    const text = await this.#wholeText(body);
    const event = asOneEvent(parseWire(text));
    if (event === null) throw this.notAnApi(text);
    return new Response(event, { status, headers: { "content-type": "text/event-stream" } });
  }

  /** Sends a small request and reads its whole answer. Throws ProviderFailure. */
  async readWhole(url: string, init: RequestInit): Promise<string> {
    const { body } = await this.#open(url, init);
    return this.#wholeText(body);
  }

  async #open(url: string, init: RequestInit): Promise<{ response: Response; body: ReadableStream<Bytes> }> {
    this.#watch.listen();
    const response = await this.#send(url, init);
    this.status = response.status;
    if (response.body === null) throw response.ok ? this.notAnApi("") : this.#refusal(response, "");
    const body = watchedBody(response.body, this.#watch, this.reception);
    if (!response.ok) throw this.#refusal(response, await new Response(body).text());
    return { response, body };
  }

  /** Throws where the text did not come whole, or where it is an error in spite of its status. */
  async #wholeText(body: ReadableStream<Bytes>): Promise<string> {
    const text = await new Response(body).text();
    if (this.reception.state !== "ended") throw this.unfinished();
    const error = errorIn(parseWire(text));
    if (error !== undefined) throw this.reported(error);
    return text;
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#guarded(url, { ...init, signal: this.signal });
    } catch (error) {
      if (error instanceof ProviderFailure) throw error;
      if (this.signal.aborted) throw this.#interrupted(error);
      throw await this.#unreachable(error);
    }
  }

  #refusal(response: Response, body: string): Error {
    const complaint = complaintOfResponse(response, body);
    const problem = problemOf(complaint, this.#context);
    const feature = unsupportedFeature(complaint);
    return feature === null ? new ProviderFailure(problem) : new UnsupportedByServer(feature, problem);
  }

  async #unreachable(error: unknown): Promise<UnreachableServer> {
    const { baseUrl, pageOrigin, preset, name, fetch } = this.#server;
    const { hostname, host } = new URL(baseUrl);
    const isLocal = isLocalHost(hostname);
    const isOffline = this.#server.isOffline();
    this.#watch.stop();
    const advice = unreachedAdvice({
      preset,
      name,
      model: this.#model,
      host,
      pageOrigin,
      isOffline,
      isLoopback: isLoopbackHost(hostname),
      isAnswering: (isLocal || !isOffline) && (await isAnswering(baseUrl, fetch, this.signal)),
    });
    const detail = error instanceof Error ? detailOf(error.message, this.#server.apiKey) : null;
    return new UnreachableServer(advice, detail, isLocal);
  }

  /** A failure that the server reported inside its stream. */
  reported(error: WireValue): ProviderFailure {
    return new ProviderFailure(problemOf(complaintOfError(error), this.#context));
  }

  malformed(detail: string | null): ProviderFailure {
    return this.#error("malformed-stream", detail ?? "");
  }

  notAnApi(body: string): ProviderFailure {
    return this.#error("not-an-api", readableText(body));
  }

  /** Why there was no finish. Nothing of an answer may be taken for whole without it. */
  unfinished(): ProviderFailure {
    if (this.reception.state === "stalled") return new ProviderFailure({ kind: "cut", cause: "stalled" });
    const { head } = this.reception;
    const isForeign = this.reception.state === "ended" && this.notes.count === 0 && head !== "" && !SSE_LINE.test(head);
    if (isForeign) return this.notAnApi(head);
    return new ProviderFailure({ kind: "cut", cause: "connection-dropped" });
  }

  /** What is thrown for `error`, whatever it is: the most specific that is known. */
  verdict(error: unknown): Error {
    if (this.#userSignal.aborted) return abortErrorOf(this.#userSignal);
    if (error instanceof ProviderFailure) return error;
    if (error instanceof UnsupportedByServer) return new ProviderFailure(error.problem);
    if (this.reception.state === "stalled" || this.reception.state === "dropped") return this.unfinished();
    const said = error instanceof Error ? error.message : "";
    if (error instanceof Error && UNREADABLE.has(error.name)) return this.malformed(said);
    const message = "The app could not read the answer, which is a defect of its own: try again, or reload the page.";
    const detail = detailOf(said, this.#server.apiKey);
    return new ProviderFailure({
      kind: "error",
      error: { code: "internal", message, detail },
      retry: { kind: "never" },
    });
  }

  #interrupted(error: unknown): Error {
    return this.reception.state === "stalled" ? this.unfinished() : this.verdict(error);
  }

  #error(code: "not-an-api" | "malformed-stream", detail: string): ProviderFailure {
    const error = { code, message: sentence(code, this.#context, null), detail: detailOf(detail, this.#server.apiKey) };
    return new ProviderFailure({ kind: "error", error, retry: { kind: "never" } });
  }

  get #context(): FailureContext {
    const { preset, name, apiKey } = this.#server;
    return { preset, name, apiKey, model: this.#model, now: () => this.#server.now() };
  }
}

/** How a stream of server-sent events can begin, a byte order mark apart. */
const SSE_LINE = /^(\uFEFF)?(:|data|event|id|retry)/;
/** Names of the wire library's errors for what a server sent against the format. */
const UNREADABLE = new Set([
  "AI_InvalidResponseDataError",
  "AI_JSONParseError",
  "AI_TypeValidationError",
  "ParseError",
]);
