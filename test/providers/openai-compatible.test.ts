import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readId } from "#domain/ids.ts";
import type { CallId } from "#domain/ids.ts";
import type { ConnectionPreset, ModelMessage } from "#domain/model.ts";
import { openConnectionProvider, type ConnectionOptions } from "#providers/openai-compatible.ts";
import type { Provider } from "#providers/provider.ts";
import { browserFetch } from "#test/helpers/browser-fetch.ts";
import { answer, longAnswer, MALFORMED_EVENT, status } from "#test/helpers/model-replies.ts";
import { startModelServer, type ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords, tallyWords } from "#test/helpers/numbered-words.ts";
import { aRequest, readStream, WEATHER_TOOL } from "#test/helpers/stream-outcome.ts";

const PAGE = "http://localhost:4173";
let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  await server.close();
});

function open(
  key: string | null = null,
  options: ConnectionOptions = {},
  preset: ConnectionPreset = "custom",
): Provider {
  const allOptions = { fetch: browserFetch(PAGE), pageOrigin: PAGE, ...options };
  return openConnectionProvider({ preset, baseUrl: server.baseUrl }, key, allOptions);
}

const call = (id: string): CallId => readId<CallId>(id);

describe("an answer", () => {
  test("becomes its text, its reasoning and its usage, each opened and closed once", async () => {
    const usage = {
      prompt_tokens: 30,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 5 },
    };
    server.reply(answer({ reasoning: "Think first.", text: "Then answer.", deltaLength: 6, usage }));
    const { parts } = await readStream(open());
    const field = { maker: `openai-compatible ${server.origin} test-model`, content: { field: "reasoning_content" } };
    expect(parts).toEqual([
      { type: "response-started", requestId: "chatcmpl-1" },
      { type: "reasoning-start", id: "reasoning-1" },
      { type: "reasoning-delta", id: "reasoning-1", text: "Think " },
      { type: "reasoning-delta", id: "reasoning-1", text: "first." },
      { type: "reasoning-end", id: "reasoning-1", opaque: field },
      { type: "text-start", id: "text-2" },
      { type: "text-delta", id: "text-2", text: "Then a" },
      { type: "text-delta", id: "text-2", text: "nswer." },
      { type: "text-end", id: "text-2" },
      {
        type: "finish",
        reason: "stop",
        usage: { inputTokens: 30, outputTokens: 12, cachedInputTokens: 20, reasoningTokens: 5 },
      },
    ]);
  });

  test("without any text is just a finish", async () => {
    server.reply(answer({}));
    const { parts, finish } = await readStream(open());
    expect(parts.map(({ type }) => type)).toEqual(["response-started", "finish"]);
    expect(finish?.reason).toBe("stop");
  });

  test.each([
    ["length", "length"],
    ["content_filter", "content-filter"],
    ["tool_calls", "stop"],
    ["something new", "other"],
  ] as const)("with the finish reason %s finishes as %s", async (finishReason, reason) => {
    server.reply(answer({ text: "Half", finishReason }));
    const { finish, text } = await readStream(open());
    expect([text, finish?.reason]).toEqual(["Half", reason]);
  });

  test("is one part for each delta of the server, however long it is", async () => {
    const text = numberedWords(10_300);
    server.reply(answer({ text, deltaLength: 20 }));
    const outcome = await readStream(open());
    expect(text.length).toBeGreaterThan(100_000);
    expect(outcome.text).toBe(text);
    expect(outcome.parts.length).toBe(Math.ceil(text.length / 20) + 4);
  });

  test("keeps letters whole that the network split between two chunks", async () => {
    const text = "Grüße aus 東京 👩‍🚀 und 𝒳, ja.";
    server.reply(answer({ text, deltaLength: 3, bytesPerWrite: 1 }));
    expect((await readStream(open())).text).toBe(text);
  });

  test("that comes whole, because a server does not stream, has the same parts", async () => {
    const toolCalls = [{ id: "call_a", name: "weather", arguments: '{"location":"Oslo"}' }];
    server.reply(async (exchange) => {
      exchange.start(200, { "content-type": "application/json; charset=utf-8" });
      const tool = {
        id: "call_a",
        type: "function",
        function: { name: "weather", arguments: toolCalls[0]?.arguments },
      };
      const message = { role: "assistant", content: "Looking.", tool_calls: [tool] };
      const choices = [{ index: 0, message, finish_reason: "tool_calls" }];
      await exchange.write(JSON.stringify({ id: "chatcmpl-9", choices, usage: { prompt_tokens: 3 } }));
      exchange.end();
    });
    const outcome = await readStream(open());
    expect(outcome.text).toBe("Looking.");
    expect(outcome.calls.map(({ tool, input }) => [tool, input])).toEqual([["weather", '{"location":"Oslo"}']]);
    expect(outcome.finish?.reason).toBe("tool-calls");
    expect(outcome.finish?.usage.inputTokens).toBe(3);
  });

  test("finishes although the server forgets [DONE], and although it never closes the connection", async () => {
    server.reply(answer({ text: "One", hasDone: false }), async (exchange) => {
      exchange.start(200, { "content-type": "text/event-stream" });
      await exchange.write(
        'data: {"choices":[{"delta":{"content":"Two"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
      await exchange.stall();
    });
    const provider = open(null, { timeouts: { stallMs: 400 } });
    expect((await readStream(provider)).finish?.reason).toBe("stop");
    const second = await readStream(provider);
    expect([second.text, second.finish?.reason, second.error]).toEqual(["Two", "stop", null]);
  });

  test("goes on over events that are no part of it", async () => {
    const inserted = [
      { afterDeltas: 0, raw: ": processing\n\n" },
      { afterDeltas: 1, raw: 'event: ping\ndata: {"type":"ping"}\n\n' },
    ];
    server.reply(answer({ text: "Two words", deltaLength: 4, inserted }));
    const outcome = await readStream(open());
    expect([outcome.text, outcome.error]).toEqual(["Two words", null]);
  });
});

describe("tool calls", () => {
  const toolCalls = [
    { id: "call_a", name: "weather", arguments: '{"location":"San Francisco"}' },
    { id: "call_b", name: "weather", arguments: '{"location":"Zürich"}' },
    { id: "call_c", name: "list_files", arguments: "" },
  ];

  test.each([{ isInterleaved: false }, { isInterleaved: true }])(
    "in parallel and in fragments come whole, once each (%o)",
    async (order) => {
      server.reply(answer({ text: "Looking.", toolCalls, deltaLength: 5, ...order }));
      const outcome = await readStream(open(), aRequest({ tools: [WEATHER_TOOL] }));
      expect(outcome.parts.filter(({ type }) => type !== "text-delta").map(({ type }) => type)).toEqual([
        "response-started",
        "text-start",
        "text-end",
        "tool-input-start",
        "tool-input-start",
        "tool-input-start",
        "tool-call",
        "tool-call",
        "tool-call",
        "finish",
      ]);
      expect(outcome.calls.map(({ id, tool, input }) => [id, tool, input])).toEqual([
        ["call_a", "weather", '{"location":"San Francisco"}'],
        ["call_b", "weather", '{"location":"Zürich"}'],
        ["call_c", "list_files", "{}"],
      ]);
      expect(outcome.finish?.reason).toBe("tool-calls");
    },
  );

  test("count as such although the server says that it stopped", async () => {
    server.reply(answer({ toolCalls: toolCalls.slice(0, 1), finishReason: "stop" }));
    expect((await readStream(open())).finish?.reason).toBe("tool-calls");
  });

  test("[T1] are not passed on when their input was cut: half a call must not run", async () => {
    const inserted = [{ afterDeltas: 4, raw: MALFORMED_EVENT }];
    server.reply(
      answer({ toolCalls, deltaLength: 5, inserted }),
      answer({ toolCalls, deltaLength: 5, finishReason: null }),
    );
    const provider = open();
    for (const expected of ["error", "cut"]) {
      const outcome = await readStream(provider);
      expect(outcome.parts.some(({ type }) => type === "tool-input-start")).toBe(true);
      expect([outcome.calls, outcome.problem?.kind]).toEqual([[], expected]);
    }
  });

  test("[E7] give back to their maker what it wants to see again, and to nobody else", async () => {
    const event = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ id: "x", choices: [{ delta, finish_reason: finish }] })}\n\n`;
    server.reply(async (exchange) => {
      exchange.start(200, { "content-type": "text/event-stream" });
      const text = { type: "reasoning.text", text: "Let me ", index: 0, signature: null };
      await exchange.write(event({ reasoning: "Let me ", reasoning_details: [text] }, null));
      const end = { type: "reasoning.text", text: "look.", index: 0, signature: "signed" };
      const encrypted = { type: "reasoning.encrypted", data: "aGk=", id: "call_g" };
      await exchange.write(event({ reasoning: "look.", reasoning_details: [end, encrypted] }, null));
      const extra = { google: { thought_signature: "thought" } };
      const tool = { index: 0, id: "call_g", function: { name: "weather", arguments: "{}" }, extra_content: extra };
      await exchange.write(event({ tool_calls: [tool] }, "tool_calls"));
      exchange.end();
    });
    const first = await readStream(open());
    const opaque = first.calls[0]?.opaque;
    if (opaque === undefined) throw new Error("The call has nothing to give back.");
    const messages: ModelMessage[] = [
      { role: "user", text: "Weather?", attachments: [] },
      {
        role: "assistant",
        content: [{ kind: "tool-call", callId: call("c1"), tool: "weather", input: {}, opaque }],
      },
      { role: "tool", results: [{ callId: call("c1"), tool: "weather", ok: true, text: "Rain.", value: null }] },
    ];
    const provider = open();
    await readStream(provider, aRequest({ messages }));
    await readStream(provider, aRequest({ messages, model: "other-model" }));
    const [, back, foreign] = server.requests.map(({ body }) => JSON.stringify(body));
    expect(server.requests[1]?.body).toMatchObject({
      messages: [
        { role: "user" },
        {
          tool_calls: [{ id: "call_g", extra_content: { google: { thought_signature: "thought" } } }],
          reasoning_details: [
            { type: "reasoning.text", text: "Let me look.", index: 0, signature: "signed" },
            { type: "reasoning.encrypted", data: "aGk=", id: "call_g" },
          ],
        },
        { role: "tool", tool_call_id: "call_g", content: "Rain." },
      ],
    });
    expect(back).toContain("aGk=");
    for (const secret of ["aGk=", "signed", "thought", "call_g"]) expect(foreign).not.toContain(secret);
  });
});

describe("a request", () => {
  test("carries the model, the instructions, the transcript and the tools, and asks for usage", async () => {
    const messages: ModelMessage[] = [
      { role: "user", text: "Weather?", attachments: [] },
      { role: "assistant", content: [{ kind: "text", text: "In Oslo it rains." }] },
      { role: "user", text: "And here?", attachments: [] },
    ];
    await readStream(open(), aRequest({ instructions: "Be brief.", messages, tools: [WEATHER_TOOL] }));
    expect(server.requests[0]?.body).toEqual({
      model: "test-model",
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
        { role: "assistant", content: "In Oslo it rains." },
        { role: "user", content: "And here?" },
      ],
      tools: [
        {
          type: "function",
          function: { name: "weather", description: WEATHER_TOOL.description, parameters: WEATHER_TOOL.inputSchema },
        },
      ],
    });
  });

  test("[Z1] names no header to the preflight but authorization and content-type", async () => {
    const outcome = await readStream(open("sk-canary"));
    expect(outcome.error).toBe(null);
    expect(server.preflights.map(({ headers }) => headers["access-control-request-headers"])).toEqual([
      "authorization,content-type",
    ]);
    expect(server.requests[0]?.headers["authorization"]).toBe("Bearer sk-canary");
    expect(server.requests[0]?.headers["user-agent"] ?? "").not.toContain("ai-sdk");
  });

  test("goes without a key where the connection has none", async () => {
    await readStream(open("  "));
    expect(server.requests[0]?.headers["authorization"]).toBeUndefined();
  });

  test("ends with the unfinished answer, so that a server goes on where it stands", async () => {
    server.always(longAnswer({ words: 60, seconds: 0.1, continuation: "continue" }));
    const whole = numberedWords(60);
    const partial = whole.slice(0, 200);
    const messages: ModelMessage[] = [
      { role: "user", text: "Count.", attachments: [] },
      { role: "assistant", content: [{ kind: "text", text: partial }] },
    ];
    const provider = open(null, {}, "llama-cpp");
    expect(provider.continuation).toBe("prefill");
    const outcome = await readStream(provider, aRequest({ messages, isPrefill: true }));
    expect(server.requests[0]?.body).toMatchObject({
      messages: [{ role: "user" }, { role: "assistant", content: partial }],
    });
    expect(tallyWords(partial + outcome.text, 60)).toEqual({ isWhole: true, missing: [], repeated: [] });
  });

  test.each([
    ["openai", "instruct"],
    ["openrouter", "instruct"],
    ["ollama", "prefill"],
    ["lm-studio", "prefill"],
    ["llama-cpp", "prefill"],
    ["custom", "instruct"],
  ] as const)("at %s is continued by %s", (preset, style) => {
    expect(open(null, {}, preset).continuation).toBe(style);
  });

  test.each([
    "Assistant response prefill is incompatible with enable_thinking.",
    "This model does not support assistant message prefill. The conversation must end with a user message.",
  ])("says in words to go on where a model takes no unfinished answer: %s", async (refusal) => {
    server.reply(status(400, { body: { error: { message: refusal } } }), answer({ text: " words" }));
    const messages: ModelMessage[] = [
      { role: "user", text: "Two words.", attachments: [] },
      { role: "assistant", content: [{ kind: "text", text: "Two" }] },
    ];
    const outcome = await readStream(open(null, {}, "llama-cpp"), aRequest({ messages, isPrefill: true }));
    expect([outcome.text, outcome.error]).toEqual([" words", null]);
    expect(outcome.parts[0]).toMatchObject({ type: "response-started", continuation: "instruct" });
    expect(server.requests[1]?.body).toMatchObject({
      messages: [
        { role: "user" },
        { role: "assistant", content: "Two" },
        { role: "user", content: expect.stringMatching(/Go on exactly where it stops/) },
      ],
    });
  });

  test("goes once more without tools, and without usage, where that is all that the server lacks", async () => {
    server.reply(
      status(400, { body: { error: { message: "registry.ollama.ai/library/gemma:2b does not support tools" } } }),
      status(422, { body: { detail: [{ msg: "Extra inputs are not permitted: stream_options" }] } }),
      answer({ text: "Without." }),
      answer({ text: "Again." }),
    );
    const provider = open();
    const request = aRequest({ tools: [WEATHER_TOOL] });
    expect((await readStream(provider, request)).text).toBe("Without.");
    expect((await readStream(provider, request)).text).toBe("Again.");
    const last = server.requests.slice(2).map(({ body }) => body);
    expect(server.requests).toHaveLength(4);
    for (const body of last) {
      expect(body).not.toHaveProperty("tools");
      expect(body).not.toHaveProperty("stream_options");
    }
  });
});

describe("stopping", () => {
  test("[C2] throws the AbortError at once, and the server sees the socket close", async () => {
    server.reply(longAnswer({ words: 400, seconds: 60, continuation: "restart" }));
    const controller = new AbortController();
    const outcome = await readStream(open(), aRequest(), controller.signal, (part) => {
      if (part.type === "text-delta") controller.abort();
    });
    expect(outcome.error).toMatchObject({ name: "AbortError" });
    expect(outcome.text).not.toBe("");
    await server.requests[0]?.ended;
    expect(server.requests[0]?.isAborted).toBe(true);
  });

  test("[C2] before the first byte, and before the request, throws the AbortError as well", async () => {
    server.reply(answer({ text: "Late", headersAfterMs: 60_000 }));
    const controller = new AbortController();
    const stream = readStream(open(), aRequest(), controller.signal);
    const request = await server.waitForRequest(1);
    controller.abort();
    expect((await stream).error).toMatchObject({ name: "AbortError" });
    await request.ended;
    expect(request.isAborted).toBe(true);
    expect((await readStream(open(), aRequest(), AbortSignal.abort())).error).toMatchObject({ name: "AbortError" });
    expect(server.requests).toHaveLength(1);
  });

  test("does not wait for a fetch that is deaf to its signal", async () => {
    const controller = new AbortController();
    const deaf = () => {
      controller.abort();
      return new Promise<Response>(() => undefined);
    };
    const outcome = await readStream(open(null, { fetch: deaf }), aRequest(), controller.signal);
    expect(outcome.error).toMatchObject({ name: "AbortError" });
  });

  test("does not wait for a body that is deaf to its signal", async () => {
    const controller = new AbortController();
    const event = 'data: {"choices":[{"delta":{"content":"Two"}}]}\n\n';
    const body = () => new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(event)) });
    const deaf = () => Promise.resolve(new Response(body(), { headers: { "content-type": "text/event-stream" } }));
    const outcome = await readStream(open(null, { fetch: deaf }), aRequest(), controller.signal, (part) => {
      if (part.type === "text-delta") controller.abort();
    });
    expect(outcome.error).toMatchObject({ name: "AbortError" });
  });

  test("[Z3] leaves no listener on the signal, however the stream ended", async () => {
    const { signal } = new AbortController();
    const text = "Two words";
    server.reply(answer({ text }), answer({ text, finishReason: null }), status(500), answer({ text }));
    const provider = open();
    for (let count = 0; count < 3; count += 1) await readStream(provider, aRequest(), signal);
    for await (const part of provider.stream(aRequest(), signal)) if (part.type === "text-delta") break;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("[Z3] by breaking off the reading closes the connection", async () => {
    server.reply(longAnswer({ words: 400, seconds: 60, continuation: "restart" }));
    for await (const part of open().stream(aRequest(), new AbortController().signal)) {
      if (part.type === "text-delta") break;
    }
    await server.requests[0]?.ended;
    expect(server.requests[0]?.isAborted).toBe(true);
  });
});

test("nothing is written to the console, whatever happens", async () => {
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => undefined),
  );
  server.reply(answer({ text: "Fine" }), answer({ inserted: [{ afterDeltas: 0, raw: MALFORMED_EVENT }] }), status(500));
  const provider = open("sk-canary");
  for (let count = 0; count < 3; count += 1) await readStream(provider, aRequest({ tools: [WEATHER_TOOL] }));
  expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
  for (const spy of spies) spy.mockRestore();
});
