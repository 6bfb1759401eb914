import * as v from "valibot";

import type { ApprovalId, CallId, PartId, RunId, SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";

import {
  approvalDecision,
  approvalRequest,
  effect,
  id,
  json,
  modelRef,
  number,
  outcome,
  providerOpaque,
  seqNumber,
  tier,
  toolOutput,
} from "./record-shapes.ts";
import type { Fields } from "./record-shapes.ts";
import type { JournalRow } from "./schema.ts";
import { finishReason, runTrigger, usage } from "./turn-shapes.ts";

const text = v.string();
const opaque = v.exactOptional(providerOpaque);
/** Where an event stands. */
const place = { runId: id<RunId>(), seq: seqNumber, firstSeq: v.exactOptional(seqNumber), at: number };

const runEvent = v.variant("type", [
  v.strictObject({ type: v.literal("run-started"), trigger: runTrigger, model: modelRef, ...place }),
  v.variant("reason", [
    v.strictObject({
      type: v.literal("run-waiting"),
      reason: v.literal("retry"),
      attempt: number,
      until: number,
      why: text,
      ...place,
    }),
    v.strictObject({ type: v.literal("run-waiting"), reason: v.literal("network"), ...place }),
  ]),
  v.strictObject({ type: v.literal("run-resumed"), ...place }),
  v.strictObject({ type: v.literal("step-started"), step: seqNumber, ...place }),
  v.strictObject({
    type: v.literal("part-opened"),
    partId: id<PartId>(),
    kind: v.picklist(["text", "reasoning"]),
    step: seqNumber,
    ...place,
  }),
  v.strictObject({ type: v.literal("part-resumed"), partId: id<PartId>(), step: seqNumber, ...place }),
  v.strictObject({ type: v.literal("text-delta"), partId: id<PartId>(), text, ...place }),
  v.strictObject({ type: v.literal("reasoning-delta"), partId: id<PartId>(), text, ...place }),
  v.strictObject({ type: v.literal("part-closed"), partId: id<PartId>(), opaque, ...place }),
  v.strictObject({
    type: v.literal("tool-call-started"),
    callId: id<CallId>(),
    step: seqNumber,
    tool: text,
    effect,
    tier,
    ...place,
  }),
  v.strictObject({ type: v.literal("tool-call-input"), callId: id<CallId>(), input: json, opaque, ...place }),
  v.strictObject({ type: v.literal("approval-requested"), callId: id<CallId>(), request: approvalRequest, ...place }),
  v.strictObject({
    type: v.literal("approval-resolved"),
    callId: id<CallId>(),
    approvalId: id<ApprovalId>(),
    decision: approvalDecision,
    ...place,
  }),
  v.strictObject({ type: v.literal("tool-call-running"), callId: id<CallId>(), ...place }),
  v.strictObject({
    type: v.literal("tool-call-output"),
    callId: id<CallId>(),
    result: v.picklist(["done", "failed", "denied", "cancelled"]),
    output: toolOutput,
    ...place,
  }),
  v.strictObject({ type: v.literal("usage-reported"), step: seqNumber, usage, ...place }),
  v.strictObject({
    type: v.literal("step-ended"),
    step: seqNumber,
    finishReason,
    requestId: v.nullable(text),
    ...place,
  }),
  v.strictObject({ type: v.literal("run-ended"), outcome, ...place }),
]) satisfies v.GenericSchema<unknown, RunEvent>;

export const journalRow = v.strictObject({
  sessionId: id<SessionId>(),
  runId: id<RunId>(),
  seq: seqNumber,
  events: v.array(runEvent),
  savedAt: number,
} satisfies Fields<JournalRow>);
