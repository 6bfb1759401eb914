import type { ConnectionPreset } from "#domain/model.ts";
import { isListed, readModelList } from "./model-list.ts";
import { NOT_AN_API_STEPS } from "./failure-words.ts";
import { openServer } from "./open-server.ts";
import type { ConnectionOptions } from "./openai-compatible.ts";
import type { ListedModel, ProviderProblem, WireValue } from "./provider.ts";
import { ProviderFailure } from "./provider.ts";
import { RequestLine, UnreachableServer, type Server } from "./request-line.ts";
import { listAt, numberAt, parseWire } from "./wire-value.ts";

/** What the connect form holds. `apiKey` null: none; a stored key has to be put in by the caller. */
export interface ConnectionAttempt {
  readonly preset: ConnectionPreset;
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Empty: not chosen yet. */
  readonly model: string;
}

/** How it ended, in words. */
export type ConnectionVerdict =
  | { readonly ok: true; readonly models: readonly ListedModel[]; readonly message: string }
  | { readonly ok: false; readonly message: string; readonly steps: readonly string[] };

const CHECK_TIMEOUT_MS = 30_000;

/**
 * Tries a connection with the cheapest requests: the list of models, and only where there is none an answer of one
 * token. Never throws for what the form, the network or the server can cause.
 */
export async function checkConnection(
  attempt: ConnectionAttempt,
  options: ConnectionOptions = {},
): Promise<ConnectionVerdict> {
  try {
    const server = openServer(attempt, attempt.apiKey, withPatience(options));
    const models = await readModels(server);
    if (models === null) return await checkByAnswer(server, attempt.model.trim());
    const objection = await checkKey(server);
    return objection ?? { ok: true, models, message: connectedMessage(server.name, models, attempt.model.trim()) };
  } catch (error) {
    if (error instanceof UnreachableServer) return { ok: false, message: error.message, steps: error.steps };
    if (error instanceof ProviderFailure) return verdictOn(error.problem);
    throw error;
  }
}

/** The models that a connection offers; empty where the server has no list. Throws ProviderFailure. */
export async function listModels(
  connection: { readonly preset: ConnectionPreset; readonly baseUrl: string },
  apiKey: string | null,
  options: ConnectionOptions = {},
): Promise<readonly ListedModel[]> {
  return (await readModels(openServer(connection, apiKey, withPatience(options)))) ?? [];
}

/** A person waits in front of the form: a check gives up sooner than an answer does. */
function withPatience(options: ConnectionOptions): ConnectionOptions {
  const timeouts = { firstByteMs: CHECK_TIMEOUT_MS, stallMs: CHECK_TIMEOUT_MS, ...options.timeouts };
  return { ...options, timeouts };
}

type Checked = Omit<Server, "lacks">;

/** Null: this server offers no list. A page in its place is no such case: then the address is wrong. */
async function readModels(server: Checked): Promise<ListedModel[] | null> {
  const list = await ask(server, "/models", { isOptional: true });
  return list === undefined ? null : readModelList(list);
}

/** OpenRouter's list is public, so it says nothing about the key; this does. Null: no objection. */
async function checkKey(server: Checked): Promise<ConnectionVerdict | null> {
  if (server.preset !== "openrouter") return null;
  const about = await ask(server, "/key", { isOptional: true });
  const left = numberAt(about, "data", "limit_remaining");
  if (left === null || left > 0) return null;
  return {
    ok: false,
    message: "OpenRouter knows this key, but its credit limit is used up: raise the limit, or use another key.",
    steps: ["Open openrouter.ai, then Keys, and raise the limit of this key."],
  };
}

async function checkByAnswer(server: Checked, model: string): Promise<ConnectionVerdict> {
  if (model === "") {
    return {
      ok: false,
      message: `${server.name} has no list of models at this address: name a model, then test again.`,
      steps: NOT_AN_API_STEPS,
    };
  }
  const messages = [{ role: "user", content: "Hi" }];
  const body = await ask(server, "/chat/completions", {
    body: { model, messages, max_tokens: 1, stream: false },
    model,
  });
  if (listAt(body, "choices").length === 0) {
    return {
      ok: false,
      message: `${server.name} answered, but not as a chat API does: check the base URL.`,
      steps: NOT_AN_API_STEPS,
    };
  }
  return { ok: true, models: [], message: `Connected: “${model}” answered. ${server.name} has no list of models.` };
}

interface Question {
  /** Unset: a GET. */
  readonly body?: object;
  readonly model?: string;
  /** True: a server that has no such endpoint gives undefined. */
  readonly isOptional?: boolean;
}

const NO_SUCH_ENDPOINT = new Set([404, 405, 501]);

/** One small request and its JSON. Throws ProviderFailure. */
async function ask(server: Checked, path: string, { body, model, isOptional }: Question): Promise<WireValue> {
  const headers = new Headers();
  if (server.apiKey !== null) headers.set("authorization", `Bearer ${server.apiKey}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const line = new RequestLine({ ...server, lacks: () => new Set() }, model ?? null, new AbortController().signal);
  try {
    const text = await line.readWhole(`${server.baseUrl}${path}`, init);
    const value = parseWire(text);
    if (value === undefined) throw line.notAnApi(text);
    return value;
  } catch (error) {
    if (isOptional === true && line.status !== null && NO_SUCH_ENDPOINT.has(line.status)) return undefined;
    throw line.verdict(error);
  } finally {
    line.close();
  }
}

function connectedMessage(name: string, models: readonly ListedModel[], model: string): string {
  const count = models.length === 1 ? "1 model" : `${models.length} models`;
  if (models.length === 0) return `Connected to ${name}, which has no model yet: add one there, then test again.`;
  if (model === "" || isListed(models, model)) return `Connected to ${name}: ${count}.`;
  return `Connected to ${name}: ${count}, but “${model}” is not among them. Choose one of the list.`;
}

function verdictOn(problem: ProviderProblem): ConnectionVerdict {
  switch (problem.kind) {
    case "error": {
      const { code, message, detail } = problem.error;
      const steps = code === "not-an-api" ? NOT_AN_API_STEPS : [];
      return { ok: false, message, steps: detail === null ? steps : [...steps, `The server said: ${detail}`] };
    }
    case "unreachable":
      return { ok: false, message: problem.error.message, steps: [] };
    case "cut":
      return {
        ok: false,
        message:
          problem.cause === "stalled"
            ? "The server took the request but did not answer in time: try again, or check the server."
            : "The connection broke before the answer was whole: try again.",
        steps: [],
      };
    case "context-full":
      return { ok: false, message: "The server says that even a short message is too long for this model.", steps: [] };
  }
}
