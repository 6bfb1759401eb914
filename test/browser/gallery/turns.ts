import { mintId, readId } from "#domain/ids.ts";
import type { BlobId, CallId, MessageId, PartId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import type { JsonValue } from "#domain/json.ts";
import type { Part, ReasoningPart, TextPart } from "#domain/message.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { ToolCallPart, ToolOutput } from "#domain/tool-call.ts";
import type { RunRecord, Turn } from "#domain/turn.ts";
import { newTurn } from "#domain/turn.ts";

export const GALLERY_SESSION = readId<SessionId>("gallery");
/** 14:03:22 on a winter day in UTC. */
export const GALLERY_NOW = Date.UTC(2026, 0, 15, 14, 3, 22);

let last = 0;
const unique = () => `g-${String(++last)}`;

export function textPart(text: string, more: Partial<TextPart> = {}): TextPart {
  return { kind: "text", id: mintId<PartId>(unique), step: 0, state: "done", text, seams: [], ...more };
}

export function reasoningPart(text: string, more: Partial<ReasoningPart> = {}): ReasoningPart {
  const startedAt = GALLERY_NOW - 20_000;
  return {
    kind: "reasoning",
    id: mintId<PartId>(unique),
    step: 0,
    state: "done",
    text,
    startedAt,
    endedAt: startedAt + 6_000,
    ...more,
  };
}

export function call(
  tool: string,
  input: JsonValue,
  output: ToolOutput | null,
  more: Partial<ToolCallPart> = {},
): ToolCallPart {
  return {
    kind: "tool-call",
    id: mintId<CallId>(unique),
    step: 0,
    tool,
    effect: "pure",
    tier: 0,
    state: output === null ? "queued" : output.ok ? "done" : "failed",
    input,
    approval: null,
    output,
    startedAt: output === null ? null : GALLERY_NOW - 9_000,
    endedAt: output === null ? null : GALLERY_NOW - 8_996,
    ...more,
  };
}

export function run(outcome: Outcome | null, more: Partial<RunRecord> = {}): RunRecord {
  return {
    id: mintId<RunId>(unique),
    trigger: "send",
    model: BUILT_IN_MODEL,
    startedAt: GALLERY_NOW - 30_000,
    lastSeq: 9,
    hasProgress: true,
    phase: { kind: "working" },
    outcome,
    endedAt: outcome === null ? null : GALLERY_NOW - 2_000,
    ...more,
  };
}

let lastSeq = 0;

/** A turn after the one that was made before it. */
export function turn(text: string, runs: readonly RunRecord[], parts: readonly Part[], more: Partial<Turn> = {}): Turn {
  const parent = lastSeq;
  const seq = ++lastSeq;
  return {
    ...newTurn({
      sessionId: GALLERY_SESSION,
      seq,
      id: mintId<TurnId>(unique),
      parent,
      user: { id: mintId<MessageId>(unique), text, attachments: [], sentAt: GALLERY_NOW - 40_000 },
      replyId: mintId<MessageId>(unique),
    }),
    runs,
    parts,
    ...more,
  };
}

/** The turns that follow begin anew at 1. */
export function restartSeqs(): void {
  lastSeq = 0;
}

export function attachment(name: string, size: number) {
  return { blobId: mintId<BlobId>(unique), name, mediaType: "text/plain", size, path: name };
}

export const COMPLETED: Outcome = { kind: "completed" };

export function interrupted(more: Partial<Extract<Outcome, { kind: "interrupted" }>> = {}): Outcome {
  return { kind: "interrupted", cause: "page-closed", savedUpTo: GALLERY_NOW, mayMiss: true, ...more };
}
