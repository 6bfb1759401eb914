import { untilAborted } from "#agent/until-aborted.ts";
import type { JsonValue } from "#domain/json.ts";
import type { Effect, Tier, ToolOutput } from "#domain/tool-call.ts";
import { ProviderFailure, type ModelRequest, type Provider, type StreamPart } from "#providers/provider.ts";
import type { FakeTime } from "#test/helpers/fake-time.ts";
import type { Tool, ToolEntry } from "#tools/tool.ts";

import { broken } from "./broken.ts";
import { TOOL_NAMES, type Reply, type ReplyEnd, type ToolName } from "./story.ts";

const NATURE: Readonly<Record<ToolName, { readonly effect: Effect; readonly tier: Tier }>> = {
  pure: { effect: "pure", tier: 0 },
  again: { effect: "idempotent", tier: 1 },
  once: { effect: "once", tier: 1 },
  asks: { effect: "once", tier: 3 },
  "asks-again": { effect: "idempotent", tier: 3 },
  sends: { effect: "once", tier: 5 },
};

/** One call that the model has asked for, by the number in its input. */
export interface Called {
  readonly tool: ToolName;
  readonly effect: Effect;
  readonly tier: Tier;
  starts: number;
  /** The result that its last run gave. */
  result: string | null;
}

/** The process that a request or a run of a tool belongs to. When it is dead nothing of it goes on. */
export interface Life {
  isDead: boolean;
}

const AFTERWARDS: Reply = { steps: [{ do: "say", words: 1 }], end: "stop" };

const never = (): Promise<never> => new Promise(() => undefined);

/**
 * The model of a story and the tools that it calls: says what the story tells it to, then something short. Every word and
 * every call is numbered, so that one that is lost, moved or there twice is found. Keeps account of what really ran.
 */
export class StoryModel {
  readonly calls = new Map<number, Called>();
  /** Ids of calls whose result a model has been sent: these results were to be durable by then. */
  readonly answered = new Map<string, string>();
  readonly #replies: Reply[];
  readonly #time: FakeTime;
  #words = 0;
  #calls = 0;
  #requests = 0;
  /** Requests that are open, and whose they are. */
  readonly #open = new Set<{ readonly life: Life; readonly isDeaf: boolean }>();

  constructor(replies: readonly Reply[], time: FakeTime) {
    this.#replies = [...replies];
    this.#time = time;
  }

  /** Requests of living tabs that nobody has ended. */
  get openStreams(): number {
    return [...this.#open].filter(({ life, isDeaf }) => !life.isDead && !isDeaf).length;
  }

  /** From now on every reply is short and whole. */
  becomePlain(): void {
    this.#replies.length = 0;
  }

  provider(life: Life): Provider {
    return {
      continuation: "prefill",
      stream: (request, signal) => this.#stream(request, signal, life),
    };
  }

  async *#stream(request: ModelRequest, signal: AbortSignal, life: Life): AsyncGenerator<StreamPart> {
    this.#check(request);
    const reply = this.#replies.shift() ?? AFTERWARDS;
    const name = `r${this.#requests++}`;
    let hasCalls = false;
    // One that hears no stop stays open, as at a server that does not close.
    const mark = { life, isDeaf: reply.end === "deaf" };
    this.#open.add(mark);
    try {
      yield { type: "response-started", requestId: name };
      for (const [index, step] of reply.steps.entries()) {
        signal.throwIfAborted();
        if (step.do === "wait") await this.#wait(step.ms, signal, life);
        else if (step.do === "call") {
          hasCalls = true;
          yield this.#call(`${name}-${index}`, step.tool);
        } else yield* this.#say(`${name}-${index}`, step.do === "say" ? "text" : "reasoning", step.words, life);
      }
      yield await this.#end(reply.end, hasCalls, signal);
    } finally {
      this.#open.delete(mark);
    }
  }

  *#say(id: string, kind: "text" | "reasoning", words: number, life: Life): Generator<StreamPart> {
    yield { type: `${kind}-start`, id };
    for (let word = 0; word < words && !life.isDead; word++) {
      yield { type: `${kind}-delta`, id, text: `w${++this.#words} ` };
    }
    yield { type: `${kind}-end`, id };
  }

  #call(id: string, tool: ToolName): StreamPart {
    const n = ++this.#calls;
    this.calls.set(n, { tool, ...NATURE[tool], starts: 0, result: null });
    return { type: "tool-call", id, tool, input: JSON.stringify({ n }) };
  }

  async #wait(ms: number, signal: AbortSignal, life: Life): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#time.after(ms, resolve);
      signal.addEventListener(
        "abort",
        () => {
          cancel();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
    if (life.isDead) await never();
  }

  async #end(end: ReplyEnd, hasCalls: boolean, signal: AbortSignal): Promise<StreamPart> {
    const usage = { inputTokens: 1, outputTokens: 1, cachedInputTokens: null, reasoningTokens: null };
    switch (end) {
      case "stop":
        return { type: "finish", reason: hasCalls ? "tool-calls" : "stop", usage };
      case "length":
        return { type: "finish", reason: hasCalls ? "tool-calls" : "length", usage };
      case "busy":
      case "refused": {
        const error = {
          code: end === "busy" ? ("rate-limited" as const) : ("bad-key" as const),
          message: end,
          detail: null,
        };
        const retry = end === "busy" ? ({ kind: "after", afterMs: null } as const) : ({ kind: "never" } as const);
        throw new ProviderFailure({ kind: "error", error, retry });
      }
      case "cut":
        throw new ProviderFailure({ kind: "cut", cause: "connection-dropped" });
      case "context-full":
        throw new ProviderFailure({ kind: "context-full", detail: null });
      case "unreachable": {
        const error = { code: "unreachable" as const, message: "No server.", detail: null };
        throw new ProviderFailure({ kind: "unreachable", error, isLocal: false });
      }
      case "defect":
        throw new TypeError("a defect of the provider");
      case "silent":
        return untilAborted(never(), signal);
      case "deaf":
        return never();
    }
  }

  /** What a model is sent: each message once, and a result for each call. */
  #check(request: ModelRequest): void {
    const asked = new Set<string>();
    const said = new Set<string>();
    for (const message of request.messages) {
      if (message.role === "user") {
        for (const [word] of message.text.matchAll(/\bm\d+\b/g)) {
          if (said.has(word)) broken("R5", `the model is sent the message ${word} twice`, request.messages);
          said.add(word);
        }
      } else if (message.role === "assistant") {
        if (asked.size > 0) broken("T3", "a call stands without its result", request.messages);
        for (const part of message.content) if (part.kind === "tool-call") asked.add(part.callId);
      } else {
        for (const { callId, text, ok } of message.results) {
          if (!asked.delete(callId)) broken("T3", "a result stands without its call", request.messages);
          if (ok) this.answered.set(callId, text);
        }
      }
    }
    if (asked.size > 0) broken("T3", "a call stands without its result", request.messages);
  }

  tools(life: Life): readonly ToolEntry[] {
    return TOOL_NAMES.map((name) => {
      const spec = { name, description: name, inputSchema: { type: "object" } };
      const tool: Tool = {
        spec,
        ...NATURE[name],
        check: () => null,
        preview: () => Promise.resolve({ title: name, reason: "It does something." }),
        run: (input, { signal }) => this.#run(input, signal, life),
      };
      return { spec, ...NATURE[name], load: () => Promise.resolve(tool) };
    });
  }

  /** Every third takes a moment, every third some seconds; every seventh fails, every eleventh has a defect. */
  async #run(input: JsonValue, signal: AbortSignal, life: Life): Promise<ToolOutput> {
    if (life.isDead) return never();
    const n = numberOf(input);
    const called = n === null ? undefined : this.calls.get(n);
    if (n === null || called === undefined) return broken("T4", "a call ran that nobody asked for", input);
    called.starts++;
    if (n % 3 !== 0) await this.#wait(n % 3 === 1 ? 50 : 2000, signal, life);
    if (n % 11 === 0) throw new TypeError("a defect of the tool");
    if (n % 7 === 0) return { ok: false, text: `failed ${n}` };
    called.result = `result ${n}`;
    return { ok: true, text: called.result, value: n };
  }
}

/** The number of a call, from its input. */
export function numberOf(input: JsonValue): number | null {
  if (typeof input !== "object" || input === null || !("n" in input)) return null;
  return typeof input["n"] === "number" ? input["n"] : null;
}
