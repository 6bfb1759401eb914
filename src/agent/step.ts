import type { CallId, PartId, UniqueSource } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { JsonValue } from "#domain/json.ts";
import type { TextPart } from "#domain/message.ts";
import type { FinishReason } from "#domain/model.ts";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import type { RunEventBody } from "#domain/run-event.ts";
import type { ContinuationStyle, StreamPart } from "#providers/provider.ts";
import type { ToolEntry } from "#tools/tool.ts";

import { seamFilter, type SeamFilter } from "./seam.ts";

/** Where a step's facts go. */
export interface StepPort {
  emit(body: RunEventBody): void;
  /** A delta of an open part; the run merges neighbours before it makes events of them. */
  delta(kind: "text" | "reasoning", partId: PartId, text: string): void;
}

export interface StepSetup {
  readonly step: number;
  readonly unique: UniqueSource;
  readonly findTool: (name: string) => ToolEntry | undefined;
  /** The cut text that this step goes on with, if it continues one. */
  readonly continues: { readonly part: TextPart; readonly style: ContinuationStyle } | null;
}

export interface StepEnd {
  readonly reason: FinishReason;
  readonly hasToolCalls: boolean;
}

interface OpenText {
  readonly partId: PartId;
  readonly kind: "text" | "reasoning";
  readonly seam: SeamFilter | null;
  isOpened: boolean;
}

/** Turns one reply's stream parts into run events, up to and without `step-ended`. Provider ids end here. */
export class StepReader {
  readonly #port: StepPort;
  readonly #setup: StepSetup;
  readonly #texts = new Map<string, OpenText>();
  readonly #calls = new Map<string, CallId>();
  #isSeamTaken = false;
  #hasToolCalls = false;
  #hasText = false;
  /** How the reply was asked for: a model that was told in words repeats more than one that got a prefill. */
  #style: ContinuationStyle;
  requestId: string | null = null;

  constructor(port: StepPort, setup: StepSetup) {
    this.#port = port;
    this.#setup = setup;
    this.#style = setup.continues?.style ?? "prefill";
  }

  /** Whether anything of the reply has been shown: then the request is not simply sent again. */
  get hasOutput(): boolean {
    return this.#hasToolCalls || this.#hasText || this.#isSeamTaken;
  }

  read(part: StreamPart): StepEnd | null {
    switch (part.type) {
      case "response-started":
        this.requestId = part.requestId;
        this.#style = part.continuation ?? this.#style;
        return null;
      case "text-start":
        this.#open(part.id, "text");
        return null;
      case "reasoning-start":
        this.#open(part.id, "reasoning");
        return null;
      case "text-delta":
      case "reasoning-delta":
        this.#add(part.type === "text-delta" ? "text" : "reasoning", part.id, part.text);
        return null;
      case "text-end":
      case "reasoning-end":
        this.#close(part.type === "text-end" ? "text" : "reasoning", part.id, part.opaque);
        return null;
      case "tool-input-start":
        this.#startCall(part.id, part.tool);
        return null;
      case "tool-call":
        this.#completeCall(part);
        return null;
      case "finish":
        return this.#finish(part);
    }
  }

  #open(id: string, kind: "text" | "reasoning"): OpenText {
    const { continues, unique } = this.#setup;
    const takesSeam = kind === "text" && continues !== null && !this.#isSeamTaken;
    if (takesSeam) this.#isSeamTaken = true;
    const text: OpenText = {
      partId: takesSeam ? continues.part.id : mintId<PartId>(unique),
      kind,
      seam: takesSeam ? seamFilter(continues.part.text, this.#style) : null,
      isOpened: false,
    };
    this.#texts.set(`${kind}:${id}`, text);
    return text;
  }

  #add(kind: "text" | "reasoning", id: string, delta: string): void {
    const text = this.#texts.get(`${kind}:${id}`) ?? this.#open(id, kind);
    this.#append(text, text.seam === null ? delta : text.seam.push(delta));
  }

  /** A part exists from its first character on, so that an empty one never shows. */
  #append(text: OpenText, added: string): void {
    if (added === "") return;
    if (!text.isOpened) {
      text.isOpened = true;
      this.#hasText = true;
      const { step } = this.#setup;
      if (text.seam === null) this.#port.emit({ type: "part-opened", partId: text.partId, kind: text.kind, step });
      else this.#port.emit({ type: "part-resumed", partId: text.partId, step });
    }
    this.#port.delta(text.kind, text.partId, added);
  }

  #close(kind: "text" | "reasoning", id: string, opaque: ProviderOpaque | undefined): void {
    const key = `${kind}:${id}`;
    const text = this.#texts.get(key);
    if (text === undefined) return;
    this.#texts.delete(key);
    if (text.seam !== null) {
      this.#append(text, text.seam.end());
      if (!text.isOpened) this.#port.emit({ type: "part-resumed", partId: text.partId, step: this.#setup.step });
      text.isOpened = true;
    }
    if (!text.isOpened) return;
    this.#port.emit({ type: "part-closed", partId: text.partId, ...(opaque === undefined ? {} : { opaque }) });
  }

  #startCall(id: string, tool: string): CallId {
    const known = this.#calls.get(id);
    if (known !== undefined) return known;
    const callId = mintId<CallId>(this.#setup.unique);
    this.#calls.set(id, callId);
    this.#hasToolCalls = true;
    const entry = this.#setup.findTool(tool);
    this.#port.emit({
      type: "tool-call-started",
      callId,
      step: this.#setup.step,
      tool,
      effect: entry?.effect ?? "pure",
      tier: entry?.tier ?? 0,
    });
    return callId;
  }

  #completeCall(part: Extract<StreamPart, { type: "tool-call" }>): void {
    const callId = this.#startCall(part.id, part.tool);
    this.#port.emit({
      type: "tool-call-input",
      callId,
      input: parseInput(part.input),
      ...(part.opaque === undefined ? {} : { opaque: part.opaque }),
    });
  }

  #finish(part: Extract<StreamPart, { type: "finish" }>): StepEnd {
    if (this.#setup.continues !== null && !this.#isSeamTaken && this.#saysItIsWhole(part.reason)) {
      this.#open("continued", "text");
    }
    for (const key of this.#texts.keys()) {
      const [kind, id] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      this.#close(kind === "text" ? "text" : "reasoning", id, undefined);
    }
    this.#port.emit({ type: "usage-reported", step: this.#setup.step, usage: part.usage });
    return { reason: part.reason, hasToolCalls: this.#hasToolCalls };
  }

  /** Asked to go on with a text that was cut, the model adds nothing and ends: only its end had been missing. */
  #saysItIsWhole(reason: FinishReason): boolean {
    return !this.#hasToolCalls && (reason === "stop" || reason === "other");
  }
}

/** A model may send broken JSON as input: the text itself is then the input, which the tool's check refuses in words. */
function parseInput(text: string): JsonValue {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
