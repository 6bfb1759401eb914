import * as v from "valibot";

import type {
  AnyId,
  ApprovalId,
  BlobId,
  CallId,
  ConnectionId,
  DraftId,
  MessageId,
  QueueItemId,
  RunId,
  SessionId,
  TurnId,
} from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { Attachment } from "#domain/message.ts";
import type { Connection, ModelRef } from "#domain/model.ts";
import type { ProviderOpaque } from "#domain/provider-opaque.ts";
import type { InterruptionCause, Outcome, RunError, TurnStatus } from "#domain/outcome.ts";
import type { ApprovalRow, Draft, PendingTurn, QueueItem, Session } from "#domain/session.ts";
import type { ApprovalRequest, SessionMatch, ToolOutput, ToolView } from "#domain/tool-call.ts";

import type { DraftPlace } from "./schema.ts";

/**
 * The shapes of stored records, once: encoding, decoding and what may be exported all go by them. They are strict, so
 * that a field which this version does not know is a reason to refuse the record and never quietly lost.
 * `Fields` makes the compiler insist on every field of the domain's type, optional ones included.
 */
export type Fields<Value> = { readonly [Key in keyof Value]-?: v.GenericSchema<unknown, Value[Key]> };

export const id = <Id extends AnyId>(): v.GenericSchema<unknown, Id> =>
  v.custom<Id>((value) => typeof value === "string" && value !== "");

/** Any number that a record can hold: a strange one (a clock that was NaN) is no reason to lose a record. */
export const number = v.custom<number>((value) => typeof value === "number");
export const seqNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
export const text = v.string();
export const flag = v.boolean();

/** Only its outside is looked at: it came through JSON, can be deep, and a walk by recursion could end in an error. */
export const json = v.custom<JsonValue>((value) => value !== undefined && typeof value !== "function");
const jsonObject = v.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);

export const providerOpaque = v.strictObject({ maker: text, content: jsonObject } satisfies Fields<ProviderOpaque>);
export const opaque = v.exactOptional(providerOpaque);

export const modelRef = v.variant("provider", [
  v.strictObject({ provider: v.literal("built-in"), model: v.literal("built-in") }),
  v.strictObject({ provider: v.literal("connection"), connectionId: id<ConnectionId>(), model: text }),
]) satisfies v.GenericSchema<unknown, ModelRef>;

const attachment = v.strictObject({
  blobId: id<BlobId>(),
  name: text,
  mediaType: text,
  size: number,
  path: text,
} satisfies Fields<Attachment>);
export const attachments = v.array(attachment);

export const interruptionCause = v.picklist([
  "page-closed",
  "update",
  "paused-by-browser",
  "agent-died",
  "connection-dropped",
  "stalled",
  "app-died",
] satisfies InterruptionCause[]);

const runError = v.strictObject({
  code: v.picklist([
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
  ] satisfies RunError["code"][]),
  message: text,
  detail: v.nullable(text),
} satisfies Fields<RunError>);

export const outcome = v.variant("kind", [
  v.strictObject({ kind: v.picklist(["completed", "stopped", "no-answer"]) }),
  v.strictObject({ kind: v.literal("interrupted"), cause: interruptionCause, savedUpTo: number, mayMiss: flag }),
  v.strictObject({ kind: v.literal("tool-limit"), steps: number }),
  v.strictObject({ kind: v.literal("context-full"), detail: v.nullable(text) }),
  v.strictObject({ kind: v.literal("error"), error: runError }),
]) satisfies v.GenericSchema<unknown, Outcome>;

const turnStatus = v.picklist([
  "pending",
  "running",
  "completed",
  "stopped",
  "interrupted",
  "no-answer",
  "tool-limit",
  "context-full",
  "error",
] satisfies TurnStatus[]);

const pendingTurn = v.strictObject({
  turnId: id<TurnId>(),
  turnSeq: seqNumber,
  messageId: id<MessageId>(),
  runId: id<RunId>(),
  startedAt: number,
  attachments,
} satisfies Fields<PendingTurn>);

export const session = v.strictObject({
  id: id<SessionId>(),
  title: text,
  titleSource: v.picklist(["none", "first-message", "generated", "person"]),
  model: v.nullable(modelRef),
  createdAt: number,
  updatedAt: number,
  lastActivityAt: number,
  revision: seqNumber,
  fencingToken: seqNumber,
  head: seqNumber,
  nextSeq: seqNumber,
  pending: v.nullable(pendingTurn),
  headStatus: v.nullable(turnStatus),
  headSnippet: text,
  needsPerson: flag,
  /** Since shape 2. */
  declinedRun: v.exactOptional(v.nullable(id<RunId>()), null),
  isPinned: flag,
  isArchived: flag,
  allowedTools: v.array(text),
  deletedAt: v.nullable(number),
} satisfies Fields<Session>);

export const indexEntry = v.strictObject({
  sessionId: id<SessionId>(),
  title: text,
  snippet: text,
  status: v.nullable(turnStatus),
  needsPerson: flag,
  isPinned: flag,
  isArchived: flag,
  createdAt: number,
  lastActivityAt: number,
  revision: seqNumber,
} satisfies Fields<Omit<IndexEntry, symbol>>);

const sessionMatch = v.strictObject({
  sessionId: text,
  title: text,
  turnSeq: seqNumber,
  snippet: text,
} satisfies Fields<SessionMatch>);

const toolView = v.variant("kind", [
  v.strictObject({ kind: v.literal("working"), lines: v.array(text), result: text }),
  v.strictObject({ kind: v.literal("table"), columns: v.array(text), rows: v.array(v.array(text)) }),
  v.strictObject({
    kind: v.literal("file-change"),
    path: text,
    before: v.nullable(text),
    after: v.nullable(text),
  }),
  v.strictObject({ kind: v.literal("diff"), before: text, after: text }),
  v.strictObject({ kind: v.literal("files"), paths: v.array(text) }),
  v.strictObject({ kind: v.literal("session-matches"), matches: v.array(sessionMatch) }),
]) satisfies v.GenericSchema<unknown, ToolView>;

export const toolOutput = v.variant("ok", [
  v.strictObject({ ok: v.literal(true), text, value: json, view: v.exactOptional(toolView) }),
  v.strictObject({ ok: v.literal(false), text }),
]) satisfies v.GenericSchema<unknown, ToolOutput>;

export const approvalRequest = v.strictObject({
  id: id<ApprovalId>(),
  title: text,
  reason: text,
  view: v.exactOptional(toolView),
} satisfies Fields<ApprovalRequest>);

export const approvalDecision = v.picklist(["allow-once", "allow-in-session", "deny"]);
export const effect = v.picklist(["pure", "idempotent", "once"]);
export const tier = v.picklist([0, 1, 2, 3, 4, 5]);

const draft = v.strictObject({
  sessionId: id<SessionId>(),
  id: id<DraftId>(),
  text,
  attachments,
  revision: seqNumber,
  updatedAt: number,
} satisfies Fields<Draft>);

export const draftPlace = v.strictObject({
  sessionId: id<SessionId>(),
  draft: v.nullable(draft),
  removed: v.nullable(v.strictObject({ id: id<DraftId>(), revision: seqNumber })),
  consumed: v.array(id<DraftId>()),
} satisfies Fields<DraftPlace>);

export const queueItem = v.strictObject({
  id: id<QueueItemId>(),
  sessionId: id<SessionId>(),
  position: number,
  text,
  attachments,
  createdAt: number,
} satisfies Fields<QueueItem>);

export const approvalRow = v.strictObject({
  id: id<ApprovalId>(),
  sessionId: id<SessionId>(),
  turnSeq: seqNumber,
  callId: id<CallId>(),
  tool: text,
  request: approvalRequest,
  requestedAt: number,
  decision: v.nullable(approvalDecision),
  decidedAt: v.nullable(number),
} satisfies Fields<ApprovalRow>);

export const connection = v.strictObject({
  id: id<ConnectionId>(),
  preset: v.picklist(["openai", "openrouter", "ollama", "lm-studio", "llama-cpp", "custom"]),
  label: text,
  baseUrl: text,
  model: text,
  keyHint: v.nullable(text),
  updatedAt: number,
} satisfies Fields<Connection>);
