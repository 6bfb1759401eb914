import type { ConnectionPreset } from "#domain/model.ts";
import { CONNECTION_PRESETS } from "./connection-presets.ts";
import type { Fetch } from "./fetch-guard.ts";
import type { Provider, StreamPart } from "./provider.ts";
import { ProviderFailure } from "./provider.ts";
import type { Unsupported } from "./server-failure.ts";
import type { Timeouts } from "./silence-watch.ts";
import { untilAborted } from "./until-aborted.ts";

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
      const { openServer, streamChat } = await untilAborted(loadChatStream(), signal);
      yield* streamChat({ ...openServer(connection, apiKey, options), lacks }, request, signal);
    },
  };
}

/** Everything else of this provider: loaded when a model is first used, so that the worker starts without it. */
async function loadChatStream() {
  try {
    return await import("./chat-stream.ts");
  } catch {
    // The engine's text names only the address of the file.
    const message = "A part of the app could not be loaded: reload the page, then continue.";
    throw new ProviderFailure({
      kind: "error",
      error: { code: "internal", message, detail: null },
      retry: { kind: "never" },
    });
  }
}
