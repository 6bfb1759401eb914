import type { ConnectionPreset } from "#domain/model.ts";
import { normaliseBaseUrl } from "./base-url.ts";
import { actualPreset, CONNECTION_PRESETS, serverName } from "./connection-presets.ts";
import { sentence } from "./failure-words.ts";
import type { Fetch } from "./fetch-guard.ts";
import type { Provider, StreamPart } from "./provider.ts";
import { ProviderFailure } from "./provider.ts";
import type { Server } from "./request-line.ts";
import type { Unsupported } from "./server-failure.ts";
import { DEFAULT_TIMEOUTS, type Timeouts } from "./silence-watch.ts";

export interface ConnectionOptions {
  readonly fetch?: Fetch;
  readonly timeouts?: Partial<Timeouts>;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Whether the device says that it is offline. */
  readonly isOffline?: () => boolean;
  /** The origin of the page, which servers have to allow; by default the worker's own. */
  readonly pageOrigin?: string;
}

/**
 * A provider for the model server behind a connection. `apiKey` null: the server wants none. Opening does nothing yet:
 * the wire library is loaded at the first `stream`, and what is wrong with the address or the key is said there.
 *
 * The key goes into the authorization header of requests to the connection's own origin, and nowhere else.
 */
export function openConnectionProvider(
  connection: { readonly preset: ConnectionPreset; readonly baseUrl: string },
  apiKey: string | null,
  options: ConnectionOptions = {},
): Provider {
  const lacking = new Map<string, Set<Unsupported>>();
  const lacks = (model: string) => {
    const known = lacking.get(model) ?? new Set<Unsupported>();
    lacking.set(model, known);
    return known;
  };
  return {
    continuation: CONNECTION_PRESETS[connection.preset].continuation,
    async *stream(request, signal): AsyncGenerator<StreamPart> {
      const server: Server = { ...openServer(connection, apiKey, options), lacks };
      const { streamChat } = await loadChatStream();
      yield* streamChat(server, request, signal);
    },
  };
}

/** Checks address and key. Throws ProviderFailure, in words, for what can be seen without asking the server. */
export function openServer(
  connection: { readonly preset: ConnectionPreset; readonly baseUrl: string },
  apiKey: string | null,
  options: ConnectionOptions = {},
): Omit<Server, "lacks"> {
  const address = normaliseBaseUrl(connection.baseUrl, connection.preset);
  if (!address.ok) throw failure("not-an-api", address.message);
  const { baseUrl, origin } = address;
  const preset = actualPreset(connection.preset, origin);
  const name = serverName(preset, origin);
  const key = apiKey?.trim() ?? "";
  // Checked here because engines put a header value that they refuse into the text of their error, key and all.
  if (!/^[\x21-\x7e]*$/.test(key)) {
    throw failure(
      "bad-key",
      "The API key has characters that no key has, such as a space or a line break: paste it anew.",
    );
  }
  if (key === "" && CONNECTION_PRESETS[preset].needsKey) {
    throw failure("missing-key", sentence("missing-key", { preset, name, model: null }, null));
  }
  return {
    preset,
    name,
    baseUrl,
    origin,
    apiKey: key === "" ? null : key,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    pageOrigin: options.pageOrigin ?? globalThis.location?.origin ?? "",
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    now: options.now ?? Date.now,
    isOffline: options.isOffline ?? isDeviceOffline,
  };
}

/** The engine's "no" can be trusted; its "yes" cannot. Where it does not say (Node), the device counts as online. */
function isDeviceOffline(): boolean {
  return typeof navigator !== "undefined" && "onLine" in navigator && !navigator.onLine;
}

async function loadChatStream() {
  try {
    return await import("./chat-stream.ts");
  } catch {
    // The engine's text names only the address of the file.
    throw failure("internal", "A part of the app could not be loaded: reload the page, then continue.");
  }
}

function failure(code: "bad-key" | "missing-key" | "not-an-api" | "internal", message: string): ProviderFailure {
  return new ProviderFailure({ kind: "error", error: { code, message, detail: null }, retry: { kind: "never" } });
}
