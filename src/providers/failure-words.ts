import type { ConnectionPreset } from "#domain/model.ts";
import type { RunErrorCode } from "#domain/outcome.ts";

/** What the sentences speak of. */
export interface Spoken {
  readonly preset: ConnectionPreset;
  /** How the server is called. */
  readonly name: string;
  readonly model: string | null;
}

/** One plain sentence for each failure: what happened, and what to do about it. */
export function sentence(code: ServerFailure, { name, model }: Spoken, status: number | null): string {
  switch (code) {
    case "bad-key":
      return `${name} refused the API key: check it, or paste a new one into the connection.`;
    case "missing-key":
      return `${name} wants an API key: add one to the connection.`;
    case "no-credit":
      return `${name} says that the credit is used up: add credit to your account there, or choose another model.`;
    case "rate-limited":
      return `${name} takes no more requests for now: wait a little, then try again.`;
    case "server-error":
      return `${name} had a failure of its own${status === null ? "" : ` (status ${status})`}: try again in a while.`;
    case "not-an-api":
      return `${name} offers no chat API at this address: check the base URL, which usually ends in /v1.`;
    case "model-not-found":
      return `${name} does not offer ${model === null ? "this model" : `the model “${model}”`}: choose another one.`;
    case "bad-request":
      return `${name} refused the request: its reason is in the details.`;
    case "content-filter":
      return `${name} blocked the request by its content rules: change the message, or choose another model.`;
    case "malformed-stream":
      return `${name} sent something that cannot be read, so the answer ends early: try again, or choose another model.`;
  }
}

/** The codes that a server's answer can lead to. */
export type ServerFailure = Exclude<RunErrorCode, "unreachable" | "output-limit" | "storage" | "internal">;

export const NOT_AN_API_STEPS = [
  "Open the server's own page on its API and copy the base URL from there.",
  "It usually ends in /v1, without /chat/completions.",
];

/** What is known when a request did not come through at all. */
export interface Unreached extends Spoken {
  readonly host: string;
  readonly isLoopback: boolean;
  readonly isOffline: boolean;
  /** Whether something answers there, only unreadably. */
  readonly isAnswering: boolean;
  /** The origin that the server has to allow. */
  readonly pageOrigin: string;
}

export interface Advice {
  readonly message: string;
  /** What to do, one step each, where the sentence is not enough. */
  readonly steps: readonly string[];
}

/** Why nothing came back: offline, nobody there, or an answer that the browser keeps from the page. */
export function unreachedAdvice(facts: Unreached): Advice {
  const { name, host, isLoopback, isOffline, isAnswering } = facts;
  if (isAnswering) return hiddenAdvice(facts);
  if (isLoopback) {
    const who = facts.preset === "custom" ? "the server" : name;
    return {
      message: `Nothing answers at ${host}: start ${who}, or check the base URL.`,
      steps: [
        `Start ${who} and check the port.`,
        "If the browser asked whether this site may reach apps on this device, allow it in the site's settings.",
        ...(facts.pageOrigin.startsWith("https:") ? [SAFARI_STEP] : []),
      ],
    };
  }
  if (isOffline)
    return { message: `This device is offline, so ${name} cannot be reached: connect it first.`, steps: [] };
  return {
    message: `${name} cannot be reached: check the connection of this device and the base URL.`,
    steps: ["A firewall, a blocker in the browser or a wrong base URL can be the cause as well."],
  };
}

const SAFARI_STEP =
  "Safari lets no https page reach a local server: use Chrome, Edge or Firefox, or open this app from localhost.";

/** The server is there, but sends no CORS headers that let this page in. */
function hiddenAdvice({ preset, name, host, pageOrigin }: Unreached): Advice {
  switch (preset) {
    case "openai":
      return {
        message: "OpenAI answered, but not readably for this page: most often the API key is wrong.",
        steps: ["Check the API key, or make a new one.", "If it is right, wait a minute: OpenAI may have a failure."],
      };
    case "openrouter":
      return {
        message: "OpenRouter answered, but not readably for this page: try again, and check the API key.",
        steps: ["Check the API key.", "Switch off blockers in the browser for this page."],
      };
    case "ollama":
      return {
        message: `Ollama does not let this page in: start it with OLLAMA_ORIGINS=${pageOrigin}`,
        steps: [
          "Quit Ollama, its icon in the menu bar included.",
          `Start it with: OLLAMA_ORIGINS=${pageOrigin} ollama serve`,
          "Where Ollama runs as a service, set OLLAMA_ORIGINS in the service's environment and restart it.",
        ],
      };
    case "lm-studio":
      return {
        message: "LM Studio does not let this page in: turn on “Enable CORS” in the settings of its server.",
        steps: ["In LM Studio open Developer, then the server's settings.", "Turn on “Enable CORS”, then test again."],
      };
    case "llama-cpp":
      return {
        message: `Something answers at ${host}, but not readably for this page, which llama.cpp does not need to be told: check the port.`,
        steps: ["Check that it is llama-server that listens there.", "A proxy in between must pass CORS headers on."],
      };
    case "custom":
      return {
        message: `${name} answers, but does not let this page in: it has to allow the origin ${pageOrigin} (CORS).`,
        steps: [
          `Allow the origin ${pageOrigin} in the server's settings for CORS.`,
          "It has to allow the headers authorization and content-type as well.",
          "Some servers leave these headers out when they refuse a key: check the key too.",
        ],
      };
  }
}
