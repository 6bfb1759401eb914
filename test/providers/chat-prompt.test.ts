import { describe, expect, test } from "vitest";
import { readId } from "#domain/ids.ts";
import type { BlobId, CallId } from "#domain/ids.ts";
import type { ModelContent, ModelMessage } from "#domain/model.ts";
import { toPrompt } from "#providers/chat-prompt.ts";
import { aRequest } from "#test/helpers/stream-outcome.ts";

const MAKER = "openai-compatible https://example.com m";

const callId = (text: string): CallId => readId<CallId>(text);
const user = (text: string): ModelMessage => ({ role: "user", text, attachments: [] });
const call = (id: string, fields: Partial<Extract<ModelContent, { kind: "tool-call" }>> = {}): ModelContent => ({
  kind: "tool-call",
  callId: callId(id),
  tool: "weather",
  input: { location: "Oslo" },
  ...fields,
});
const result = (id: string, text = "Rain."): ModelMessage => ({
  role: "tool",
  results: [{ callId: callId(id), tool: "weather", ok: true, text, value: null }],
});
const assistant = (...content: readonly ModelContent[]): ModelMessage => ({ role: "assistant", content });
const prompt = (...messages: readonly ModelMessage[]) => toPrompt(aRequest({ messages }), MAKER);

describe("[T3] calls and results", () => {
  test("stand in pairs whatever the transcript holds: a missing result is made up as interrupted, a lost one dropped", () => {
    const made = prompt(user("?"), assistant(call("a"), call("b")), user("Well?"), result("b"), result("lost"));
    expect(made.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
    expect(made[2]).toMatchObject({
      content: [
        { toolCallId: "call00001", output: { type: "error-text", value: expect.stringMatching(/interrupted/) } },
        { toolCallId: "call00002", output: { type: "text", value: "Rain." } },
      ],
    });
  });

  test("are called by the ids that the model gave, as long as each is used once", () => {
    const opaque = { maker: MAKER, content: { callId: "call_0" } };
    const made = prompt(
      user("?"),
      assistant(call("a", { opaque })),
      result("a"),
      assistant(call("b", { opaque })),
      result("b"),
    );
    const ids = made.flatMap((message) =>
      message.role === "tool" ? message.content.map((part) => ("toolCallId" in part ? part.toolCallId : "")) : [],
    );
    expect(ids).toEqual(["call_0", "call00002"]);
  });

  test("with an input that never came whole have an empty one", () => {
    expect(prompt(user("?"), assistant(call("a", { input: null })), result("a"))[1]).toMatchObject({
      content: [{ type: "tool-call", input: {} }],
    });
  });
});

describe("messages", () => {
  test("name the files beside them, and where tools can read them", () => {
    const attachment = {
      blobId: readId<BlobId>("b1"),
      name: "Plan.md",
      mediaType: "text/markdown",
      size: 120,
      path: "plan.md",
    };
    const made = prompt({ role: "user", text: "Read this.", attachments: [attachment] });
    expect(made[0]).toEqual({
      role: "user",
      content: [
        {
          type: "text",
          text: "Read this.\n\nAttached files, in the workspace:\n- Plan.md: plan.md (text/markdown, 120 bytes)",
        },
      ],
    });
  });

  test("without any content are left out: servers refuse them", () => {
    const empty = assistant({ kind: "text", text: "" }, { kind: "reasoning", text: "Only thought" });
    expect(prompt(user("?"), empty).map(({ role }) => role)).toEqual(["user"]);
  });

  test("[V4] with half a character are mended, so that no server refuses the request", () => {
    const made = JSON.stringify(prompt(user("half \ud83d"), assistant({ kind: "text", text: "\udc69 half" })));
    expect(made.isWellFormed() && !made.includes("\\ud83d") && !made.includes("\\udc69")).toBe(true);
  });
});

describe("[E7] reasoning", () => {
  const opaque = { maker: MAKER, content: { field: "reasoning_content" } };
  const thought = (fields: object = { opaque }): ModelContent => ({ kind: "reasoning", text: "Hm.", ...fields });
  const hasThought = (...messages: readonly ModelMessage[]) => JSON.stringify(prompt(...messages)).includes("Hm.");

  test("goes back with the calls of the same turn that it led to", () => {
    expect(hasThought(user("?"), assistant(thought(), call("a")), result("a"))).toBe(true);
  });

  test.each([
    ["of an earlier turn", [user("?"), assistant(thought(), call("a")), result("a"), user("And now?")]],
    ["without a call", [user("?"), assistant(thought(), { kind: "text", text: "So." })]],
    [
      "of another maker",
      [user("?"), assistant(thought({ opaque: { ...opaque, maker: "x" } }), call("a")), result("a")],
    ],
    [
      "of a server that has another field for it",
      [
        user("?"),
        assistant(thought({ opaque: { maker: MAKER, content: { field: "reasoning" } } }), call("a")),
        result("a"),
      ],
    ],
  ] as const)("%s stays here", (_, messages) => {
    expect(hasThought(...messages)).toBe(false);
  });
});
