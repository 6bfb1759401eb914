import * as fc from "fast-check";

import {
  readId,
  type ApprovalId,
  type CallId,
  type MessageId,
  type PartId,
  type RunId,
  type SessionId,
  type TurnId,
} from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import { newTurn, type Turn } from "#domain/turn.ts";

/** A turn as it is accepted, before any run. */
export function emptyTurn(): Turn {
  return newTurn({
    sessionId: readId<SessionId>("session"),
    seq: 1,
    id: readId<TurnId>("turn"),
    parent: 0,
    user: { id: readId<MessageId>("message"), text: "Hello", attachments: [], sentAt: 1 },
    replyId: readId<MessageId>("reply"),
  });
}

const partIds = ["p1", "p2", "p3"].map((id) => readId<PartId>(id));
const callIds = ["c1", "c2", "c3"].map((id) => readId<CallId>(id));
const part = fc.constantFrom(...partIds);
const call = fc.constantFrom(...callIds);
const step = fc.nat({ max: 3 });
const text = fc.string({ unit: "binary", maxLength: 8 });
const approvalId = fc.constantFrom("a1", "a2").map((id) => readId<ApprovalId>(id));

const outcome: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { kind: "completed" },
  { kind: "stopped" },
  { kind: "interrupted", cause: "page-closed", savedUpTo: 5, mayMiss: false },
  { kind: "no-answer" },
  { kind: "tool-limit", steps: 4 },
  { kind: "context-full", detail: null },
  { kind: "error", error: { code: "internal", message: "No.", detail: null } },
);

/** Any fact in any order: what a hostile or broken producer could send, not only what a sane loop does. */
const body: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.record({ type: fc.constant("step-started" as const), step }),
  fc.record({
    type: fc.constant("part-opened" as const),
    partId: part,
    kind: fc.constantFrom("text" as const, "reasoning" as const),
    step,
  }),
  fc.record({ type: fc.constant("part-resumed" as const), partId: part, step }),
  fc.record({ type: fc.constant("text-delta" as const), partId: part, text }),
  fc.record({ type: fc.constant("text-delta" as const), partId: part, text }),
  fc.record({ type: fc.constant("reasoning-delta" as const), partId: part, text }),
  fc.record({ type: fc.constant("part-closed" as const), partId: part }),
  fc.record({
    type: fc.constant("tool-call-started" as const),
    callId: call,
    step,
    tool: fc.constantFrom("calculate", "append_file"),
    effect: fc.constantFrom("pure" as const, "idempotent" as const, "once" as const),
    tier: fc.constantFrom(0 as const, 3 as const),
  }),
  fc.record({ type: fc.constant("tool-call-input" as const), callId: call, input: fc.constant({ a: 1 }) }),
  fc.record({
    type: fc.constant("approval-requested" as const),
    callId: call,
    request: fc.record({ id: approvalId, title: fc.constant("Write"), reason: fc.constant("It writes.") }),
  }),
  fc.record({
    type: fc.constant("approval-resolved" as const),
    callId: call,
    approvalId,
    decision: fc.constantFrom("allow-once" as const, "allow-in-session" as const, "deny" as const),
  }),
  fc.record({ type: fc.constant("tool-call-running" as const), callId: call }),
  fc.record({
    type: fc.constant("tool-call-output" as const),
    callId: call,
    result: fc.constantFrom("done" as const, "failed" as const, "denied" as const, "cancelled" as const),
    output: fc.constant({ ok: true as const, text: "4", value: 4 }),
  }),
  fc.record({ type: fc.constant("run-waiting" as const), reason: fc.constant("network" as const) }),
  fc.record({ type: fc.constant("run-resumed" as const) }),
  fc.record({
    type: fc.constant("step-ended" as const),
    step,
    finishReason: fc.constant("stop" as const),
    requestId: fc.constant(null),
  }),
);

/** Some runs of one turn, each numbered without gaps from 1; all but the last have ended. */
export function runEvents(options: { readonly isEnded?: boolean } = {}): fc.Arbitrary<RunEvent[]> {
  const run = fc.record({ bodies: fc.array(body, { maxLength: 25 }), outcome });
  return fc.tuple(fc.array(run, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([runs, endsLast]) =>
    runs.flatMap(({ bodies, outcome: ending }, index) => {
      const isLast = index === runs.length - 1;
      const started: RunEventBody = {
        type: "run-started",
        trigger: index === 0 ? "send" : "continue",
        model: BUILT_IN_MODEL,
      };
      const ended: RunEventBody[] =
        !isLast || endsLast || options.isEnded === true ? [{ type: "run-ended", outcome: ending }] : [];
      const runId = readId<RunId>(`run-${index}`);
      return [started, ...bodies, ...ended].map((fact, position): RunEvent => ({
        ...fact,
        runId,
        seq: position + 1,
        at: index * 1000 + position,
      }));
    }),
  );
}
