import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { Attachment } from "#domain/message.ts";
import type { Clause } from "./clause.ts";
import type { Memory } from "./memory.ts";

/** A tool that is to run, by the names of the tool catalogue. */
export interface Call {
  readonly tool: string;
  readonly input: JsonObject;
}

/** A tool that has run. `text` is the tool's own sentence; `value` is null where it gave none. */
export interface Done extends Call {
  readonly ok: boolean;
  readonly text: string;
  readonly value: JsonValue;
}

/** Why a step cannot go on, as a sentence for the person. */
export interface Halt {
  readonly halt: string;
}

/**
 * What one clause asks for. Both functions are pure: the same calls and the same answer come out after every reload,
 * which is how the agent finds its place again without a state of its own.
 */
export interface Step {
  /** 0 to 1: the ability that is surest of a clause gets it. */
  readonly confidence: number;
  /** It changes files: nothing runs beside it, and what follows waits for it. */
  readonly isWriting: boolean;
  /** It uses what an earlier step gave, so it waits for that step. */
  readonly refersBack: boolean;
  /** The calls that are due after `done`; none when the step is finished. `memory` is as it was before this step. */
  readonly next: (done: readonly Done[], memory: Memory) => readonly Call[] | Halt;
  /** Markdown, once the step is finished. */
  readonly answer: (done: readonly Done[], memory: Memory) => string;
}

/** What surrounds a clause when it is matched. */
export interface Context {
  readonly attachments: readonly Attachment[];
  /** What earlier turns left to refer to. */
  readonly memory: Memory;
  /** The steps of this message before this one. */
  readonly earlier: readonly Step[];
  /** The earlier messages of this session as text. */
  readonly sessionText: string;
}

/** What the person's words offer for filling a suggestion. */
export interface Hints {
  /** The telling words, or null where there are none. */
  readonly topic: string | null;
  readonly path: string | null;
}

/** One thing that the agent can do. */
export interface Ability {
  readonly id: string;
  /** What it does, as a short phrase for the help. */
  readonly about: string;
  /** Sentences that work exactly as they stand. The first is the one that help and suggestions show. */
  readonly examples: readonly string[];
  /** More words by which a request that was not understood may be near to it. */
  readonly words: string;
  /** Null when the clause is not for it. Never throws. */
  readonly match: (clause: Clause, context: Context) => Step | null;
  /** An example made of the person's own words; null where they offer none. */
  readonly suggest?: (hints: Hints) => string | null;
}

interface StepOptions {
  readonly confidence?: number;
  readonly isWriting?: boolean;
  readonly refersBack?: boolean;
}

/** A step with one round of calls. */
export function callStep(
  options: StepOptions,
  calls: (memory: Memory) => readonly Call[] | Halt,
  answer: (done: readonly Done[], memory: Memory) => string,
): Step {
  return {
    confidence: options.confidence ?? 0.9,
    isWriting: options.isWriting ?? false,
    refersBack: options.refersBack ?? false,
    next: (done, memory) => (done.length === 0 ? calls(memory) : []),
    answer,
  };
}

/** A step that needs no tool. */
export function sayStep(confidence: number, text: string): Step {
  return callStep(
    { confidence },
    () => [],
    () => text,
  );
}

/** A field of a tool's value, or undefined: values come from the transcript and may be of any shape. */
export function field(value: JsonValue, name: string): JsonValue | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  return (value as JsonObject)[name];
}

export function stringField(value: JsonValue, name: string): string | null {
  const found = field(value, name);
  return typeof found === "string" ? found : null;
}

export function numberField(value: JsonValue, name: string): number | null {
  const found = field(value, name);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

export function listField(value: JsonValue, name: string): readonly JsonValue[] {
  const found = field(value, name);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
}
