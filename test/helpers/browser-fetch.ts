import type { Fetch } from "#providers/fetch-guard.ts";

/** Readable without being exposed. */
const SAFELISTED_RESPONSE_HEADERS = new Set([
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
]);
const SIMPLE_REQUEST_HEADERS = new Set(["accept", "accept-language", "content-language"]);

/**
 * `fetch` over real HTTP, with the rules that a browser lays on a page from `origin` and that Node does not know: the
 * preflight names every header that is not simple (in Firefox and Safari also `user-agent`), an answer that does not
 * allow the origin is a bare TypeError, and headers that are not exposed cannot be read.
 */
export function browserFetch(origin: string): Fetch {
  return async (url, init) => {
    if (init.mode === "no-cors") {
      await send(url, { method: "GET" });
      return new Response(null);
    }
    const named = [...new Headers(init.headers).keys()].filter((name) => !SIMPLE_REQUEST_HEADERS.has(name)).sort();
    if (named.length > 0 || !["GET", "HEAD", "POST"].includes(init.method ?? "GET")) {
      await preflight(url, init.method ?? "GET", named, origin);
    }
    const response = await send(url, {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), origin },
    });
    if (!isAllowed(response, origin)) throw new TypeError("Failed to fetch");
    const exposed = listOf(response, "access-control-expose-headers");
    const headers = [...response.headers].filter(
      ([name]) => SAFELISTED_RESPONSE_HEADERS.has(name) || exposed.includes(name),
    );
    return new Response(response.body, { status: response.status, headers });
  };
}

async function preflight(url: string, method: string, named: readonly string[], origin: string): Promise<void> {
  const asked = { "access-control-request-method": method, "access-control-request-headers": named.join(",") };
  const response = await send(url, { method: "OPTIONS", headers: { origin, ...asked } });
  const allowed = listOf(response, "access-control-allow-headers");
  if (!response.ok || !isAllowed(response, origin) || !named.every((name) => allowed.includes(name))) {
    throw new TypeError("Failed to fetch");
  }
}

/** A browser tells a page nothing about why a request did not come through. */
function send(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    throw error instanceof Error && error.name === "AbortError" ? error : new TypeError("Failed to fetch");
  });
}

function isAllowed(response: Response, origin: string): boolean {
  const allowed = response.headers.get("access-control-allow-origin");
  return allowed === "*" || allowed === origin;
}

function listOf(response: Response, name: string): string[] {
  const value = response.headers.get(name) ?? "";
  return value.split(",").map((entry) => entry.trim().toLowerCase());
}
