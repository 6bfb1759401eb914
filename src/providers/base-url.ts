import type { ConnectionPreset } from "#domain/model.ts";
import { CONNECTION_PRESETS } from "./connection-presets.ts";

export type NormalisedUrl =
  | { readonly ok: true; readonly baseUrl: string; readonly origin: string }
  /** `message` is a sentence for the person. */
  | { readonly ok: false; readonly message: string };

/** Addresses that servers print but browsers cannot open, or that the app's security policy cannot name. */
const NAMES_OF_THIS_DEVICE = new Set(["0.0.0.0", "[::]", "[::1]"]);
/** What people copy along from examples. */
const ENDPOINTS = /\/(chat\/completions|completions|responses|models)$/;

/**
 * Makes what a person typed or pasted into a base URL without a trailing slash. Adds a missing scheme and, at a server
 * whose path is known, a missing path; takes an endpoint off its end. Refuses what could carry a secret (a user name, a
 * query) and plain http to another machine: the key and every message would travel in clear text, and the app's
 * security policy blocks it.
 */
export function normaliseBaseUrl(typed: string, preset: ConnectionPreset): NormalisedUrl {
  const text = typed.trim();
  if (text === "") return refuse("Enter the address of the server, for example https://api.openai.com/v1.");
  const url = parseAddress(text);
  if (url === null) return refuse("This is not an address. It begins with https:// or http://.");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return refuse("The address has to begin with https:// or http://.");
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("Take the user name and password out of the address: a key goes into its own field.");
  }
  if (url.search !== "") return refuse("Take the part from the question mark on out of the address.");
  if (NAMES_OF_THIS_DEVICE.has(url.hostname)) url.hostname = "localhost";
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname)) {
    return refuse(
      `Plain http works only for a server on this device: use https://${url.host}, or a tunnel that brings the server to localhost.`,
    );
  }
  const path = url.pathname.replace(/\/+$/, "").replace(ENDPOINTS, "").replace(/\/+$/, "");
  return { ok: true, baseUrl: url.origin + (path === "" ? usualPath(preset) : path), origin: url.origin };
}

function parseAddress(text: string): URL | null {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${guessScheme(text)}//${text}`;
  try {
    return new URL(withScheme);
  } catch {
    // Not an address: said in words by the caller.
    return null;
  }
}

function guessScheme(text: string): "http:" | "https:" {
  const host = /^(\[[^\]]*\]|[^:/?#]*)/.exec(text)?.[0] ?? "";
  return isLoopbackHost(host) || NAMES_OF_THIS_DEVICE.has(host) ? "http:" : "https:";
}

function usualPath(preset: ConnectionPreset): string {
  const { baseUrl } = CONNECTION_PRESETS[preset];
  return baseUrl === "" ? "" : new URL(baseUrl).pathname;
}

function refuse(message: string): NormalisedUrl {
  return { ok: false, message };
}

/** Whether the host is this device: the only place that plain http may go to. */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

/** Whether the host is this device or in its own network: reachable while the device is offline. */
export function isLocalHost(hostname: string): boolean {
  if (isLoopbackHost(hostname) || /\.(local|lan|home\.arpa|internal)$/.test(hostname)) return true;
  if (/^\[f[cd][0-9a-f]{2}:/.test(hostname) || hostname.startsWith("[fe80:")) return true;
  if (/^(10|192\.168|169\.254)\./.test(hostname) && /^[\d.]+$/.test(hostname)) return true;
  if (/^172\.(1[6-9]|2\d|3[01])\.[\d.]+$/.test(hostname)) return true;
  return /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.[\d.]+$/.test(hostname) || !/[.:]/.test(hostname);
}
