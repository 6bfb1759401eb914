import type { ApprovalId, CallId, UniqueSource } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { JsonValue } from "#domain/json.ts";
import type { ModelRef } from "#domain/model.ts";
import type { RunEventBody } from "#domain/run-event.ts";
import type { ApprovalDecision, ApprovalRequest, ToolCallPart, ToolOutput } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import type { Timers } from "#journal/ports.ts";
import { callTier } from "#tools/registry.ts";
import type { Tool, ToolContext, ToolEntry } from "#tools/tool.ts";

import { needsApproval } from "./approvals.ts";
import { untilAborted } from "./until-aborted.ts";

/** A tool that has given nothing by then is not waited for any longer; the slowest honest one takes seconds. */
export const TOOL_LIMIT_MS = 120_000;
/** A timer this late was held up together with the tool (a frozen tab, a sleeping laptop): that was no stall. */
const LATE_MS = 1500;

export interface ToolCallsPort {
  turn(): Turn;
  emit(body: RunEventBody): void;
  /** Resolves to whether everything emitted so far is durable. */
  commit(): Promise<boolean>;
}

export interface ToolCallsSetup {
  readonly findTool: (name: string) => ToolEntry | undefined;
  readonly context: ToolContext;
  readonly model: ModelRef;
  readonly unique: UniqueSource;
  readonly timers: Timers;
  /** Read afresh for each call: the person may allow a tool, or withdraw it, while a run goes on. */
  readonly isAllowed: (call: ToolCallPart) => Promise<boolean>;
  /** Resolves at once where the person has decided already, e.g. a moment before an interruption. */
  readonly waitForDecision: (id: ApprovalId, signal: AbortSignal) => Promise<ApprovalDecision>;
  /** Whether an earlier request has its row, so that it is the same one after an interruption. */
  readonly isAsked: (id: ApprovalId) => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** Calls of the turn that are to run now: they have their input and no result. */
export function openCalls(turn: Turn): ToolCallPart[] {
  return turn.parts.filter(
    (part): part is ToolCallPart =>
      part.kind === "tool-call" && (part.state === "queued" || part.state === "needs-approval"),
  );
}

/**
 * Runs all open calls side by side. For each: its start is committed before it runs, its result before this resolves.
 * Rejects only with the signal's reason. Resolves to how many of them the person refused.
 */
export async function runToolCalls(port: ToolCallsPort, setup: ToolCallsSetup): Promise<number> {
  const calls = openCalls(port.turn());
  const ended = await Promise.allSettled(calls.map((call) => runCall(port, setup, call)));
  setup.signal.throwIfAborted();
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  await port.commit();
  const ids = new Set<string>(calls.map((call) => call.id));
  return port.turn().parts.filter((part) => part.kind === "tool-call" && part.state === "denied" && ids.has(part.id))
    .length;
}

async function runCall(port: ToolCallsPort, setup: ToolCallsSetup, call: ToolCallPart): Promise<void> {
  const fail = (text: string) => {
    port.emit({ type: "tool-call-output", callId: call.id, result: "failed", output: { ok: false, text } });
  };
  const entry = setup.findTool(call.tool);
  if (entry === undefined) {
    fail(`There is no tool named ${call.tool}.`);
    return;
  }
  const tool = await loadTool(entry);
  if (typeof tool === "string") {
    fail(tool);
    return;
  }
  const complaint = tool.check(call.input);
  if (complaint !== null) {
    fail(complaint);
    return;
  }
  if ((await decisionOn(port, setup, { call, entry, tool })) === "deny") {
    const output: ToolOutput = { ok: false, text: "The user did not allow this call. Do not try it again." };
    port.emit({ type: "tool-call-output", callId: call.id, result: "denied", output });
    return;
  }
  port.emit({ type: "tool-call-running", callId: call.id });
  const isRecorded = await port.commit();
  setup.signal.throwIfAborted();
  if (!isRecorded && tool.effect !== "pure") {
    fail(
      "Not run: storage takes no writes now, so the call could not be recorded first. Free some space and try again.",
    );
    return;
  }
  await runTool(port, setup, call.id, tool);
}

/** The tool, or a sentence saying why its code could not be had. */
async function loadTool(entry: ToolEntry): Promise<Tool | string> {
  try {
    return await entry.load();
  } catch (cause) {
    return `The tool ${entry.spec.name} could not be loaded (${String(cause)}). Reload the app, then try again.`;
  }
}

/** What the person has said about this very call counts, also when an interruption came before it could run. */
async function decisionOn(
  port: ToolCallsPort,
  setup: ToolCallsSetup,
  { call, entry, tool }: { readonly call: ToolCallPart; readonly entry: ToolEntry; readonly tool: Tool },
): Promise<ApprovalDecision | "not-asked"> {
  const decided = call.approval?.decision ?? null;
  if (decided !== null) return decided;
  const isAsking = call.state === "needs-approval";
  if (!isAsking && !needsApproval(callTier(entry, call.input), setup.model, await setup.isAllowed(call))) {
    return "not-asked";
  }
  const request = await approvalRequest(port, setup, call, tool);
  const decision = await setup.waitForDecision(request.id, setup.signal);
  port.emit({ type: "approval-resolved", callId: call.id, approvalId: request.id, decision });
  return decision;
}

/** After an interruption a request that had been asked is the same request. */
async function approvalRequest(
  port: ToolCallsPort,
  setup: ToolCallsSetup,
  call: ToolCallPart,
  tool: Tool,
): Promise<ApprovalRequest> {
  const earlier = call.approval?.request;
  if (earlier !== undefined && call.state === "needs-approval" && (await setup.isAsked(earlier.id))) {
    return earlier;
  }
  const request: ApprovalRequest = {
    id: mintId<ApprovalId>(setup.unique),
    ...(await tool.preview(call.input, setup.context)),
  };
  port.emit({ type: "approval-requested", callId: call.id, request });
  await port.commit();
  return request;
}

async function runTool(port: ToolCallsPort, setup: ToolCallsSetup, callId: CallId, tool: Tool): Promise<void> {
  const call = port.turn().parts.find((part) => part.id === callId);
  const input = call?.kind === "tool-call" ? call.input : null;
  let output: ToolOutput;
  try {
    output = await answerInTime(tool, input, setup);
  } catch (cause) {
    setup.signal.throwIfAborted();
    output = {
      ok: false,
      text: `The tool failed unexpectedly: ${cause instanceof Error ? cause.message : String(cause)}`,
    };
  }
  port.emit({ type: "tool-call-output", callId, result: output.ok ? "done" : "failed", output });
  await port.commit();
}

/** The tool's output; or, from one that has stalled, that it has: its signal is aborted, and the run goes on. */
async function answerInTime(tool: Tool, input: JsonValue, setup: ToolCallsSetup): Promise<ToolOutput> {
  const { context, timers } = setup;
  const limit = new AbortController();
  const signal = AbortSignal.any([context.signal, limit.signal]);
  let cancel: (() => void) | undefined;
  const stalled = new Promise<ToolOutput>((resolve) => {
    const arm = () => {
      const dueAt = context.now() + TOOL_LIMIT_MS;
      cancel = timers.after(TOOL_LIMIT_MS, () => {
        if (context.now() - dueAt > LATE_MS) {
          arm();
          return;
        }
        resolve({ ok: false, text: stallText(tool) });
        limit.abort(new DOMException("The tool has stalled", "TimeoutError"));
      });
    };
    arm();
  });
  try {
    return await Promise.race([untilAborted(tool.run(input, { ...context, signal }), setup.signal), stalled]);
  } finally {
    cancel?.();
  }
}

function stallText({ spec, effect }: Tool): string {
  const text = `${spec.name} gave no answer within ${TOOL_LIMIT_MS / 60_000} minutes and was given up.`;
  return effect === "pure" ? text : `${text} It may still take effect: check before you repeat it.`;
}
