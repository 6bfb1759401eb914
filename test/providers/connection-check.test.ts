import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionPreset } from "#domain/model.ts";
import { checkConnection, listModels, type ConnectionVerdict } from "#providers/connection-check.ts";
import type { ConnectionOptions } from "#providers/openai-compatible.ts";
import { readModelList } from "#providers/model-list.ts";
import { browserFetch } from "#test/helpers/browser-fetch.ts";
import { answer, status, webPage } from "#test/helpers/model-replies.ts";
import { startModelServer, type ModelServer } from "#test/helpers/model-server.ts";

const PAGE = "http://localhost:4173";
const KEY = "sk-canary-7fK2mQ9x";
let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  await server.close();
});

interface Attempt extends ConnectionOptions {
  readonly preset?: ConnectionPreset;
  readonly baseUrl?: string;
  readonly apiKey?: string | null;
  readonly model?: string;
}

function check({ preset = "custom", baseUrl = server.baseUrl, apiKey = null, model = "", ...options }: Attempt = {}) {
  return checkConnection(
    { preset, baseUrl, apiKey, model },
    { fetch: browserFetch(PAGE), pageOrigin: PAGE, ...options },
  );
}

function stepsOf(verdict: ConnectionVerdict): readonly string[] {
  return verdict.ok ? [] : verdict.steps;
}

describe("a connection that works", () => {
  test("lists its models by one GET and asks for no answer", async () => {
    const verdict = await check({ apiKey: KEY });
    expect(verdict).toMatchObject({ ok: true, models: [{ id: "other-model" }, { id: "test-model" }] });
    expect(verdict.message).toMatch(/^Connected to 127\.0\.0\.1:\d+: 2 models\.$/);
    expect(server.otherRequests.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
    expect(server.requests).toEqual([]);
  });

  test("says so when the chosen model is not in the list", async () => {
    expect((await check({ model: "test-model" })).message).not.toContain("not among");
    expect((await check({ model: "gpt-9" })).message).toContain("“gpt-9” is not among them");
  });

  test("without a list is tried with an answer of one token", async () => {
    server.models = null;
    const verdict = await check({ model: "test-model" });
    expect(verdict).toMatchObject({ ok: true, models: [] });
    expect(server.requests[0]?.body).toMatchObject({ model: "test-model", max_tokens: 1, stream: false });
  });

  test("with a list but without models says what to do", async () => {
    server.models = [];
    expect(await check()).toMatchObject({ ok: true, models: [], message: expect.stringMatching(/no model yet/) });
  });
});

describe("a connection that does not work says why and what to do", () => {
  test("at a wrong key, and without one", async () => {
    server.apiKey = "sk-other";
    const wrong = await check({ apiKey: KEY });
    const none = await check();
    expect([wrong.ok, none.ok]).toEqual([false, false]);
    expect(wrong.message).toContain("refused the API key");
    expect(none.message).toContain("wants an API key");
    expect(JSON.stringify([wrong, none])).not.toContain(KEY);
  });

  test("when the server does not let the page in, with the setting that does", async () => {
    server.cors = null;
    const verdict = await check({ preset: "ollama" });
    expect(verdict.message).toContain(`OLLAMA_ORIGINS=${PAGE}`);
    expect(stepsOf(verdict).join("\n")).toContain(`OLLAMA_ORIGINS=${PAGE} ollama serve`);
  });

  test("when the server refuses the headers of the request", async () => {
    server.cors = { allowHeaders: [] };
    const verdict = await check({ apiKey: KEY });
    expect(verdict.message).toContain("allow the origin");
    expect(stepsOf(verdict).join("\n")).toContain("headers authorization and content-type");
  });

  test("when nothing runs there", async () => {
    const gone = await startModelServer();
    const { baseUrl } = gone;
    await gone.close();
    const verdict = await check({ preset: "lm-studio", baseUrl });
    expect(verdict.message).toContain("start LM Studio");
    expect(stepsOf(verdict).length).toBeGreaterThan(0);
  });

  test("when there is no network", async () => {
    const fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    const verdict = await check({ baseUrl: "https://api.example.com/v1", fetch, isOffline: () => true });
    expect(verdict.message).toContain("This device is offline");
  });

  test.each([
    ["a page", webPage()],
    ["plain words", status(200, { body: "Ollama is running" })],
  ])("when %s stands there and no API", async (_, reply) => {
    server.answerModelsWith(reply);
    const verdict = await check({ model: "test-model" });
    expect(verdict.message).toContain("offers no chat API");
    expect(stepsOf(verdict).join(" ")).toContain("/v1");
    expect(server.requests).toEqual([]);
  });

  test("when there is neither list nor endpoint, or no model to try", async () => {
    server.models = null;
    expect((await check()).message).toContain("name a model");
    server.reply(status(404));
    expect((await check({ model: "x" })).message).toContain("offers no chat API");
  });

  test("when there is no credit, when the server fails, and when it is silent", async () => {
    server.answerModelsWith(status(402));
    expect((await check({ apiKey: KEY })).message).toContain("credit is used up");
    server.answerModelsWith(status(503, { body: { error: { message: "Down for repairs" } } }));
    const failed = await check();
    expect(stepsOf(failed)).toEqual(["The server said: Down for repairs"]);
    server.answerModelsWith(answer({ headersAfterMs: 60_000 }));
    expect((await check({ timeouts: { firstByteMs: 60 } })).message).toContain("did not answer in time");
  });

  test("when the address or the key cannot be right, without asking anybody", async () => {
    const fetch = () => Promise.reject(new Error("must not be called"));
    expect((await check({ baseUrl: "http://example.com/v1", fetch })).message).toContain("use https://example.com");
    expect((await check({ apiKey: "two words", fetch })).message).toContain("The API key has characters");
    expect((await check({ preset: "openai", baseUrl: "https://api.openai.com/v1", fetch })).message).toContain(
      "OpenAI wants an API key",
    );
  });
});

describe("OpenRouter, whose list is public,", () => {
  const at = { preset: "openrouter", baseUrl: "https://openrouter.ai/api/v1", apiKey: KEY } as const;
  const json = (body: object, code = 200) =>
    new Response(JSON.stringify(body), { status: code, headers: { "content-type": "application/json" } });
  const service = (key: () => Response) => (url: string) =>
    Promise.resolve(url.endsWith("/key") ? key() : json({ data: [{ id: "a/b", name: "A: B", context_length: 4096 }] }));

  test("is asked about the key itself", async () => {
    const good = await check({ ...at, fetch: service(() => json({ data: { limit_remaining: 2 } })) });
    const wrong = await check({ ...at, fetch: service(() => json({ error: { message: "No auth" } }, 401)) });
    const spent = await check({ ...at, fetch: service(() => json({ data: { limit_remaining: 0 } })) });
    expect(good).toMatchObject({ ok: true, models: [{ id: "a/b", label: "A: B", contextTokens: 4096 }] });
    expect(wrong.message).toContain("OpenRouter refused the API key");
    expect(spent).toMatchObject({ ok: false, message: expect.stringMatching(/credit limit is used up/) });
  });
});

test("a list of models is read in its many forms, without those that give no text", () => {
  const ids = (body: Parameters<typeof readModelList>[0]) => readModelList(body)?.map(({ id }) => id) ?? null;
  expect(ids({ data: [{ id: "gpt-5" }, { id: "text-embedding-3" }, { id: "whisper-1" }, { id: "gpt-4" }] })).toEqual([
    "gpt-4",
    "gpt-5",
  ]);
  expect(ids({ models: [{ name: "models/gemini" }] })).toEqual(["models/gemini"]);
  expect(ids([{ id: "a" }])).toEqual(["a"]);
  expect(ids({ data: [{ id: "nomic-embed-text" }] })).toEqual(["nomic-embed-text"]);
  expect(ids({ object: "list", data: [] })).toEqual([]);
  expect(ids({ hello: "world" })).toBe(null);
  expect(ids("words")).toBe(null);
});

test("the list alone can be had, and is empty where a server has none", async () => {
  const connection = { preset: "custom", baseUrl: server.baseUrl } as const;
  expect((await listModels(connection, null)).map(({ id }) => id)).toEqual(["other-model", "test-model"]);
  server.models = null;
  expect(await listModels(connection, null)).toEqual([]);
});
