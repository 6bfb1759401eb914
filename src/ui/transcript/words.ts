import type { InterruptionCause } from "#domain/outcome.ts";
import type { Tier, ToolCallPart, ToolCallState } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import { turnStatus } from "#domain/turn.ts";

/** Why a run was interrupted: one sentence for each kind of evidence, the most specific that is known. */
const CAUSES: Record<InterruptionCause, string> = {
  "page-closed": "This run stopped when the tab was closed or reloaded.",
  update: "This run stopped to install an update.",
  "paused-by-browser": "The browser paused this tab to save memory.",
  "agent-died": "The agent stopped unexpectedly. The page kept your text.",
  "connection-dropped": "The connection dropped.",
  stalled: "The model stopped sending in the middle of its answer.",
  "app-died": "The app stopped unexpectedly.",
};

/** `hasProgress`: whether anything of the answer had come in that run. */
export function causeSentence(cause: InterruptionCause, hasProgress = true): string {
  return cause === "stalled" && !hasProgress ? "The model sent nothing for a long time." : CAUSES[cause];
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const SHORT_CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

/** `14:03:22`, with the day where it is not today's. */
export function clockTime(at: number, now: number): string {
  return withDay(CLOCK.format(at), at, now);
}

/** `14:03`, with the day where it is not today's. */
export function shortTime(at: number, now: number): string {
  return withDay(SHORT_CLOCK.format(at), at, now);
}

export function fullTime(at: number): string {
  return FULL.format(at);
}

function withDay(time: string, at: number, now: number): string {
  return DAY.format(at) === DAY.format(now) ? time : `${DAY.format(at)}, ${time}`;
}

/** `4 ms`, `1.2 s`, `42 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  return wholeSeconds(ms);
}

/** `6 s`, `2 min 5 s`: for what is counted while it is looked at. */
export function wholeSeconds(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${String(seconds)} s`;
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** `1 step`, `4 steps`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${String(amount)} ${amount === 1 ? one : many}`;
}

const STATES: Record<ToolCallState, string> = {
  receiving: "Being written",
  queued: "Waiting",
  "needs-approval": "Needs approval",
  running: "Running",
  done: "Done",
  failed: "Failed",
  denied: "Denied",
  cancelled: "Cancelled",
  unknown: "Outcome unknown",
};

export function stateWord(state: ToolCallState): string {
  return STATES[state];
}

const TIERS: Record<Tier, string> = {
  0: "Computes only",
  1: "Reads the workspace",
  2: "Reads your sessions",
  3: "Changes the workspace",
  4: "Reads from the network",
  5: "Sends to the network",
};

export function tierWord(tier: Tier): string {
  return TIERS[tier];
}

/** UTF-16 units of an input that are worth showing on one line. */
const PREVIEW_LENGTH = 160;

/** The input of a call on one line: the value itself where there is one, else names and values. */
export function inputPreview(input: ToolCallPart["input"]): string {
  if (input === null) return "";
  if (typeof input !== "object" || Array.isArray(input)) return oneLine(plain(input));
  const entries = Object.entries(input);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return oneLine(plain(only[1]));
  return oneLine(entries.map(([name, value]) => `${name}: ${plain(value)}`).join(", "));
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function oneLine(text: string): string {
  const line = text
    .slice(0, PREVIEW_LENGTH * 2)
    .replace(/\s+/g, " ")
    .trim();
  return line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH).toWellFormed()}…` : line.toWellFormed();
}

/** What a call is about, in a sentence: `write_file notes.md`. */
export function callName(call: ToolCallPart): string {
  const path =
    typeof call.input === "object" && call.input !== null && "path" in call.input ? call.input["path"] : null;
  return typeof path === "string" ? `${call.tool} ${path}` : call.tool;
}

/** The hidden heading over an answer. */
export function answerHeading(turn: Turn): string {
  if (turn.resolution === "discarded") return "Assistant's answer, discarded";
  switch (turnStatus(turn)) {
    case "pending":
      return "Assistant, about to start";
    case "running":
      return "Assistant is answering";
    case "completed":
      return "Assistant said";
    case "stopped":
      return "Assistant said, stopped";
    case "interrupted":
      return turn.resolution === "kept" ? "Assistant said, incomplete" : "Assistant said, interrupted";
    case "no-answer":
      return "Assistant gave no answer";
    case "tool-limit":
      return "Assistant said, step limit reached";
    case "context-full":
      return "Assistant said, context is full";
    case "error":
      return "Assistant failed";
  }
}

/** `Saved up to 14:03:22; up to a second may be missing.` */
export function savedSentence(savedUpTo: number, mayMiss: boolean, now: number): string {
  const saved = `Saved up to ${clockTime(savedUpTo, now)}`;
  return mayMiss ? `${saved}; up to a second may be missing.` : `${saved}; nothing is missing.`;
}

/** What of an answer that broke off is kept, counted: `412 words and 2 finished tool calls are kept.` Null: nothing. */
export function keptSentence(turn: Turn): string | null {
  const words = turn.parts.reduce((sum, part) => sum + (part.kind === "text" ? wordCount(part.text) : 0), 0);
  const calls = turn.parts.filter((part) => part.kind === "tool-call" && part.state === "done").length;
  const kept = [
    ...(words > 0 ? [count(words, "word")] : []),
    ...(calls > 0 ? [count(calls, "finished tool call")] : []),
  ];
  if (kept.length === 0) return null;
  return `${kept.join(" and ")} ${words + calls === 1 ? "is" : "are"} kept.`;
}

function wordCount(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** What is known about changes that were under way; null where there were none. */
export function outcomeSentence(turn: Turn): string | null {
  const calls = turn.parts.filter((part) => part.kind === "tool-call");
  const unknown = calls.filter((call) => call.state === "unknown");
  if (unknown.length > 0) {
    return unknown.map((call) => `${callName(call)} had started: its outcome is unknown.`).join(" ");
  }
  const changes = calls.filter((call) => call.tier >= 3);
  if (changes.length === 0 || changes.some((call) => call.state === "done")) return null;
  return "Nothing was written.";
}
