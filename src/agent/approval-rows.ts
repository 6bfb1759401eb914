import type { Part } from "#domain/message.ts";
import type { ApprovalRow } from "#domain/session.ts";
import type { ApprovalRequest, ToolCallPart } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";
import { readApproval } from "#storage/approval-store.ts";
import type { Database } from "#storage/database.ts";
import type { ApprovalChanges } from "#storage/save.ts";

import { readIfReadable } from "./read-if-readable.ts";

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

/**
 * The turn once its requests are taken back: no card asks what nobody can answer any more, and a denial that the person
 * never spoke is not taken for theirs. Should the answer go on after all, its calls ask anew.
 */
export function withoutRequests(turn: Turn): Turn {
  if (!turn.parts.some(isAsking)) return turn;
  return {
    ...turn,
    parts: turn.parts.map((part) => (isAsking(part) ? { ...part, state: "queued" as const, approval: null } : part)),
  };
}

/**
 * The turn with the decisions that were committed although nobody lived to put them into it: its card shows them, and
 * its run goes on with them instead of asking again. The rows are what counts.
 */
export async function withDecisions(db: Database, turn: Turn): Promise<Turn> {
  if (!turn.parts.some(isAsking)) return turn;
  const decided = async (part: Part): Promise<Part> => {
    if (!isAsking(part) || part.approval === null) return part;
    const { request } = part.approval;
    const row = await readIfReadable(() => readApproval(db, request.id));
    if (row === null || row.decision === null) return part;
    return { ...part, state: "queued", approval: { request, decision: row.decision } };
  };
  return { ...turn, parts: await Promise.all(turn.parts.map(decided)) };
}

function isAsking(part: Part): part is ToolCallPart {
  return part.kind === "tool-call" && part.state === "needs-approval";
}
