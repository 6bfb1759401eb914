import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionPreset } from "#domain/model.ts";
import { openConnectionProvider, type ConnectionOptions } from "#providers/openai-compatible.ts";
import { ProviderFailure, type Provider, type ProviderProblem } from "#providers/provider.ts";
import { browserFetch } from "#test/helpers/browser-fetch.ts";
import { answer, errorEvent, longAnswer, MALFORMED_EVENT, status, webPage } from "#test/helpers/model-replies.ts";
import { startModelServer, type ModelServer, type Reply } from "#test/helpers/model-server.ts";
import { aRequest, readStream, type StreamOutcome } from "#test/helpers/stream-outcome.ts";

const PAGE = "http://localhost:4173";
const KEY = "sk-canary-7fK2mQ9x";
let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  await server.close();
});

interface Setting extends ConnectionOptions {
  readonly key?: string | null;
  readonly preset?: ConnectionPreset;
  readonly baseUrl?: string;
}

function open({ key = KEY, preset = "custom", baseUrl = server.baseUrl, ...options }: Setting = {}): Provider {
  return openConnectionProvider({ preset, baseUrl }, key, { fetch: browserFetch(PAGE), pageOrigin: PAGE, ...options });
}

async function failWith(reply: Reply, setting: Setting = {}): Promise<StreamOutcome> {
  server.reply(reply);
  return readStream(open(setting));
}

/** The problem in short: what the loop decides by. */
function short(problem: ProviderProblem | null): string {
  if (problem === null) return "none";
  if (problem.kind === "cut") return `cut/${problem.cause}`;
  return problem.kind === "error" ? `error/${problem.error.code}` : problem.kind;
}

const said = (message: string, code: string | null = null) => ({ error: { message, type: "error", code } });

describe("a refusal", () => {
  const NEVER = { kind: "never" };
  const LATER = { kind: "after", afterMs: null };

  test.each([
    ["a wrong key", status(401, { body: said("Incorrect API key provided") }), "error/bad-key", NEVER],
    ["no right to the model", status(403, { body: said("Project may not use this") }), "error/bad-key", NEVER],
    ["no credit", status(402, { body: said("Insufficient credits") }), "error/no-credit", NEVER],
    ["a used-up quota", status(429, { body: said("See billing", "insufficient_quota") }), "error/no-credit", NEVER],
    ["too many requests", status(429, { body: said("Slow down") }), "error/rate-limited", LATER],
    ["more than the limit in one", status(429, { body: said("Request too large for x") }), "error/rate-limited", NEVER],
    ["a timeout", status(408), "error/server-error", LATER],
    ["a conflict", status(409), "error/server-error", LATER],
    ["a failure", status(500, { body: said("Oops") }), "error/server-error", LATER],
    ["a broken gateway", status(502, { body: "<html><title>Bad gateway</title></html>" }), "error/server-error", LATER],
    ["an overload", status(529), "error/server-error", LATER],
    ["an unknown model", status(404, { body: said("The model `x` does not exist") }), "error/model-not-found", NEVER],
    ["no such endpoint", status(404, { body: said("Not found") }), "error/not-an-api", NEVER],
    ["a bad request", status(400, { body: said("temperature must be below 2") }), "error/bad-request", NEVER],
    ["flagged content", status(403, { body: said("Input was flagged") }), "error/content-filter", NEVER],
    ["somebody's page", webPage(), "error/not-an-api", NEVER],
    ["plain words", status(200, { body: "Ollama is running" }), "error/not-an-api", NEVER],
    ["JSON of another kind", status(200, { body: { hello: "world" } }), "error/not-an-api", NEVER],
    [
      "an error with a good status",
      status(200, { body: said("Overloaded", "overloaded_error") }),
      "error/server-error",
      LATER,
    ],
    ["a redirect", status(302, { headers: { location: "http://127.0.0.1:9/v1" } }), "error/not-an-api", NEVER],
  ] as const)("for %s has its own word and advice", async (_, reply, expected, retry) => {
    const { problem, parts } = await failWith(reply);
    expect([short(problem), parts]).toEqual([expected, []]);
    if (problem?.kind !== "error") throw new Error("not an error");
    expect(problem.retry).toEqual(retry);
    expect(problem.error.message).toMatch(/^[^\n]+[^:]: [^\n]+\.$/);
    expect(server.requests).toHaveLength(1);
  });

  test("without a key asks for one", async () => {
    server.apiKey = "sk-other";
    expect(short((await readStream(open({ key: null }))).problem)).toBe("error/missing-key");
    expect(short((await readStream(open())).problem)).toBe("error/bad-key");
  });

  test("says how long to wait: Retry-After in seconds or as a date where it is exposed, else by its own words", async () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    server.cors = { exposeHeaders: ["retry-after"] };
    const date = "Sun, 22 Nov 2026 12:00:30 GMT";
    const waits = [];
    for (const reply of [
      status(429, { headers: { "retry-after": "2" }, body: said("Slow down") }),
      status(503, { headers: { "retry-after": date } }),
      status(429, { body: said("Rate limit reached. Please try again in 1m26.4s.") }),
    ]) {
      const { problem } = await failWith(reply, { now: () => now });
      waits.push(problem?.kind === "error" && problem.retry);
    }
    expect(waits).toEqual([
      { kind: "after", afterMs: 2000 },
      { kind: "after", afterMs: 30_000 },
      { kind: "after", afterMs: 86_400 },
    ]);
  });

  test("for a full context is a kind of its own, with the server's words", async () => {
    const words = "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.";
    const { problem } = await failWith(status(400, { body: said(words, "context_length_exceeded") }));
    expect(problem).toEqual({ kind: "context-full", detail: words });
  });

  test("keeps the server's own words short and on one line", async () => {
    const { problem } = await failWith(status(400, { body: said(`First\n\tline\u0000 ${"long ".repeat(500)}`) }));
    const detail = problem?.kind === "error" ? problem.error.detail : null;
    expect(detail).toMatch(/^First line long /);
    expect(detail?.length).toBeLessThanOrEqual(400);
  });
});

describe("a stream that breaks", () => {
  test("by a failure that the server reports keeps what had arrived", async () => {
    const inserted = [{ afterDeltas: 2, raw: errorEvent({ message: "Provider went away", code: 502 }) }];
    const { text, problem } = await failWith(answer({ text: "Two words", deltaLength: 4, inserted }));
    expect([text, short(problem)]).toEqual(["Two word", "error/server-error"]);
    expect(problem).toMatchObject({ error: { detail: "Provider went away" }, retry: { kind: "after" } });
  });

  test.each([
    ["an error that is only words", errorEvent("the model crashed"), "error/server-error"],
    ["a limit in the middle", errorEvent({ message: "Slow down", type: "rate_limit_error" }), "error/rate-limited"],
    ["a full context in the middle", errorEvent({ message: "context length exceeded" }), "context-full"],
    ["broken JSON", MALFORMED_EVENT, "error/malformed-stream"],
    ["an event of the wrong shape", 'data: {"choices":"none"}\n\n', "error/malformed-stream"],
  ])("by %s keeps what had arrived", async (_, raw, expected) => {
    const outcome = await failWith(answer({ text: "Two words", deltaLength: 4, inserted: [{ afterDeltas: 2, raw }] }));
    expect([outcome.text, short(outcome.problem)]).toEqual(["Two word", expected]);
    expect(outcome.parts.some(({ type }) => type === "text-end" || type === "finish")).toBe(false);
  });

  test("by a reason that only says error is the server's failure", async () => {
    const outcome = await failWith(answer({ text: "Two words", finishReason: "error" }));
    expect([outcome.text, short(outcome.problem)]).toEqual(["Two words", "error/server-error"]);
  });

  test("[E4] is cut and not finished: the socket destroyed, or closed in order without a finish", async () => {
    const text = "A longer answer of several words.";
    const dropped = await failWith(answer({ text, cutAfterBytes: 700 }));
    const closed = await failWith(answer({ text, finishReason: null }));
    const closedWithoutDone = await failWith(answer({ text, finishReason: null, hasDone: false, usage: null }));
    expect(dropped.text).not.toBe("");
    expect(text.startsWith(dropped.text)).toBe(true);
    expect([closed.text, closedWithoutDone.text]).toEqual([text, text]);
    for (const { problem, finish } of [dropped, closed, closedWithoutDone]) {
      expect([short(problem), finish]).toEqual(["cut/connection-dropped", null]);
    }
  });

  test("loses nothing that had arrived before the socket was destroyed", async () => {
    const text = "word ".repeat(2000);
    const one = Buffer.byteLength('data: {"id":"chatcmpl-1"');
    const { text: arrived } = await failWith(answer({ text, deltaLength: 50, cutAfterBytes: 30_000 + one }));
    const eventBytes = await wireSizes(text);
    let sent = 0;
    let whole = 0;
    for (const bytes of eventBytes) {
      sent += bytes;
      if (sent <= 30_000 + one) whole += 1;
    }
    // The first event opens the message and has no text.
    expect(arrived.length).toBe((whole - 1) * 50);
  });

  test("silent before or after its first byte is stalled, and the server sees the socket close", async () => {
    const early = { firstByteMs: 80 };
    const late = { stallMs: 300 };
    const outcomes = [
      await failWith(answer({ text: "Never", headersAfterMs: 60_000 }), { timeouts: early }),
      await failWith(answer({ text: "Never", firstByteAfterMs: 60_000 }), { timeouts: early }),
      await failWith(answer({ text: "Two words", stallAfterBytes: 400 }), { timeouts: late }),
    ];
    expect(outcomes.map(({ problem }) => short(problem))).toEqual(["cut/stalled", "cut/stalled", "cut/stalled"]);
    expect(outcomes.map(({ text }) => text)).toEqual(["", "", "Two word"]);
    for (const request of server.requests) {
      await request.ended;
      expect(request.isAborted).toBe(true);
    }
  });

  test("lives as long as any byte comes, comments of the stream included", async () => {
    const { text, error } = await failWith(
      async (exchange) => {
        exchange.start(200, { "content-type": "text/event-stream" });
        for (let count = 0; count < 7; count += 1) {
          await exchange.write(": still at work\n\n");
          await exchange.wait(100);
        }
        await exchange.write('data: {"choices":[{"delta":{"content":"Done"},"finish_reason":"stop"}]}\n\n');
        exchange.end();
      },
      { timeouts: { firstByteMs: 500, stallMs: 500 } },
    );
    expect([text, error]).toEqual(["Done", null]);
  });

  test("is not taken for silent because its reader is slow", async () => {
    server.reply(answer({ text: "One two three four five six", deltaLength: 4 }));
    const texts: string[] = [];
    const provider = open({ timeouts: { firstByteMs: 5000, stallMs: 250 } });
    for await (const part of provider.stream(aRequest(), new AbortController().signal)) {
      if (part.type !== "text-delta") continue;
      texts.push(part.text);
      await new Promise((resolve) => setTimeout(resolve, texts.length === 1 ? 500 : 0));
    }
    expect(texts.join("")).toBe("One two three four five six");
  });
});

describe("a server that cannot be reached", () => {
  async function unreachable(setting: Setting) {
    const { problem } = await readStream(open(setting));
    if (problem?.kind !== "unreachable") throw new Error(`not unreachable: ${short(problem)}`);
    return problem;
  }

  test.each([
    ["ollama", "OLLAMA_ORIGINS=http://localhost:4173"],
    ["lm-studio", "“Enable CORS”"],
    ["llama-cpp", "check the port"],
    ["custom", "allow the origin http://localhost:4173"],
  ] as const)("because it does not let the page in is told how at %s", async (preset, words) => {
    server.cors = null;
    const { error, isLocal } = await unreachable({ preset });
    expect(error.code).toBe("unreachable");
    expect(error.message).toContain(words);
    expect(isLocal).toBe(true);
  });

  test("because nothing runs there says so", async () => {
    const gone = await startModelServer();
    const { baseUrl } = gone;
    await gone.close();
    const { error, isLocal } = await unreachable({ preset: "ollama", baseUrl, isOffline: () => true });
    expect(error.message).toMatch(/^Nothing answers at 127\.0\.0\.1:\d+: start Ollama, or check the base URL\.$/);
    expect(isLocal).toBe(true);
  });

  test("on the internet says whether the device is offline, or that OpenAI hides a wrong key that way", async () => {
    const down = () => Promise.reject(new TypeError("Failed to fetch"));
    const hidden = (_: string, init: RequestInit) =>
      init.mode === "no-cors" ? Promise.resolve(new Response()) : down();
    const at = { preset: "openai", baseUrl: "https://api.openai.com/v1" } as const;
    const offline = await unreachable({ ...at, fetch: down, isOffline: () => true });
    const away = await unreachable({ ...at, fetch: down });
    const wrongKey = await unreachable({ ...at, fetch: hidden });
    expect(offline.error.message).toContain("This device is offline");
    expect(away.error.message).toContain("OpenAI cannot be reached");
    expect(wrongKey.error.message).toContain("the API key is wrong");
    expect([offline, away, wrongKey].map(({ isLocal }) => isLocal)).toEqual([false, false, false]);
  });

  test("is asked why without key or text, and only by GET", async () => {
    server.cors = null;
    await unreachable({});
    expect(server.requests).toEqual([]);
    expect(
      server.otherRequests.map(({ method, path, headers, body }) => [method, path, headers["authorization"], body]),
    ).toEqual([["GET", "/v1/models", undefined, null]]);
  });
});

describe("[Z1] the key", () => {
  const echoes: readonly [string, Reply][] = [
    ["a refusal that repeats it", status(401, { body: said(`Incorrect API key provided: ${KEY}.`) })],
    ["a refusal in plain text", status(400, { body: `Authorization: Bearer ${KEY} is not welcome` })],
    ["a page that shows it", status(200, { headers: { "content-type": "text/html" }, body: `<p>${KEY}</p>` })],
    ["words in place of a stream", status(200, { body: `who is ${KEY}` })],
    ["a long refusal that is cut in the middle of it", status(400, { body: said(`${"x".repeat(392)}${KEY}`) })],
    [
      "an error in the stream",
      answer({ text: "Hi", inserted: [{ afterDeltas: 1, raw: errorEvent({ message: KEY }) }] }),
    ],
    ["a malformed event", answer({ text: "Hi", inserted: [{ afterDeltas: 1, raw: `data: {"${KEY}\n\n` }] })],
    ["a full context", status(400, { body: said(`maximum context length, ${KEY}`) })],
  ];

  test.each(echoes)("is in no failure: %s", async (_, reply) => {
    const { error } = await failWith(reply);
    expect(error).toBeInstanceOf(ProviderFailure);
    expect(tracesOf(KEY, error)).toEqual([]);
  });

  test("is in no failure of the network", async () => {
    const fetch = () => Promise.reject(new TypeError(`cannot send Bearer ${KEY} to 127.0.0.1`));
    expect(tracesOf(KEY, (await readStream(open({ fetch }))).error)).toEqual([]);
  });

  test.each([`${KEY} ${KEY}`, `${KEY}\n${KEY}`, `“${KEY}”`])(
    "that cannot be a header is refused before an engine can put it into an error: %j",
    async (key) => {
      const { problem, error } = await readStream(open({ key }));
      expect(short(problem)).toBe("error/bad-key");
      expect(tracesOf(KEY, error)).toEqual([]);
      expect([server.requests, server.preflights]).toEqual([[], []]);
    },
  );

  test("goes to the connection's own origin only: a redirect is not followed", async () => {
    const other = await startModelServer();
    const location = `${other.baseUrl}/chat/completions`;
    for (const code of [301, 302, 307, 308]) {
      const { problem } = await failWith(status(code, { headers: { location } }));
      expect(short(problem)).toBe("error/not-an-api");
    }
    expect([other.requests, other.otherRequests, other.preflights]).toEqual([[], [], []]);
    await other.close();
  });

  test("is asked for before anything is sent, at a service that always wants one", async () => {
    const fetch = () => Promise.reject(new Error("must not be called"));
    const { problem } = await readStream(
      open({ key: "", preset: "openai", baseUrl: "https://api.openai.com/v1", fetch }),
    );
    expect(short(problem)).toBe("error/missing-key");
  });
});

test("an address that the app's security policy forbids is refused in words, before anything is sent", async () => {
  const fetch = () => Promise.reject(new Error("must not be called"));
  const { problem } = await readStream(open({ baseUrl: "http://models.example.com/v1", fetch }));
  expect(problem).toMatchObject({ kind: "error", error: { code: "not-an-api" } });
});

test("whatever is thrown besides is a defect in words, never a bare error", async () => {
  const fetch = () => Promise.resolve(new Response(null, { status: 204 }));
  expect(short((await readStream(open({ fetch }))).problem)).toBe("error/not-an-api");
  const request = aRequest();
  const broken = {
    ...request,
    get messages(): never {
      throw new RangeError("a defect");
    },
  };
  const { problem } = await readStream(open(), broken);
  expect(problem).toMatchObject({ kind: "error", error: { code: "internal", detail: "a defect" } });
});

test("a long answer that stalls after a reload's worth of text keeps every word of it", async () => {
  server.reply(longAnswer({ words: 100, seconds: 0.2, continuation: "restart", stallAfterBytes: 6000 }));
  const { text, problem } = await readStream(open({ timeouts: { stallMs: 300 } }));
  expect([short(problem), text.length > 300]).toEqual(["cut/stalled", true]);
});

/** The texts that hold a part of the secret, of everything that an error carries: message, stack, cause, own fields. */
function tracesOf(secret: string, error: unknown): string[] {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    for (const name of Reflect.ownKeys(value)) walk(Reflect.get(value, name));
  };
  walk(error);
  // Half of it counts: a cut that leaves the first characters leaves a secret.
  return texts.filter((text) => text.includes(secret.slice(0, 12)) || text.includes(secret.slice(-8)));
}

/** Bytes of each event of the text's stream, by asking the server without any fault. */
async function wireSizes(text: string): Promise<number[]> {
  server.reply(answer({ text, deltaLength: 50 }));
  const response = await fetch(`${server.baseUrl}/chat/completions`, { method: "POST", body: '{"stream":true}' });
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  return events.map((event) => Buffer.byteLength(event) + 2);
}
