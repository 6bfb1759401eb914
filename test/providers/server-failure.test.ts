import { describe, expect, test } from "vitest";
import { complaintOfError, complaintOfResponse, problemOf, unsupportedFeature } from "#providers/server-failure.ts";

const context = { preset: "custom", name: "host", model: "m", apiKey: "sk-1", now: () => 0 } as const;

function kindOf(status: number, body: unknown): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const problem = problemOf(complaintOfResponse(new Response(text, { status }), text), context);
  return problem.kind === "error" ? problem.error.code : problem.kind;
}

const message = (text: string) => ({ error: { message: text } });

describe("a context that is full is recognised in the words of", () => {
  test.each([
    ["OpenAI", 400, { error: { message: "Too long.", code: "context_length_exceeded" } }],
    ["vLLM", 400, message("This model's maximum context length is 4096 tokens. However, you requested 4100 tokens.")],
    [
      "llama.cpp",
      400,
      { error: { message: "the request exceeds the available context size", type: "exceed_context_size_error" } },
    ],
    ["llama.cpp, with a failure's status", 500, message("context size exceeded")],
    ["Ollama", 400, message("prompt too long; exceeded max context length by 12 tokens")],
    [
      "LM Studio",
      400,
      {
        error:
          "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
      },
    ],
    [
      "LM Studio, another",
      400,
      { error: "The number of tokens to keep from the initial prompt is greater than the context length" },
    ],
    [
      "OpenRouter",
      400,
      {
        error: {
          message: "Provider returned error",
          metadata: { raw: "This endpoint's maximum context length is 8192 tokens" },
        },
      },
    ],
    ["Anthropic", 400, message("prompt is too long: 210000 tokens > 200000 maximum")],
    [
      "Google",
      400,
      [
        {
          error: { message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)." },
        },
      ],
    ],
    [
      "Mistral",
      400,
      {
        message:
          "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
      },
    ],
    [
      "xAI",
      400,
      {
        code: "Client specified an invalid argument",
        error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
      },
    ],
    ["Groq", 413, message("Please reduce the length of the messages or completion.")],
    ["TGI", 422, { error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096" }],
    ["Bedrock", 400, message("Input is too long for requested model.")],
  ] as const)("%s", (_, status, body) => {
    expect(kindOf(status, body)).toBe("context-full");
  });

  test("nobody who only speaks of limits", () => {
    expect(kindOf(429, message("Rate limit reached: tokens per min, request too large"))).toBe("rate-limited");
    expect(kindOf(400, message("max_tokens is too large: 100000"))).toBe("bad-request");
    expect(kindOf(400, message("messages: at least one message is required"))).toBe("bad-request");
  });
});

test.each([
  [400, message("API key not valid. Please pass a valid API key."), "bad-key"],
  [400, { error: "Incorrect API key provided: xa***" }, "bad-key"],
  [400, message("x is not a valid model ID"), "model-not-found"],
  [404, { error: { message: 'model "llama9" not found, try pulling it first' } }, "model-not-found"],
  [404, { error: { message: "File Not Found", type: "not_found_error", code: 404 } }, "not-an-api"],
  [404, "<html><title>404</title></html>", "not-an-api"],
  [405, "", "not-an-api"],
  [400, message("Your credit balance is too low"), "no-credit"],
  [403, message("insufficient_quota"), "no-credit"],
  [422, { detail: [{ msg: "Field required" }] }, "bad-request"],
  [451, "", "bad-request"],
] as const)("%s with %o is %s", (status, body, expected) => {
  expect(kindOf(status, body)).toBe(expected);
});

test("an error without a status takes it from its own code or type", () => {
  const codes = [{ code: 429, message: "a" }, { type: "overloaded_error" }, { type: "invalid_request_error" }, "words"];
  expect(codes.map((error) => complaintOfError(error).status)).toEqual([429, 529, 400, null]);
});

test("a page that refuses gives only its title as the detail", () => {
  const body = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
  const problem = problemOf(complaintOfResponse(new Response(body, { status: 502 }), body), context);
  expect(problem).toMatchObject({ error: { detail: "502 Bad Gateway" } });
});

test("a feature that a server lacks is told from a mistake in the request", () => {
  const feature = (status: number, text: string) =>
    unsupportedFeature({ status, code: null, message: text, headers: null });
  expect(feature(400, "gemma:2b does not support tools")).toBe("tools");
  expect(feature(404, "No endpoints found that support tool use.")).toBe("tools");
  expect(feature(400, "Unrecognized request argument: stream_options")).toBe("usage");
  expect(feature(400, "tools[0].function.name is invalid")).toBe(null);
  expect(feature(500, "does not support tools")).toBe(null);
});
