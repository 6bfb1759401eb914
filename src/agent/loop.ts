import type { UniqueSource } from "#domain/ids.ts";
import { isSameModel, type ModelMessage } from "#domain/model.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { StepRecord, Turn } from "#domain/turn.ts";
import type { Clock, Timers } from "#journal/ports.ts";
import { ProviderFailure, type ModelRequest, type Provider } from "#providers/provider.ts";
import type { ToolEntry } from "#tools/tool.ts";

import { cutText } from "./model-request.ts";
import { decideRetry, LONGEST_WAIT_MS } from "./retry.ts";
import { StepReader, type StepEnd, type StepPort } from "./step.ts";
import { openCalls, runToolCalls, type ToolCallsPort, type ToolCallsSetup } from "./tool-calls.ts";
import { untilAborted } from "./until-aborted.ts";

/** Two refusals in a run mean "not this way": the run ends instead of asking a third time. */
const DENIALS_THAT_END_A_RUN = 2;

/** Whether the device says that it has no network. "Online" from it is not believed, "offline" is. */
export interface Network {
  isOffline(): boolean;
  /** Resolves when a request is worth trying again. Rejects with the signal's reason. */
  waitUntilOnline(signal: AbortSignal): Promise<void>;
}

export interface LoopPort extends StepPort, ToolCallsPort {}

export interface LoopSetup {
  readonly provider: Provider;
  readonly tools: readonly ToolEntry[];
  readonly toolCalls: ToolCallsSetup;
  /** The path up to and with the turn as it is now. */
  readonly messages: (turn: Turn) => Promise<readonly ModelMessage[]>;
  readonly instructions: string;
  readonly model: string;
  readonly stepLimit: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly network: Network;
  readonly random: () => number;
  readonly unique: UniqueSource;
  readonly signal: AbortSignal;
}

/**
 * The agent loop: no storage, no port. It begins wherever the turn is, so a run that continues an interrupted one
 * takes the same way as a fresh one:
 *
 *   calls without result? ─► run them ─► commit ─┐
 *   text that was cut?    ─► request that goes on │
 *   else                  ─► request             ─┴► calls? ─► again …   no calls ─► outcome
 *
 * Never throws: whatever happens becomes an outcome.
 */
export async function runLoop(port: LoopPort, setup: LoopSetup): Promise<Outcome> {
  try {
    return await loop(port, setup);
  } catch (cause) {
    return outcomeOf(cause, setup);
  }
}

async function loop(port: LoopPort, setup: LoopSetup): Promise<Outcome> {
  const finished = alreadyFinished(port.turn());
  if (finished !== null) return finished;
  await keepEarlierPause(port, setup);
  let stepsTaken = 0;
  let denials = 0;
  for (;;) {
    if (openCalls(port.turn()).length > 0) {
      denials += await runToolCalls(port, setup.toolCalls);
      if (denials >= DENIALS_THAT_END_A_RUN) return { kind: "stopped" };
    }
    if (stepsTaken >= setup.stepLimit) return { kind: "tool-limit", steps: stepsTaken };
    const end = await runStep(port, setup);
    stepsTaken++;
    if (end.hasToolCalls) continue;
    return outcomeOfEnd(end.reason, port.turn());
  }
}

/** A run may have died between its last step and its end: then there is nothing left to ask. */
function alreadyFinished(turn: Turn): Outcome | null {
  const step = turn.steps.at(-1);
  if (step === undefined || step.endedAt === null) return null;
  if (step.finishReason !== "stop" && step.finishReason !== "other") return null;
  if (turn.parts.some((part) => part.kind === "tool-call" && part.step === step.step)) return null;
  return outcomeOfEnd(step.finishReason, turn);
}

async function runStep(port: LoopPort, setup: LoopSetup): Promise<StepEnd> {
  const turn = port.turn();
  const step = nextStep(turn.steps);
  const continues = cutText(turn);
  const style = setup.provider.continuation;
  const request: ModelRequest = {
    model: setup.model,
    instructions: setup.instructions,
    messages: await setup.messages(turn),
    tools: setup.tools.map((tool) => tool.spec),
    isPrefill: continues !== null && style === "prefill",
  };
  port.emit({ type: "step-started", step });
  await port.commit();
  for (let tries = 1; ; tries++) {
    const reader = new StepReader(port, {
      step,
      unique: setup.unique,
      findTool: (name) => setup.tools.find((tool) => tool.spec.name === name),
      continues: continues === null ? null : { part: continues, style },
    });
    try {
      return await readReply(port, setup, request, reader, step);
    } catch (cause) {
      setup.signal.throwIfAborted();
      if (!(cause instanceof ProviderFailure) || reader.hasOutput) throw cause;
      await waitToRetry(port, setup, cause, tries);
    }
  }
}

async function readReply(
  port: LoopPort,
  setup: LoopSetup,
  request: ModelRequest,
  reader: StepReader,
  step: number,
): Promise<StepEnd> {
  const stream = setup.provider.stream(request, setup.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Parts come one after the other; there is nothing to do side by side.
      // oxlint-disable-next-line no-await-in-loop
      const next = await untilAborted(stream.next(), setup.signal);
      if (next.done === true) throw new ProviderFailure({ kind: "cut", cause: "connection-dropped" });
      const end = reader.read(next.value);
      if (end === null) continue;
      port.emit({ type: "step-ended", step, finishReason: end.reason, requestId: reader.requestId });
      // oxlint-disable-next-line no-await-in-loop
      await port.commit();
      return end;
    }
  } finally {
    // Not awaited: a wedged provider must not hold up a stop.
    stream.return?.(undefined).catch(() => undefined);
  }
}

/** Waits as long as it makes sense, visibly, or throws the failure on. */
async function waitToRetry(port: LoopPort, setup: LoopSetup, failure: ProviderFailure, tries: number): Promise<void> {
  const decision = decideRetry(failure.problem, tries, setup.network.isOffline(), setup.random());
  switch (decision.kind) {
    case "give-up":
      throw failure;
    case "wait-for-network":
      port.emit({ type: "run-waiting", reason: "network" });
      await setup.network.waitUntilOnline(setup.signal);
      break;
    case "wait":
      port.emit({
        type: "run-waiting",
        reason: "retry",
        attempt: tries + 1,
        until: setup.clock.now() + decision.delayMs,
        why: failure.message,
      });
      await pause(decision.delayMs, setup);
  }
  port.emit({ type: "run-resumed" });
}

/** A server that asked for a pause gets the rest of it, also where an interruption came between. */
async function keepEarlierPause(port: LoopPort, setup: LoopSetup): Promise<void> {
  const [earlier, run] = port.turn().runs.slice(-2);
  if (earlier?.phase.kind !== "waiting-retry" || run === undefined || !isSameModel(earlier.model, run.model)) return;
  const { attempt, until, reason } = earlier.phase;
  const delayMs = until - setup.clock.now();
  if (delayMs <= 0 || delayMs > LONGEST_WAIT_MS) return;
  port.emit({ type: "run-waiting", reason: "retry", attempt, until, why: reason });
  await pause(delayMs, setup);
  port.emit({ type: "run-resumed" });
}

function pause(delayMs: number, setup: LoopSetup): Promise<void> {
  let cancel: (() => void) | undefined;
  const over = new Promise<void>((resolve) => {
    cancel = setup.timers.after(delayMs, resolve);
  });
  return untilAborted(over, setup.signal).finally(() => cancel?.());
}

/** Steps are numbered over all runs of a turn, so that parts of different runs never share one. */
function nextStep(steps: readonly StepRecord[]): number {
  return (steps.at(-1)?.step ?? -1) + 1;
}

function outcomeOfEnd(reason: StepEnd["reason"], turn: Turn): Outcome {
  switch (reason) {
    case "length":
      return failed("output-limit", "The model reached the longest answer that it may give. Continue to let it go on.");
    case "content-filter":
      return failed(
        "content-filter",
        "The provider's content filter ended this answer. Rephrase the message or use another model.",
      );
    case "error":
      return failed(
        "server-error",
        "The model's server reported an error in the middle of the answer. Retry, or use another model.",
      );
    case "stop":
    case "tool-calls":
    case "other": {
      const step = turn.steps.at(-1)?.step;
      const hasAnswer = turn.parts.some(
        (part) => part.kind === "text" && part.step === step && part.text.trim() !== "",
      );
      return hasAnswer ? { kind: "completed" } : { kind: "no-answer" };
    }
  }
}

function failed(code: "output-limit" | "content-filter" | "server-error", message: string): Outcome {
  return { kind: "error", error: { code, message, detail: null } };
}

function outcomeOf(cause: unknown, setup: LoopSetup): Outcome {
  if (setup.signal.aborted) return { kind: "stopped" };
  if (cause instanceof ProviderFailure) {
    const { problem } = cause;
    switch (problem.kind) {
      case "context-full":
        return { kind: "context-full", detail: problem.detail };
      case "cut":
        return { kind: "interrupted", cause: problem.cause, savedUpTo: setup.clock.now(), mayMiss: false };
      case "error":
      case "unreachable":
        return { kind: "error", error: problem.error };
    }
  }
  const detail = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return {
    kind: "error",
    error: { code: "internal", message: "Something in the agent went wrong. Retry; the message is kept.", detail },
  };
}
