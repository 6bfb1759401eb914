import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { JsonValue } from "#domain/json.ts";
import { answer } from "./model-replies.ts";

/**
 * A real HTTP server on loopback that speaks OpenAI chat completions, for tests in Node and in a browser.
 *
 *     const server = await startModelServer();
 *     server.reply(status(429, { headers: { "retry-after": "2" } }), answer({ text: "Two words" }));   // one a request
 *     server.always(longAnswer({ words: 400, seconds: 20, continuation: "continue" }));                // all the others
 *     …connect to server.baseUrl, send a message…
 *     const first = await server.waitForRequest(1);      // chat completions only; the rest is in server.otherRequests
 *     expect(first.body).toMatchObject({ model: "test-model", stream: true });
 *     await first.ended;                                 // then first.isAborted, first.bytesSent
 *     await server.close();                              // in afterEach
 *
 * What a reply can be stands in model-replies.ts; for anything else write a function of an Exchange.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = new ModelServer(options);
  await server.listen(options.port ?? 0);
  return server;
}

export interface ModelServerOptions {
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Null: no CORS headers at all, as from a server that was never told of this page. */
  readonly cors?: CorsRules | null;
  /** What GET /v1/models lists; null: there is no such list (404). */
  readonly models?: readonly string[] | null;
  /** Set: every request without this key is answered with 401. */
  readonly apiKey?: string | null;
}

/** By default every origin may send `authorization` and `content-type` and read no header but the safelisted ones. */
export interface CorsRules {
  readonly origins?: "any" | readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
}

/** A request as it arrived, and what became of its answer. */
export interface ServedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; null where there is none or it is no JSON. */
  readonly body: JsonValue;
  /** Bytes of the answer's body that were handed to the system. */
  readonly bytesSent: number;
  /** The answer's body as it went out, piece by piece; textSent in sent-text.ts reads it. */
  readonly writes: readonly SentPiece[];
  /** Whether the client left before the answer's end. */
  readonly isAborted: boolean;
  /** Resolves when the answer is over, whoever ended it. */
  readonly ended: Promise<void>;
}

export interface SentPiece {
  /** Epoch ms at which it was handed to the system. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** One request and the means to answer it. Everything that waits throws ClientLeft when the client goes. */
export interface Exchange {
  readonly request: ServedRequest;
  /** Status line and headers; CORS headers are added. */
  start(status: number, headers: Readonly<Record<string, string>>): void;
  /** Resolves when the bytes were handed to the system. */
  write(bytes: string | Uint8Array): Promise<void>;
  wait(ms: number): Promise<void>;
  /** Says nothing more, until the client goes. */
  stall(): Promise<never>;
  /** Destroys the socket: what was written arrives, its end does not. */
  cut(): Promise<void>;
  end(): void;
}

export type Reply = (exchange: Exchange) => Promise<void>;

export class ClientLeft extends Error {
  override readonly name = "ClientLeft";
}

export class ModelServer {
  /** Chat completions, in order of arrival. */
  readonly requests: ServedRequest[] = [];
  /** Everything else but preflights: lists of models, probes. */
  readonly otherRequests: ServedRequest[] = [];
  readonly preflights: ServedRequest[] = [];
  cors: CorsRules | null;
  models: readonly string[] | null;
  apiKey: string | null;
  #replies: Reply[] = [];
  #otherwise: Reply = answer({ text: "Hello from the model server." });
  #modelsReply: Reply | null = null;
  #waiting: (() => void)[] = [];
  readonly #failures: unknown[] = [];
  readonly #http: Server;

  constructor(options: ModelServerOptions) {
    this.cors = options.cors === undefined ? {} : options.cors;
    this.models = options.models === undefined ? ["test-model", "other-model"] : options.models;
    this.apiKey = options.apiKey ?? null;
    this.#http = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => this.#failures.push(error));
    });
  }

  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  get origin(): string {
    const address = this.#http.address();
    if (address === null || typeof address === "string") throw new Error("The model server does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  get baseUrl(): string {
    return `${this.origin}/v1`;
  }

  /** The answers to the next chat completions, one each. */
  reply(...replies: readonly Reply[]): void {
    this.#replies.push(...replies);
  }

  /** The answer to every chat completion for which there is none of its own. */
  always(reply: Reply): void {
    this.#otherwise = reply;
  }

  /** Answers GET /v1/models in place of the list. */
  answerModelsWith(reply: Reply): void {
    this.#modelsReply = reply;
  }

  /** Resolves with the nth chat completion, counted from 1, as soon as it has arrived. */
  async waitForRequest(count: number): Promise<ServedRequest> {
    for (;;) {
      const request = this.requests[count - 1];
      if (request !== undefined) return request;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#http.once("error", reject);
      this.#http.listen(port, "127.0.0.1", resolve);
    });
  }

  /** Ends every connection. Throws what a reply threw, so that a broken script cannot pass for a broken connection. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
      this.#http.closeAllConnections();
    });
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new HttpExchange(message, response, await readBody(message), corsHeaders(message, this.cors));
    const isChat = message.method === "POST" && exchange.request.path.endsWith("/chat/completions");
    const isPreflight = message.method === "OPTIONS";
    const log = isPreflight ? this.preflights : isChat ? this.requests : this.otherRequests;
    log.push(exchange.request);
    const reply = isPreflight ? answerPreflight : this.#replyTo(exchange.request, isChat);
    if (isChat) for (const wake of this.#waiting.splice(0)) wake();
    try {
      await reply(exchange);
    } catch (error) {
      if (error instanceof ClientLeft) return;
      response.destroy();
      throw error;
    }
  }

  #replyTo(request: ServedRequest, isChat: boolean): Reply {
    if (this.apiKey !== null && request.headers["authorization"] !== `Bearer ${this.apiKey}`) return refuseKey;
    if (isChat) return this.#replies.shift() ?? this.#otherwise;
    if (!request.path.endsWith("/models") || (this.models === null && this.#modelsReply === null)) return notFound;
    return this.#modelsReply ?? listModels(this.models ?? []);
  }
}

const json = { "content-type": "application/json" };

const answerPreflight: Reply = async (exchange) => {
  exchange.start(204, {});
  exchange.end();
};

const notFound: Reply = async (exchange) => {
  exchange.start(404, json);
  await exchange.write(JSON.stringify({ error: { message: "Not found", type: "not_found_error", code: 404 } }));
  exchange.end();
};

const refuseKey: Reply = async (exchange) => {
  exchange.start(401, json);
  const error = { message: "Incorrect API key provided.", type: "invalid_request_error", code: "invalid_api_key" };
  await exchange.write(JSON.stringify({ error }));
  exchange.end();
};

function listModels(models: readonly string[]): Reply {
  return async (exchange) => {
    exchange.start(200, json);
    await exchange.write(JSON.stringify({ object: "list", data: models.map((id) => ({ id, object: "model" })) }));
    exchange.end();
  };
}

async function readBody(message: IncomingMessage): Promise<JsonValue> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    // Not JSON: nothing that a test could look into.
    return null;
  }
}

function corsHeaders(message: IncomingMessage, rules: CorsRules | null): Record<string, string> {
  const origin = message.headers.origin;
  if (rules === null || origin === undefined) return {};
  const origins = rules.origins ?? "any";
  if (origins !== "any" && !origins.includes(origin)) return {};
  const headers: Record<string, string> = { "access-control-allow-origin": origin, vary: "origin" };
  if (message.method === "OPTIONS") {
    headers["access-control-allow-methods"] = "GET, POST";
    headers["access-control-allow-headers"] = (rules.allowHeaders ?? ["authorization", "content-type"]).join(", ");
    headers["access-control-allow-private-network"] = "true";
  } else if (rules.exposeHeaders !== undefined) {
    headers["access-control-expose-headers"] = rules.exposeHeaders.join(", ");
  }
  return headers;
}

class HttpExchange implements Exchange {
  readonly request: ServedRequest;
  readonly #response: ServerResponse;
  readonly #cors: Readonly<Record<string, string>>;
  readonly #left: Promise<void>;
  readonly #writes: SentPiece[] = [];
  #bytesSent = 0;
  #isOver = false;
  #isAborted = false;

  constructor(message: IncomingMessage, response: ServerResponse, body: JsonValue, cors: Record<string, string>) {
    this.#response = response;
    this.#cors = cors;
    response.socket?.setNoDelay(true);
    this.#left = new Promise((resolve) => {
      response.once("close", () => {
        this.#isAborted = !this.#isOver;
        resolve();
      });
    });
    // Getters, so that a test that keeps the request sees what became of it.
    const bytesSent = () => this.#bytesSent;
    const isAborted = () => this.#isAborted;
    this.request = {
      method: message.method ?? "",
      path: new URL(message.url ?? "/", "http://localhost").pathname,
      headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)])),
      body,
      get bytesSent() {
        return bytesSent();
      },
      get isAborted() {
        return isAborted();
      },
      writes: this.#writes,
      ended: this.#left,
    };
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, { ...this.#cors, "cache-control": "no-store", ...headers });
    this.#response.flushHeaders();
  }

  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.#response.destroyed) throw new ClientLeft();
    const written = new Promise<void>((resolve) => this.#response.write(bytes, () => resolve()));
    this.#bytesSent += Buffer.byteLength(bytes);
    this.#writes.push({ at: Date.now(), bytes: Buffer.from(bytes) });
    await Promise.race([written, this.#left]);
    if (this.#response.destroyed) throw new ClientLeft();
  }

  async wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([over, this.#left]);
    clearTimeout(timer);
    if (this.#response.destroyed) throw new ClientLeft();
  }

  async stall(): Promise<never> {
    await this.#left;
    throw new ClientLeft();
  }

  async cut(): Promise<void> {
    this.#isOver = true;
    this.#response.socket?.destroySoon();
    await this.#left;
  }

  end(): void {
    this.#isOver = true;
    this.#response.end();
  }
}
