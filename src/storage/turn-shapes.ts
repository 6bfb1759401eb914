import * as v from "valibot";

import type { CallId, MessageId, PartId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import type { ReasoningPart, TextPart, UserMessage } from "#domain/message.ts";
import type { Usage } from "#domain/model.ts";
import type { ToolCallPart } from "#domain/tool-call.ts";
import type { RunPhase, RunRecord, StepRecord, Turn } from "#domain/turn.ts";

import type { Fields } from "./record-shapes.ts";
import {
  id,
  number,
  seqNumber,
  text,
  flag,
  json,
  opaque,
  modelRef,
  attachments,
  outcome,
  toolOutput,
  approvalRequest,
  approvalDecision,
  effect,
  tier,
} from "./record-shapes.ts";

const user = v.strictObject({ id: id<MessageId>(), text, attachments, sentAt: number } satisfies Fields<UserMessage>);

const partState = v.picklist(["streaming", "done", "cut"]);
const textPart = v.strictObject({
  kind: v.literal("text"),
  id: id<PartId>(),
  step: seqNumber,
  state: partState,
  text,
  seams: v.array(v.strictObject({ runId: id<RunId>(), offset: seqNumber })),
  opaque,
} satisfies Fields<TextPart>);

const reasoningPart = v.strictObject({
  kind: v.literal("reasoning"),
  id: id<PartId>(),
  step: seqNumber,
  state: partState,
  text,
  startedAt: number,
  endedAt: v.nullable(number),
  opaque,
} satisfies Fields<ReasoningPart>);

const toolCallPart = v.strictObject({
  kind: v.literal("tool-call"),
  id: id<CallId>(),
  step: seqNumber,
  tool: text,
  effect,
  tier,
  state: v.picklist([
    "receiving",
    "queued",
    "needs-approval",
    "running",
    "done",
    "failed",
    "denied",
    "cancelled",
    "unknown",
  ]),
  input: json,
  approval: v.nullable(v.strictObject({ request: approvalRequest, decision: v.nullable(approvalDecision) })),
  output: v.nullable(toolOutput),
  startedAt: v.nullable(number),
  endedAt: v.nullable(number),
  opaque,
} satisfies Fields<ToolCallPart>);

export const usage = v.strictObject({
  inputTokens: v.nullable(number),
  outputTokens: v.nullable(number),
  cachedInputTokens: v.nullable(number),
  reasoningTokens: v.nullable(number),
} satisfies Fields<Usage>);

export const finishReason = v.picklist(["stop", "length", "tool-calls", "content-filter", "error", "other"]);
export const runTrigger = v.picklist(["send", "continue", "automatic"]);

const runPhase = v.variant("kind", [
  v.strictObject({ kind: v.literal("working") }),
  v.strictObject({ kind: v.literal("waiting-retry"), attempt: number, until: number, reason: text }),
  v.strictObject({ kind: v.literal("waiting-network") }),
]) satisfies v.GenericSchema<unknown, RunPhase>;

const runRecord = v.strictObject({
  id: id<RunId>(),
  trigger: runTrigger,
  model: modelRef,
  startedAt: number,
  lastSeq: seqNumber,
  hasProgress: flag,
  phase: runPhase,
  outcome: v.nullable(outcome),
  endedAt: v.nullable(number),
} satisfies Fields<RunRecord>);

const stepRecord = v.strictObject({
  runId: id<RunId>(),
  step: seqNumber,
  startedAt: number,
  endedAt: v.nullable(number),
  finishReason: v.nullable(finishReason),
  usage: v.nullable(usage),
  requestId: v.nullable(text),
} satisfies Fields<StepRecord>);

export const turn = v.strictObject({
  sessionId: id<SessionId>(),
  seq: seqNumber,
  id: id<TurnId>(),
  parent: seqNumber,
  user,
  replyId: id<MessageId>(),
  parts: v.array(v.variant("kind", [textPart, reasoningPart, toolCallPart])),
  steps: v.array(stepRecord),
  runs: v.array(runRecord),
  resolution: v.nullable(v.picklist(["kept", "discarded"])),
} satisfies Fields<Turn>);
