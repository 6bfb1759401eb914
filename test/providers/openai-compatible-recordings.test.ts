import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConnectionProvider } from "#providers/openai-compatible.ts";
import type { StreamPart } from "#providers/provider.ts";
import { recordedEvents, recording, type WireFaults } from "#test/helpers/model-replies.ts";
import { startModelServer, type ModelServer } from "#test/helpers/model-server.ts";
import { readStream, type StreamOutcome } from "#test/helpers/stream-outcome.ts";

/** Half a second on a quiet machine; a busy one may take ten times as long. */
const SEVERAL_REPLAYS_MS = 30_000;

let server: ModelServer;

beforeAll(async () => {
  server = await startModelServer();
});

afterAll(async () => {
  await server.close();
});

async function replay(file: string, faults: WireFaults = {}, stallMs = 5000): Promise<StreamOutcome> {
  server.reply(recording(file, faults));
  const connection = { preset: "custom", baseUrl: server.baseUrl } as const;
  return readStream(openConnectionProvider(connection, null, { timeouts: { stallMs } }));
}

const RECORDINGS = [
  {
    file: "openai-chat.text.txt",
    begins: "**Holiday Name:",
    reasoning: "",
    calls: [],
    reason: "stop",
    usage: { inputTokens: 16, outputTokens: 300, cachedInputTokens: 0, reasoningTokens: 0 },
  },
  {
    file: "openai-compatible.deepseek-reasoning.txt",
    begins: "",
    reasoning: "We",
    calls: [],
    reason: "stop",
    usage: { inputTokens: 18, outputTokens: 219, cachedInputTokens: 0, reasoningTokens: 205 },
  },
  {
    file: "openai-compatible.deepseek-tool-call.txt",
    begins: "",
    reasoning: "The",
    calls: [["weather", { location: "San Francisco" }]],
    reason: "tool-calls",
    usage: { inputTokens: 339, outputTokens: 83, cachedInputTokens: 320, reasoningTokens: 39 },
  },
  {
    file: "openai-compatible.mistral-text.txt",
    begins: "Hello, ",
    reasoning: "",
    calls: [],
    reason: "stop",
    usage: { inputTokens: 13, outputTokens: 8, cachedInputTokens: null, reasoningTokens: null },
  },
  {
    file: "openai-compatible.xai-tool-call.txt",
    begins: "",
    reasoning: "First",
    calls: [["weather", { location: "San Francisco" }]],
    reason: "tool-calls",
    // xAI counts reasoning beside the completion: 26 and 227.
    usage: { inputTokens: 307, outputTokens: 253, cachedInputTokens: 306, reasoningTokens: 227 },
  },
] as const;

describe.each(RECORDINGS)("the recorded stream $file", ({ file, begins, reasoning, calls, reason, usage }) => {
  let whole: StreamOutcome;

  beforeAll(async () => {
    whole = await replay(file);
  });

  test("gives its text, reasoning, calls, finish and usage", () => {
    expect(whole.error).toBe(null);
    expect(whole.text.startsWith(begins)).toBe(true);
    expect(whole.reasoning.startsWith(reasoning)).toBe(true);
    expect(whole.reasoning === "").toBe(reasoning === "");
    expect(whole.calls.map(({ tool, input }) => [tool, JSON.parse(input)])).toEqual(calls);
    expect(whole.finish).toEqual({ type: "finish", reason, usage });
    expect(wire(file)).toEqual({ text: whole.text, reasoning: whole.reasoning });
  });

  test("gives the same parts in pieces of a few bytes", async () => {
    const bytesPerWrite = recordedEvents(file).length > 20_000 ? 61 : 1;
    const pieces = await replay(file, { bytesPerWrite });
    expect(pieces.parts).toEqual(whole.parts);
  });

  test(
    "[E4] cut anywhere keeps exactly the events that arrived, and finishes only after the finish reason",
    { timeout: SEVERAL_REPLAYS_MS },
    async () => {
      const bytes = recordedEvents(file);
      const offsets = Array.from({ length: 25 }, (_, index) => Math.floor((bytes.length * (index + 0.5)) / 25));
      for (const cutAfterBytes of offsets) {
        const outcome = await replay(file, { cutAfterBytes });
        const arrived = wire(file, cutAfterBytes);
        expect({ text: outcome.text, reasoning: outcome.reasoning }).toEqual(arrived);
        const isWhole = hasFinishReason(bytes, cutAfterBytes);
        expect(outcome.finish?.reason).toBe(isWhole ? reason : undefined);
        expect(outcome.calls).toEqual(isWhole ? whole.calls : []);
        expect(outcome.problem).toEqual(isWhole ? null : { kind: "cut", cause: "connection-dropped" });
        expect(withoutUsage(outcome.parts)).toEqual(withoutUsage(whole.parts).slice(0, outcome.parts.length));
      }
    },
  );

  test("silent in its middle is stalled, with everything that had arrived", async () => {
    const stallAfterBytes = Math.floor(recordedEvents(file).length / 2);
    const outcome = await replay(file, { stallAfterBytes }, 300);
    expect(outcome.problem).toEqual({ kind: "cut", cause: "stalled" });
    expect({ text: outcome.text, reasoning: outcome.reasoning }).toEqual(wire(file, stallAfterBytes));
  });
});

/** What the whole events among the first bytes of a stream say, read here by the plainest means. */
function wire(file: string, length = Number.POSITIVE_INFINITY): { text: string; reasoning: string } {
  const events = eventsIn(recordedEvents(file).subarray(0, length));
  const field = (name: string) => events.map((event) => event.choices[0]?.delta?.[name] ?? "").join("");
  return { text: field("content"), reasoning: field("reasoning_content") };
}

interface RecordedEvent {
  readonly choices: readonly {
    readonly delta?: Record<string, string | null>;
    readonly finish_reason?: string | null;
  }[];
}

function eventsIn(bytes: Buffer): RecordedEvent[] {
  const text = bytes.toString("utf8");
  const whole = text.slice(0, text.lastIndexOf("\n\n") + 2);
  return whole
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)));
}

function hasFinishReason(bytes: Buffer, length: number): boolean {
  return eventsIn(bytes.subarray(0, length)).some((event) => event.choices[0]?.finish_reason != null);
}

/** The counts come after the finish reason, so a cut may take them. */
function withoutUsage(parts: readonly StreamPart[]): object[] {
  return parts.map((part) => (part.type === "finish" ? { ...part, usage: null } : part));
}
