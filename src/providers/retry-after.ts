/**
 * How long a server asks to wait, in milliseconds, by the most exact source that it gave; null where it gave none.
 * A browser shows these headers only where the server exposes them by CORS, so the words of the error count as well.
 */
export function readWait(headers: Headers | null, message: string, now: number): number | null {
  const wait = fromRetryAfter(headers, now) ?? fromRateLimit(headers, now) ?? fromWords(message);
  return wait === null ? null : Math.max(0, Math.ceil(wait));
}

function fromRetryAfter(headers: Headers | null, now: number): number | null {
  const exact = readNumber(headers?.get("retry-after-ms"));
  if (exact !== null) return exact;
  const header = headers?.get("retry-after") ?? null;
  if (header === null) return null;
  const seconds = readNumber(header);
  if (seconds !== null) return seconds * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : date - now;
}

/** OpenAI and Groq name the wait per kind of limit, and only the used-up ones count; OpenRouter sends an epoch time. */
function fromRateLimit(headers: Headers | null, now: number): number | null {
  if (headers === null) return null;
  const waits = ["requests", "tokens"].flatMap((kind) => {
    if (headers.get(`x-ratelimit-remaining-${kind}`) !== "0") return [];
    const wait = parseDuration(headers.get(`x-ratelimit-reset-${kind}`) ?? "");
    return wait === null ? [] : [wait];
  });
  if (waits.length > 0) return Math.max(...waits);
  const reset = readNumber(headers.get("x-ratelimit-reset"));
  if (reset === null) return null;
  if (reset > 1e12) return reset - now;
  return reset > 1e9 ? reset * 1000 - now : reset * 1000;
}

/** e.g. OpenAI's "Please try again in 1m26.4s", Gemini's "Please retry in 36.5s". */
function fromWords(message: string): number | null {
  const words = /\b(?:try again|retry|wait)\D{0,20}?((?:\d+(?:\.\d+)?\s*[a-z]+\s*){1,3})/i.exec(message);
  return words?.[1] === undefined ? null : parseDuration(words[1]);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, milliseconds: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `6m0s`, `1.5s`, `120ms`, `20 seconds`; a bare number is seconds. Null where nothing of it is a duration. */
export function parseDuration(text: string): number | null {
  const bare = readNumber(text);
  if (bare !== null) return bare * 1000;
  let total: number | null = null;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const name = (unit ?? "").toLowerCase();
    const factor =
      UNIT_MS[name] ?? UNIT_MS[/^(s|sec|seconds?|m|min|minutes?|h|hours?)$/.test(name) ? name.slice(0, 1) : ""];
    if (factor !== undefined) total = (total ?? 0) + Number(amount) * factor;
  }
  return total;
}

function readNumber(text: string | null | undefined): number | null {
  if (text === null || text === undefined || !/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return null;
  return Number(text);
}
