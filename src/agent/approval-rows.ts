import type { ApprovalRow } from "#domain/session.ts";
import type { ApprovalRequest, ToolCallPart } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import type { ApprovalChanges } from "#storage/save.ts";

/** The row of a request that waits for the person. `at` in epoch ms. */
export function approvalRow(turn: Turn, call: ToolCallPart, request: ApprovalRequest, at: number): ApprovalRow {
  return {
    id: request.id,
    sessionId: turn.sessionId,
    turnSeq: turn.seq,
    callId: call.id,
    tool: call.tool,
    request,
    requestedAt: at,
    decision: null,
    decidedAt: null,
  };
}

/**
 * Takes back what a turn still asks: its call will not run, so the session must not stand under "Needs you" for it, and
 * an answer that comes late finds that there is one. Null where nothing waits. A request whose own write had failed gets
 * its row first.
 */
export function withdrawApprovals(turn: Turn, at: number): ApprovalChanges | null {
  const request = turn.parts.flatMap((part) =>
    part.kind === "tool-call" && part.approval !== null && part.approval.decision === null
      ? [approvalRow(turn, part, part.approval.request, at)]
      : [],
  );
  if (request.length === 0) return null;
  return { request, settle: request.map(({ id }) => ({ id, decision: "deny" as const, at })) };
}
