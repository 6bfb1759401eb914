import type { CallId } from "#domain/ids.ts";
import type { ToolCallPart } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";

import { Refused } from "./refusals.ts";

/** What the person decides about a once-only call whose outcome is unknown. */
export type UnknownDecision = "run-again" | "mark-done" | "skip";

export function hasUnknownCalls(turn: Turn): boolean {
  return turn.parts.some((part) => part.kind === "tool-call" && part.state === "unknown");
}

/** The turn with this decision in it. Throws Refused where the call's outcome is settled: each is decided once. */
export function decideUnknownCall(turn: Turn, callId: CallId, decision: UnknownDecision): Turn {
  const index = turn.parts.findIndex((part) => part.id === callId);
  const call = turn.parts[index];
  if (call?.kind !== "tool-call" || call.state !== "unknown") {
    throw new Refused("already-resolved", "The outcome of this call is already settled.");
  }
  return { ...turn, parts: turn.parts.with(index, decided(call, decision)) };
}

function decided(call: ToolCallPart, decision: UnknownDecision): ToolCallPart {
  switch (decision) {
    case "run-again":
      // What was allowed stays allowed: it is the same call.
      return { ...call, state: "queued", startedAt: null, endedAt: null };
    case "mark-done": {
      const text = "The app was interrupted during this call. The user looked and says that it took effect.";
      return { ...call, state: "done", output: { ok: true, text, value: null } };
    }
    case "skip": {
      const text = "The app was interrupted during this call. The user chose to go on without it.";
      return { ...call, state: "cancelled", output: { ok: false, text } };
    }
  }
}
