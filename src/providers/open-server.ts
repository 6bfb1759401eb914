import type { ConnectionPreset } from "#domain/model.ts";
import { normaliseBaseUrl } from "./base-url.ts";
import { actualPreset, CONNECTION_PRESETS, serverName } from "./connection-presets.ts";
import { sentence } from "./failure-words.ts";
import type { ConnectionOptions } from "./openai-compatible.ts";
import { ProviderFailure } from "./provider.ts";
import type { Server } from "./request-line.ts";
import { DEFAULT_TIMEOUTS } from "./silence-watch.ts";

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

function failure(code: "bad-key" | "missing-key" | "not-an-api", message: string): ProviderFailure {
  return new ProviderFailure({ kind: "error", error: { code, message, detail: null }, retry: { kind: "never" } });
}
