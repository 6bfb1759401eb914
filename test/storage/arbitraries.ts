import * as fc from "fast-check";

import type { AnyId, ConnectionId, RunId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { Attachment, Part } from "#domain/message.ts";
import type { Connection, ModelRef, Usage } from "#domain/model.ts";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { ApprovalRow, QueueItem, Session } from "#domain/session.ts";
import type { ApprovalRequest, ToolOutput, ToolView } from "#domain/tool-call.ts";
import type { RunRecord, StepRecord, Turn } from "#domain/turn.ts";
import type { DraftPlace } from "#storage/schema.ts";

/** Every value of every stored type, each optional field there and not there. */

export const anyId = <Id extends AnyId>(): fc.Arbitrary<Id> =>
  fc.stringMatching(/^[A-Za-z0-9._:-]{1,24}$/).map((text) => readId<Id>(text));

/** Lone surrogates, NUL, right-to-left marks and markup among them. */
export const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 12 }),
  fc.constantFrom("", "\0", "\ud800", "\udc00\ud800", "\u202eright\u202c", "<script>", "a\r\nb", "İ"),
);
export const time = fc.nat();
export const seq = fc.nat({ max: 10_000 });
const flag = fc.boolean();
export const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { nil: null });
export const anyJson = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
const jsonObject = fc.dictionary(fc.string({ maxLength: 5 }), anyJson, { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;

/** Some of these fields, in any combination. */
export function optional<Fields extends object>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) {
  return fc.record(fields, { requiredKeys: [] }) as unknown as fc.Arbitrary<Partial<Fields>>;
}

const opaque = fc.record<ProviderOpaque>({ maker: anyText, content: jsonObject });
export const withOpaque = optional<{ opaque: ProviderOpaque }>({ opaque });

export const modelRef: fc.Arbitrary<ModelRef> = fc.oneof(
  fc.constant<ModelRef>({ provider: "built-in", model: "built-in" }),
  fc.record({ provider: fc.constant("connection" as const), connectionId: anyId<ConnectionId>(), model: anyText }),
);
const attachment = fc.record<Attachment>({
  blobId: anyId(),
  name: anyText,
  mediaType: anyText,
  size: fc.nat(),
  path: anyText,
});
const attachments = fc.array(attachment, { maxLength: 3 });
const status = fc.constantFrom(
  "pending",
  "running",
  "completed",
  "stopped",
  "interrupted",
  "no-answer",
  "tool-limit",
  "context-full",
  "error",
);

export const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>({ kind: "completed" }, { kind: "stopped" }, { kind: "no-answer" }),
  fc.record({
    kind: fc.constant("interrupted" as const),
    cause: fc.constantFrom(
      "page-closed",
      "update",
      "paused-by-browser",
      "agent-died",
      "connection-dropped",
      "stalled",
      "app-died",
    ),
    savedUpTo: time,
    mayMiss: flag,
  }),
  fc.record({ kind: fc.constant("tool-limit" as const), steps: seq }),
  fc.record({ kind: fc.constant("context-full" as const), detail: orNull(anyText) }),
  fc.record({
    kind: fc.constant("error" as const),
    error: fc.record({
      code: fc.constantFrom(
        "bad-key",
        "missing-key",
        "no-credit",
        "rate-limited",
        "server-error",
        "unreachable",
        "not-an-api",
        "model-not-found",
        "bad-request",
        "malformed-stream",
        "content-filter",
        "output-limit",
        "storage",
        "internal",
      ),
      message: anyText,
      detail: orNull(anyText),
    }),
  }),
);

export const anySession = fc.record<Session>({
  id: anyId(),
  title: anyText,
  titleSource: fc.constantFrom("none", "first-message", "generated", "person"),
  model: orNull(modelRef),
  createdAt: time,
  updatedAt: time,
  lastActivityAt: time,
  revision: seq,
  fencingToken: seq,
  head: seq,
  nextSeq: seq,
  pending: orNull(
    fc.record({ turnId: anyId(), turnSeq: seq, messageId: anyId(), runId: anyId(), startedAt: time, attachments }),
  ),
  headStatus: orNull(status),
  headSnippet: anyText,
  needsPerson: flag,
  declinedRun: orNull(anyId<RunId>()),
  isPinned: flag,
  isArchived: flag,
  allowedTools: fc.array(anyText, { maxLength: 3 }),
  deletedAt: orNull(time),
});

export const anyIndexEntry = fc.record({
  sessionId: anyId(),
  title: anyText,
  snippet: anyText,
  status: orNull(status),
  needsPerson: flag,
  isPinned: flag,
  isArchived: flag,
  createdAt: time,
  lastActivityAt: time,
  revision: seq,
}) as fc.Arbitrary<IndexEntry>;

const texts = fc.array(anyText, { maxLength: 3 });
const view: fc.Arbitrary<ToolView> = fc.oneof(
  fc.record({ kind: fc.constant("working" as const), lines: texts, result: anyText }),
  fc.record({ kind: fc.constant("table" as const), columns: texts, rows: fc.array(texts, { maxLength: 2 }) }),
  fc.record({
    kind: fc.constant("file-change" as const),
    path: anyText,
    before: orNull(anyText),
    after: orNull(anyText),
  }),
  fc.record({ kind: fc.constant("diff" as const), before: anyText, after: anyText }),
  fc.record({ kind: fc.constant("files" as const), paths: texts }),
  fc.record({
    kind: fc.constant("session-matches" as const),
    matches: fc.array(fc.record({ sessionId: anyText, title: anyText, turnSeq: seq, snippet: anyText }), {
      maxLength: 2,
    }),
  }),
);
const withView = optional<{ view: ToolView }>({ view });

export function joined<A extends object, B extends object>(
  a: fc.Arbitrary<A>,
  b: fc.Arbitrary<B>,
): fc.Arbitrary<A & B> {
  return fc.tuple(a, b).map(([left, right]) => ({ ...left, ...right }));
}

export const output = fc.oneof(
  joined(fc.record({ ok: fc.constant(true as const), text: anyText, value: anyJson }), withView),
  fc.record({ ok: fc.constant(false as const), text: anyText }),
) as fc.Arbitrary<ToolOutput>;
export const request = joined(
  fc.record({ id: anyId(), title: anyText, reason: anyText }),
  withView,
) as fc.Arbitrary<ApprovalRequest>;
export const decision = fc.constantFrom("allow-once" as const, "allow-in-session" as const, "deny" as const);
export const effect = fc.constantFrom("pure" as const, "idempotent" as const, "once" as const);
export const tier = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const, 4 as const, 5 as const);
const partState = fc.constantFrom("streaming" as const, "done" as const, "cut" as const);

const part = fc.oneof(
  joined(
    fc.record({
      kind: fc.constant("text" as const),
      id: anyId(),
      step: seq,
      state: partState,
      text: anyText,
      seams: fc.array(fc.record({ runId: anyId(), offset: seq }), { maxLength: 2 }),
    }),
    withOpaque,
  ),
  joined(
    fc.record({
      kind: fc.constant("reasoning" as const),
      id: anyId(),
      step: seq,
      state: partState,
      text: anyText,
      startedAt: time,
      endedAt: orNull(time),
    }),
    withOpaque,
  ),
  joined(
    fc.record({
      kind: fc.constant("tool-call" as const),
      id: anyId(),
      step: seq,
      tool: anyText,
      effect,
      tier,
      state: fc.constantFrom(
        "receiving",
        "queued",
        "needs-approval",
        "running",
        "done",
        "failed",
        "denied",
        "cancelled",
        "unknown",
      ),
      input: anyJson,
      approval: orNull(fc.record({ request, decision: orNull(decision) })),
      output: orNull(output),
      startedAt: orNull(time),
      endedAt: orNull(time),
    }),
    withOpaque,
  ),
) as fc.Arbitrary<Part>;

export const usage = fc.record<Usage>({
  inputTokens: orNull(seq),
  outputTokens: orNull(seq),
  cachedInputTokens: orNull(seq),
  reasoningTokens: orNull(seq),
});
export const finishReason = fc.constantFrom("stop", "length", "tool-calls", "content-filter", "error", "other");
export const trigger = fc.constantFrom("send" as const, "continue" as const, "automatic" as const);

const run = fc.record({
  id: anyId(),
  trigger,
  model: modelRef,
  startedAt: time,
  lastSeq: seq,
  hasProgress: flag,
  phase: fc.oneof(
    fc.constantFrom({ kind: "working" as const }, { kind: "waiting-network" as const }),
    fc.record({ kind: fc.constant("waiting-retry" as const), attempt: seq, until: time, reason: anyText }),
  ),
  outcome: orNull(outcome),
  endedAt: orNull(time),
}) as fc.Arbitrary<RunRecord>;

const step = fc.record({
  runId: anyId(),
  step: seq,
  startedAt: time,
  endedAt: orNull(time),
  finishReason: orNull(finishReason),
  usage: orNull(usage),
  requestId: orNull(anyText),
}) as fc.Arbitrary<StepRecord>;

export const anyTurn = fc.record<Turn>({
  sessionId: anyId(),
  seq,
  id: anyId(),
  parent: seq,
  user: fc.record({ id: anyId(), text: anyText, attachments, sentAt: time }),
  replyId: anyId(),
  parts: fc.array(part, { maxLength: 4 }),
  steps: fc.array(step, { maxLength: 2 }),
  runs: fc.array(run, { maxLength: 2 }),
  resolution: orNull(fc.constantFrom("kept" as const, "discarded" as const)),
});

export const anyDraftPlace = fc.record<DraftPlace>({
  sessionId: anyId(),
  draft: orNull(
    fc.record({ sessionId: anyId(), id: anyId(), text: anyText, attachments, revision: seq, updatedAt: time }),
  ),
  removed: orNull(fc.record({ id: anyId(), revision: seq })),
  consumed: fc.array(anyId(), { maxLength: 3 }),
});

export const anyQueueItem = fc.record<QueueItem>({
  id: anyId(),
  sessionId: anyId(),
  position: seq,
  text: anyText,
  attachments,
  createdAt: time,
});

export const anyApproval = fc.record<ApprovalRow>({
  id: anyId(),
  sessionId: anyId(),
  turnSeq: seq,
  callId: anyId(),
  tool: anyText,
  request,
  requestedAt: time,
  decision: orNull(decision),
  decidedAt: orNull(time),
});

export const anyConnection = fc.record<Connection>({
  id: anyId(),
  preset: fc.constantFrom("openai", "openrouter", "ollama", "lm-studio", "llama-cpp", "custom"),
  label: anyText,
  baseUrl: anyText,
  model: anyText,
  keyHint: orNull(anyText),
  updatedAt: time,
});
