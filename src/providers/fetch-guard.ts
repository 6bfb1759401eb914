import { ProviderFailure } from "./provider.ts";

/** `fetch`, as far as it is used here. Tests and the worker hand in their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The only headers that are sent. Every other one is named in the browser's preflight, and a server that does not
 * list it refuses the request: the library's `user-agent` broke Firefox and Safari that way (Chromium drops it).
 */
const SENT_HEADERS = ["accept", "authorization", "content-type"];

/**
 * The one way to a model server, for one connection: a request to any other origin throws before it leaves, and so does
 * a redirect, because the key would travel along. Cookies, the referrer and the cache stay out of it.
 * Throws what `fetch` throws, apart from a ProviderFailure for a redirect or a foreign origin.
 */
export function guardFetch(origin: string, fetch: Fetch): Fetch {
  return async (url, init) => {
    if (new URL(url).origin !== origin) {
      throw failure("internal", "The request would have gone to another server than the connection's own.");
    }
    const sent = new Headers(init.headers);
    const headers = new Headers();
    for (const name of SENT_HEADERS) {
      const value = sent.get(name);
      if (value !== null) headers.set(name, value);
    }
    const response = await fetch(url, {
      ...init,
      headers,
      // "manual" follows a redirect as little as "error" does, but lets it be told from a server that cannot be reached.
      redirect: "manual",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      mode: "cors",
    });
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      throw failure(
        "not-an-api",
        "The address leads on to another one: enter the one that it leads to as the base URL.",
      );
    }
    return response;
  };
}

function failure(code: "internal" | "not-an-api", message: string): ProviderFailure {
  return new ProviderFailure({ kind: "error", error: { code, message, detail: null }, retry: { kind: "never" } });
}

const PROBE_TIMEOUT_MS = 3000;

/**
 * Whether anything answers at the base URL. An answer that the page may not read (no CORS headers) and no answer at all
 * are the same TypeError to `fetch`; a request without CORS tells them apart. It carries no key and no text.
 */
export async function isAnswering(baseUrl: string, fetch: Fetch, signal: AbortSignal): Promise<boolean> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, PROBE_TIMEOUT_MS);
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) return false;
    const response = await fetch(`${baseUrl}/models`, {
      mode: "no-cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: controller.signal,
    });
    await response.body?.cancel();
    return true;
  } catch {
    // Nothing answers, or the browser lets nothing through: that is the answer.
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
