import type { ApprovalId, CallId, PartId, RunId } from "./ids.ts";
import type { JsonValue } from "./json.ts";
import type { FinishReason, ModelRef, Usage } from "./model.ts";
import type { ProviderOpaque } from "./provider-opaque.ts";
import type { Outcome } from "./outcome.ts";
import type { ApprovalDecision, ApprovalRequest, Effect, Tier, ToolOutput } from "./tool-call.ts";
import type { RunTrigger } from "./turn.ts";

/**
 * What can happen during a run, in the order in which it happens:
 *
 *   run-started
 *     step-started
 *       part-opened → text-delta | reasoning-delta … → part-closed     (part-resumed takes up a cut part again)
 *       tool-call-started → tool-call-input                            (the input has arrived whole)
 *     step-ended
 *       approval-requested → approval-resolved                         (only where the tool needs one)
 *       tool-call-running → tool-call-output                           (calls of one step run side by side)
 *     step-started …
 *   run-ended                                                          (nothing after it)
 *
 *   run-waiting / run-resumed may stand anywhere between: a retry with its time, or no network.
 */
export type RunEventBody =
  | { readonly type: "run-started"; readonly trigger: RunTrigger; readonly model: ModelRef }
  | {
      readonly type: "run-waiting";
      readonly reason: "retry";
      readonly attempt: number;
      readonly until: number;
      readonly why: string;
    }
  | { readonly type: "run-waiting"; readonly reason: "network" }
  | { readonly type: "run-resumed" }
  | { readonly type: "step-started"; readonly step: number }
  | {
      readonly type: "part-opened";
      readonly partId: PartId;
      readonly kind: "text" | "reasoning";
      readonly step: number;
    }
  | { readonly type: "part-resumed"; readonly partId: PartId; readonly step: number }
  | { readonly type: "text-delta"; readonly partId: PartId; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly partId: PartId; readonly text: string }
  | { readonly type: "part-closed"; readonly partId: PartId; readonly opaque?: ProviderOpaque }
  | {
      readonly type: "tool-call-started";
      readonly callId: CallId;
      readonly step: number;
      readonly tool: string;
      readonly effect: Effect;
      readonly tier: Tier;
    }
  | {
      readonly type: "tool-call-input";
      readonly callId: CallId;
      readonly input: JsonValue;
      readonly opaque?: ProviderOpaque;
    }
  | { readonly type: "approval-requested"; readonly callId: CallId; readonly request: ApprovalRequest }
  | {
      readonly type: "approval-resolved";
      readonly callId: CallId;
      readonly approvalId: ApprovalId;
      readonly decision: ApprovalDecision;
    }
  | { readonly type: "tool-call-running"; readonly callId: CallId }
  | {
      readonly type: "tool-call-output";
      readonly callId: CallId;
      readonly result: "done" | "failed" | "denied" | "cancelled";
      readonly output: ToolOutput;
    }
  | { readonly type: "usage-reported"; readonly step: number; readonly usage: Usage }
  | {
      readonly type: "step-ended";
      readonly step: number;
      readonly finishReason: FinishReason;
      readonly requestId: string | null;
    }
  | { readonly type: "run-ended"; readonly outcome: Outcome };

/** Where an event stands: gap-free within its run, from 1, from one producer. */
export interface RunEventPlace {
  readonly runId: RunId;
  readonly seq: number;
  /** Set where neighbouring deltas were merged into one: the seq of the first of them. */
  readonly firstSeq?: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An immutable fact emitted by a run. */
export type RunEvent = RunEventBody & RunEventPlace;

/** Merges neighbouring deltas of one part; every other event stays as it is. The result applies to the same turn. */
export function mergeDeltas(events: readonly RunEvent[]): RunEvent[] {
  const merged: RunEvent[] = [];
  for (const event of events) {
    const last = merged.at(-1);
    if (
      last !== undefined &&
      (event.type === "text-delta" || event.type === "reasoning-delta") &&
      last.type === event.type &&
      last.partId === event.partId &&
      last.runId === event.runId
    ) {
      merged[merged.length - 1] = {
        ...event,
        text: last.text + event.text,
        firstSeq: last.firstSeq ?? last.seq,
      };
    } else {
      merged.push(event);
    }
  }
  return merged;
}
