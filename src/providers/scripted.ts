import type { JsonValue } from "#domain/json.ts";
import type { FinishReason, Usage } from "#domain/model.ts";
import type { ContinuationStyle, ModelRequest, Provider, ProviderProblem, StreamPart } from "./provider.ts";
import { ProviderFailure } from "./provider.ts";

/**
 * One thing that the scripted provider does, in order. A stream part is yielded as it is, and besides those:
 * - `wait` goes on when the promise that the test handed in resolves; a stop ends the wait with the AbortError.
 * - `hang` never goes on by itself: a server that has gone silent. Only the signal ends it.
 * - `fail` throws a ProviderFailure with this problem; what was yielded before it stands.
 * - `throw` throws anything else: a defect of the provider, which the contract does not allow.
 * - `note` calls back at this very point, for a test that wants to act between two parts.
 */
export type ScriptStep =
  | StreamPart
  | { readonly type: "wait"; readonly until: Promise<unknown> }
  | { readonly type: "hang" }
  | { readonly type: "fail"; readonly problem: ProviderProblem }
  | { readonly type: "throw"; readonly error: unknown }
  | { readonly type: "note"; readonly run: () => void };

/** The answer to one request: fixed, or made from the request (to go on from a prefill, to answer a tool's result). */
export type Script = readonly ScriptStep[] | ((request: ModelRequest) => readonly ScriptStep[]);

export interface ScriptedOptions {
  /** `prefill` unless told. */
  readonly continuation?: ContinuationStyle;
  /** True: the signal is ignored, as by a wedged provider. The stream then ends only as its script ends. */
  readonly isDeaf?: boolean;
}

export interface ScriptedProvider extends Provider {
  /** Every request that was made, in order, also those that failed. */
  readonly requests: readonly ModelRequest[];
  /** Streams that are open now: 0 once every consumer has read to the end, failed, stopped or broken off. */
  readonly openStreams: number;
}

/**
 * A provider for tests: the first request plays the first script, and so on. A request too many fails as an internal
 * error that names its number, so that a loop that asks too often cannot pass unseen.
 *
 * The time is the test's: there is no timer in here. A script without `wait` is played as fast as it is read.
 *
 * @example
 * const [paused, goOn] = gate();
 * const provider = scriptedProvider([
 *   [callTool("c1", "count_text", { text: "a b" }), finish("tool-calls")],
 *   [...say("Two ", "words."), { type: "wait", until: paused }, finish("stop")],
 * ]);
 */
export function scriptedProvider(scripts: readonly Script[], options: ScriptedOptions = {}): ScriptedProvider {
  const requests: ModelRequest[] = [];
  let openStreams = 0;

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const script = scripts[requests.length];
    requests.push(request);
    openStreams += 1;
    try {
      if (script === undefined) throw new ProviderFailure(requestTooMany(requests.length));
      for (const step of typeof script === "function" ? script(request) : script) {
        if (options.isDeaf !== true) signal.throwIfAborted();
        if (isStreamPart(step)) yield step;
        else await play(step, options.isDeaf === true ? null : signal);
      }
      if (options.isDeaf !== true) signal.throwIfAborted();
    } finally {
      openStreams -= 1;
    }
  }

  return {
    continuation: options.continuation ?? "prefill",
    stream,
    requests,
    get openStreams() {
      return openStreams;
    },
  };
}

type Direction = Exclude<ScriptStep, StreamPart>;

function isStreamPart(step: ScriptStep): step is StreamPart {
  return !["wait", "hang", "fail", "throw", "note"].includes(step.type);
}

async function play(step: Direction, signal: AbortSignal | null): Promise<void> {
  switch (step.type) {
    case "wait":
      return orAbort(step.until, signal);
    case "hang":
      return orAbort(new Promise(() => undefined), signal);
    case "fail":
      throw new ProviderFailure(step.problem);
    case "throw":
      throw step.error;
    case "note":
      return step.run();
  }
}

/** Waits for the promise, but no longer than until the signal: whichever comes first. */
function orAbort(until: Promise<unknown>, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason as Error);
    signal?.addEventListener("abort", onAbort, { once: true });
    until
      .then(() => resolve(), reject)
      .finally(() => signal?.removeEventListener("abort", onAbort))
      .catch(reject);
  });
}

function requestTooMany(number: number): ProviderProblem {
  const message = `The script has no answer for request ${number}.`;
  return { kind: "error", error: { code: "internal", message, detail: null }, retry: { kind: "never" } };
}

const NO_USAGE: Usage = { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null };

/** A text part whose deltas are the arguments. Its id is "text": for two text parts in one stream write them out. */
export function say(...deltas: readonly string[]): readonly StreamPart[] {
  return [
    { type: "text-start", id: "text" },
    ...deltas.map((text): StreamPart => ({ type: "text-delta", id: "text", text })),
    { type: "text-end", id: "text" },
  ];
}

/** A whole tool call. */
export function callTool(id: string, tool: string, input: JsonValue): StreamPart {
  return { type: "tool-call", id, tool, input: JSON.stringify(input) };
}

/** The end of a stream. A script without it plays a stream that was cut without a word; real providers throw there. */
export function finish(reason: FinishReason, usage: Partial<Usage> = {}): StreamPart {
  return { type: "finish", reason, usage: { ...NO_USAGE, ...usage } };
}

/** A promise and the function that resolves it: `const [paused, goOn] = gate()`. */
export function gate(): readonly [until: Promise<void>, open: () => void] {
  let open: () => void = () => undefined;
  const until = new Promise<void>((resolve) => (open = resolve));
  return [until, open];
}
