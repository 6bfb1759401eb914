import type { CallId, PartId } from "./ids.ts";
import type { Part, PartState, ReasoningPart, TextPart } from "./message.ts";
import type { Outcome } from "./outcome.ts";
import type { RunEvent } from "./run-event.ts";
import type { ToolCallPart, ToolCallState } from "./tool-call.ts";
import { isToolCallSettled } from "./tool-call.ts";
import type { RunPhase, RunRecord, StepRecord, Turn } from "./turn.ts";
import { lastRun } from "./turn.ts";

/** How an event stands to what a turn already holds. */
export type Continuity =
  /** The very next fact. */
  | "next"
  /** Known, foreign or after the end: applying it changes nothing. */
  | "absorbed"
  /** Something between is missing: ask for a snapshot. */
  | "gap";

/** Says whether `event` can be applied to `turn` now. */
export function continuity(turn: Turn, event: RunEvent): Continuity {
  const run = lastRun(turn);
  const first = event.firstSeq ?? event.seq;
  if (run === undefined || run.id !== event.runId) {
    if (turn.runs.some((known) => known.id === event.runId)) return "absorbed";
    if (run !== undefined && run.outcome === null) return "gap";
    return event.type === "run-started" && event.seq === 1 ? "next" : "gap";
  }
  if (run.outcome !== null || event.seq <= run.lastSeq) return "absorbed";
  return first === run.lastSeq + 1 ? "next" : "gap";
}

/**
 * The one way in which a turn changes: used by the worker as things happen, by the page as they arrive and by
 * recovery as they were journaled, so what a reload brings back is what was on the screen.
 * Total and pure: an event that is not the next one returns the same turn object.
 */
export function applyEvent(turn: Turn, event: RunEvent): Turn {
  if (continuity(turn, event) !== "next") return turn;
  return countEvent(change(turn, event), event);
}

export function applyEvents(turn: Turn, events: readonly RunEvent[]): Turn {
  return events.reduce(applyEvent, turn);
}

function change(turn: Turn, event: RunEvent): Turn {
  switch (event.type) {
    case "run-started":
      return { ...turn, resolution: null, runs: [...turn.runs, newRun(event)] };
    case "run-waiting":
      return withRun(turn, {
        phase:
          event.reason === "network"
            ? { kind: "waiting-network" }
            : { kind: "waiting-retry", attempt: event.attempt, until: event.until, reason: event.why },
      });
    case "run-resumed":
      return withRun(turn, { phase: { kind: "working" } });
    case "step-started":
      return { ...turn, steps: [...turn.steps, newStep(event.runId, event.step, event.at)] };
    case "part-opened":
      return openPart(turn, event);
    case "part-resumed":
      return resumePart(turn, event);
    case "text-delta":
    case "reasoning-delta":
      return withProgress(addText(turn, event.type === "text-delta" ? "text" : "reasoning", event.partId, event.text));
    case "part-closed":
      return replacePart(turn, event.partId, (part) => closePart(part, "done", event));
    case "tool-call-started":
      return turn.parts.some((part) => part.id === event.callId)
        ? turn
        : { ...turn, parts: [...turn.parts, newToolCall(event)] };
    case "tool-call-input":
      return withCall(turn, event.callId, (call) => ({
        ...call,
        state: "queued",
        input: event.input,
        ...(event.opaque === undefined ? {} : { opaque: event.opaque }),
      }));
    case "approval-requested":
      return withCall(turn, event.callId, (call) => ({
        ...call,
        state: "needs-approval",
        approval: { request: event.request, decision: null },
      }));
    case "approval-resolved":
      return resolveApproval(turn, event);
    case "tool-call-running":
      return withCall(turn, event.callId, (call) => ({ ...call, state: "running", startedAt: event.at }));
    case "tool-call-output":
      return withProgress(
        withCall(turn, event.callId, (call) => ({
          ...call,
          state: event.result,
          output: event.output,
          endedAt: event.at,
        })),
      );
    case "usage-reported":
      return withStep(turn, event.runId, event.step, { usage: event.usage });
    case "step-ended":
      return withStep(turn, event.runId, event.step, {
        endedAt: event.at,
        finishReason: event.finishReason,
        requestId: event.requestId,
      });
    case "run-ended":
      return endRun(turn, event.outcome, event.at);
  }
}

function newRun(event: Extract<RunEvent, { type: "run-started" }>): RunRecord {
  return {
    id: event.runId,
    trigger: event.trigger,
    model: event.model,
    startedAt: event.at,
    lastSeq: 0,
    hasProgress: false,
    phase: { kind: "working" },
    outcome: null,
    endedAt: null,
  };
}

function newStep(runId: StepRecord["runId"], step: number, startedAt: number): StepRecord {
  return { runId, step, startedAt, endedAt: null, finishReason: null, usage: null, requestId: null };
}

function newToolCall(event: Extract<RunEvent, { type: "tool-call-started" }>): ToolCallPart {
  return {
    kind: "tool-call",
    id: event.callId,
    step: event.step,
    tool: event.tool,
    effect: event.effect,
    tier: event.tier,
    state: "receiving",
    input: null,
    approval: null,
    output: null,
    startedAt: null,
    endedAt: null,
  };
}

function openPart(turn: Turn, event: Extract<RunEvent, { type: "part-opened" }>): Turn {
  if (turn.parts.some((part) => part.id === event.partId)) return turn;
  const common = { id: event.partId, step: event.step, state: "streaming", text: "" } as const;
  const part: Part =
    event.kind === "text"
      ? { kind: "text", ...common, seams: [] }
      : { kind: "reasoning", ...common, startedAt: event.at, endedAt: null };
  return { ...turn, parts: [...turn.parts, part] };
}

function resumePart(turn: Turn, event: Extract<RunEvent, { type: "part-resumed" }>): Turn {
  return replacePart(turn, event.partId, (part) =>
    part.kind === "text"
      ? {
          ...part,
          state: "streaming",
          step: event.step,
          seams: [...part.seams, { runId: event.runId, offset: part.text.length }],
        }
      : part,
  );
}

function addText(turn: Turn, kind: "text" | "reasoning", partId: PartId, text: string): Turn {
  return replacePart(turn, partId, (part) =>
    part.kind === kind && part.state === "streaming" ? { ...part, text: part.text + text } : part,
  );
}

function closePart(
  part: Part,
  state: PartState,
  event: Pick<RunEvent, "at"> & Partial<Pick<TextPart, "opaque">>,
): Part {
  if (part.kind === "tool-call" || part.state !== "streaming") return part;
  const opaque = event.opaque === undefined ? {} : { opaque: event.opaque };
  if (part.kind === "text") return { ...part, state, ...opaque } satisfies TextPart;
  return { ...part, state, endedAt: event.at, ...opaque } satisfies ReasoningPart;
}

function resolveApproval(turn: Turn, event: Extract<RunEvent, { type: "approval-resolved" }>): Turn {
  return withCall(turn, event.callId, (call) => {
    if (call.approval === null || call.approval.decision !== null) return call;
    if (call.approval.request.id !== event.approvalId) return call;
    return { ...call, state: "queued", approval: { ...call.approval, decision: event.decision } };
  });
}

function endRun(turn: Turn, outcome: Outcome, at: number): Turn {
  const partState: PartState = outcome.kind === "completed" ? "done" : "cut";
  const parts = turn.parts.map((part): Part => {
    if (part.kind === "tool-call") return sealCall(part, outcome, at);
    return part.state === "streaming" ? closePart(part, partState, { at }) : part;
  });
  const phase = phaseAtEnd(lastRun(turn), outcome);
  return withRun({ ...turn, parts }, { outcome, endedAt: at, phase });
}

/** A pause that a server asked for outlives an interruption: the run that goes on has to keep the rest of it. */
function phaseAtEnd(run: RunRecord | undefined, outcome: Outcome): RunPhase {
  const isKept = outcome.kind === "interrupted" && run?.phase.kind === "waiting-retry";
  return isKept ? run.phase : { kind: "working" };
}

/**
 * What becomes of a call that had not settled when its run ended. After an interruption a later run may go on with
 * it: an approval stays pending (never granted by a reload), what the person has decided stays decided, a repeatable
 * call waits to run again, and a once-only call that had started is unknown. After any other end it is over.
 */
function sealCall(call: ToolCallPart, outcome: Outcome, at: number): ToolCallPart {
  if (isToolCallSettled(call.state)) return call;
  if (call.state === "running" && call.effect === "once") return { ...call, state: "unknown", endedAt: at };
  if (outcome.kind === "interrupted" && call.state !== "receiving") {
    return call.state === "running" ? { ...call, state: "queued", startedAt: null } : call;
  }
  return { ...call, state: "cancelled", endedAt: at };
}

function countEvent(turn: Turn, event: RunEvent): Turn {
  return withRun(turn, { lastSeq: event.seq });
}

function withProgress(turn: Turn): Turn {
  return lastRun(turn)?.hasProgress === true ? turn : withRun(turn, { hasProgress: true });
}

function withRun(turn: Turn, patch: Partial<RunRecord>): Turn {
  const run = lastRun(turn);
  return run === undefined ? turn : { ...turn, runs: [...turn.runs.slice(0, -1), { ...run, ...patch }] };
}

function withStep(turn: Turn, runId: StepRecord["runId"], step: number, patch: Partial<StepRecord>): Turn {
  return {
    ...turn,
    steps: turn.steps.map((record) =>
      record.runId === runId && record.step === step ? { ...record, ...patch } : record,
    ),
  };
}

function withCall(turn: Turn, callId: CallId, update: (call: ToolCallPart) => ToolCallPart): Turn {
  return replacePart(turn, callId, (part) => {
    if (part.kind !== "tool-call") return part;
    return isFinal(part.state) ? part : update(part);
  });
}

/** An unknown call may still be taken up again: the user decides. The others are over for good. */
function isFinal(state: ToolCallState): boolean {
  return state !== "unknown" && isToolCallSettled(state);
}

/** Finds from the end, where the open parts are: the work per delta does not grow with the answer. */
function replacePart(turn: Turn, id: PartId | CallId, update: (part: Part) => Part): Turn {
  const index = turn.parts.findLastIndex((part) => part.id === id);
  const part = turn.parts[index];
  if (part === undefined) return turn;
  const updated = update(part);
  return updated === part ? turn : { ...turn, parts: turn.parts.with(index, updated) };
}
