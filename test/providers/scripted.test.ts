import { describe, expect, test } from "vitest";
import type { ModelRequest, StreamPart } from "#providers/provider.ts";
import { ProviderFailure } from "#providers/provider.ts";
import type { ScriptedProvider } from "#providers/scripted.ts";
import { callTool, finish, gate, say, scriptedProvider } from "#providers/scripted.ts";

const request: ModelRequest = { model: "m", instructions: "", messages: [], tools: [], isPrefill: false };

async function readAll(provider: ScriptedProvider, into: StreamPart[], signal = new AbortController().signal) {
  for await (const part of provider.stream(request, signal)) into.push(part);
}

const textOf = (parts: readonly StreamPart[]): string =>
  parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");

describe("the scripted provider", () => {
  test("plays one script a request, in order, and keeps every request", async () => {
    const provider = scriptedProvider([
      [callTool("c1", "calculate", { expression: "1+1" }), finish("tool-calls")],
      [...say("2"), finish("stop")],
    ]);
    const first: StreamPart[] = [];
    const second: StreamPart[] = [];
    await readAll(provider, first);
    await readAll(provider, second);
    expect(first[0]).toEqual({ type: "tool-call", id: "c1", tool: "calculate", input: '{"expression":"1+1"}' });
    expect(textOf(second)).toBe("2");
    expect(provider.requests).toEqual([request, request]);
    expect(provider.openStreams).toBe(0);
  });

  test("waits for the promise that it was handed, and not longer", async () => {
    const [paused, goOn] = gate();
    const [reached, mark] = gate();
    const provider = scriptedProvider([
      [
        { type: "text-start", id: "t" },
        { type: "text-delta", id: "t", text: "a" },
        { type: "note", run: mark },
        { type: "wait", until: paused },
        { type: "text-delta", id: "t", text: "b" },
        finish("stop"),
      ],
    ]);
    const parts: StreamPart[] = [];
    const done = readAll(provider, parts);
    await reached;
    expect(textOf(parts)).toBe("a");
    goOn();
    await done;
    expect(textOf(parts)).toBe("ab");
  });

  test("fails with the given problem at the given point and leaves what came before", async () => {
    const problem = { kind: "cut", cause: "stalled" } as const;
    const provider = scriptedProvider([[...say("half"), { type: "fail", problem }, ...say("never")]]);
    const parts: StreamPart[] = [];
    const failure = await readAll(provider, parts).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderFailure);
    expect((failure as ProviderFailure).problem).toBe(problem);
    expect(textOf(parts)).toBe("half");
  });

  test("throws a defect as it is", async () => {
    const error = new TypeError("a defect");
    await expect(readAll(scriptedProvider([[{ type: "throw", error }]]), [])).rejects.toBe(error);
  });

  test("[C2] a silent stream ends with the AbortError when it is stopped", async () => {
    const controller = new AbortController();
    const [reached, mark] = gate();
    const provider = scriptedProvider([[...say("x"), { type: "note", run: mark }, { type: "hang" }]]);
    const done = readAll(provider, [], controller.signal);
    await reached;
    // Lets all that is due run, so that the stop finds the stream already silent.
    await new Promise(setImmediate);
    controller.abort();
    await expect(done).rejects.toMatchObject({ name: "AbortError" });
    expect(provider.openStreams).toBe(0);
  });

  test("a deaf provider does not notice the stop", async () => {
    const controller = new AbortController();
    controller.abort();
    const parts: StreamPart[] = [];
    await readAll(scriptedProvider([[...say("still"), finish("stop")]], { isDeaf: true }), parts, controller.signal);
    expect(textOf(parts)).toBe("still");
  });

  test("a request too many fails and says which", async () => {
    await expect(readAll(scriptedProvider([]), [])).rejects.toThrow("The script has no answer for request 1.");
  });

  test("a script may be made from the request", async () => {
    const provider = scriptedProvider([(asked) => say(asked.model)], { continuation: "instruct" });
    const parts: StreamPart[] = [];
    await readAll(provider, parts);
    expect(textOf(parts)).toBe("m");
    expect(provider.continuation).toBe("instruct");
  });
});
