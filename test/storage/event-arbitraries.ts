import * as fc from "fast-check";

import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import type { JournalRow } from "#storage/schema.ts";

import {
  anyId,
  anyText,
  time,
  seq,
  orNull,
  anyJson,
  optional,
  withOpaque,
  modelRef,
  outcome,
  joined,
  output,
  request,
  decision,
  effect,
  tier,
  usage,
  finishReason,
  trigger,
} from "./arbitraries.ts";

type BodyOf<Type extends RunEventBody["type"]> = Extract<RunEventBody, { type: Type }>;
type BodyArbitraries = { [Type in RunEventBody["type"]]: fc.Arbitrary<BodyOf<Type>> };

/** One entry for each kind of event: a new one that is missing here does not compile. */
const bodies: BodyArbitraries = {
  "run-started": fc.record({ type: fc.constant("run-started"), trigger, model: modelRef }),
  "run-waiting": fc.oneof(
    fc.record({
      type: fc.constant("run-waiting" as const),
      reason: fc.constant("retry" as const),
      attempt: seq,
      until: time,
      why: anyText,
    }),
    fc.record({ type: fc.constant("run-waiting" as const), reason: fc.constant("network" as const) }),
  ),
  "run-resumed": fc.record({ type: fc.constant("run-resumed") }),
  "step-started": fc.record({ type: fc.constant("step-started"), step: seq }),
  "part-opened": fc.record({
    type: fc.constant("part-opened"),
    partId: anyId(),
    kind: fc.constantFrom("text", "reasoning"),
    step: seq,
  }),
  "part-resumed": fc.record({ type: fc.constant("part-resumed"), partId: anyId(), step: seq }),
  "text-delta": fc.record({ type: fc.constant("text-delta"), partId: anyId(), text: anyText }),
  "reasoning-delta": fc.record({ type: fc.constant("reasoning-delta"), partId: anyId(), text: anyText }),
  "part-closed": joined(
    fc.record({ type: fc.constant("part-closed" as const), partId: anyId() }),
    withOpaque,
  ) as BodyArbitraries["part-closed"],
  "tool-call-started": fc.record({
    type: fc.constant("tool-call-started"),
    callId: anyId(),
    step: seq,
    tool: anyText,
    effect,
    tier,
  }),
  "tool-call-input": joined(
    fc.record({ type: fc.constant("tool-call-input" as const), callId: anyId(), input: anyJson }),
    withOpaque,
  ) as BodyArbitraries["tool-call-input"],
  "approval-requested": fc.record({ type: fc.constant("approval-requested"), callId: anyId(), request }),
  "approval-resolved": fc.record({
    type: fc.constant("approval-resolved"),
    callId: anyId(),
    approvalId: anyId(),
    decision,
  }),
  "tool-call-running": fc.record({ type: fc.constant("tool-call-running"), callId: anyId() }),
  "tool-call-output": fc.record({
    type: fc.constant("tool-call-output"),
    callId: anyId(),
    result: fc.constantFrom("done", "failed", "denied", "cancelled"),
    output,
  }),
  "usage-reported": fc.record({ type: fc.constant("usage-reported"), step: seq, usage }),
  "step-ended": fc.record({
    type: fc.constant("step-ended"),
    step: seq,
    finishReason,
    requestId: orNull(anyText),
  }),
  "run-ended": fc.record({ type: fc.constant("run-ended"), outcome }),
};

const place = joined(fc.record({ runId: anyId(), seq, at: time }), optional<{ firstSeq: number }>({ firstSeq: seq }));
const anyEvent = joined(
  fc.oneof(...(Object.values(bodies) as fc.Arbitrary<RunEventBody>[])),
  place,
) as fc.Arbitrary<RunEvent>;

export const anyJournalRow = fc.record<JournalRow>({
  sessionId: anyId(),
  runId: anyId(),
  seq,
  events: fc.array(anyEvent, { maxLength: 6 }),
  savedAt: time,
});
