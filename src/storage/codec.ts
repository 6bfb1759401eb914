import * as v from "valibot";

import type { IndexEntry } from "#domain/index-entry.ts";
import type { Attachment } from "#domain/message.ts";
import type { Connection } from "#domain/model.ts";
import type { ApprovalRow, QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

import * as events from "./event-shapes.ts";
import * as records from "./record-shapes.ts";
import type { DraftPlace, JournalRow, StoreName, WithBlobs } from "./schema.ts";
import { RECORD_SCHEMA } from "./schema.ts";
import type { StorageProblem } from "./storage-error.ts";
import { StorageError } from "./storage-error.ts";
import { turn } from "./turn-shapes.ts";

export type Decoded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Extract<StorageProblem, { kind: "corrupt" }> };

/** Between a value of the domain and its record. */
export interface Codec<Value, Row> {
  /** Throws StorageError `corrupt` for a value that could not be read back: better now than after the reload. */
  encode(value: Value): Row;
  /** Sets an unreadable record aside as a problem; throws StorageError `newer-version` for one of a newer app. */
  decode(record: unknown): Decoded<Value>;
  /** As `decode`, but an unreadable record is thrown as well. */
  read(record: unknown): Value;
}

interface CodecParts<Value, Derived> {
  readonly shape: v.GenericSchema<unknown, Value>;
  readonly key: readonly (keyof Value & string)[];
  /** Fields that only indexes need; recomputed with every write. */
  readonly derive: (value: Value) => Derived;
  readonly derived: readonly (keyof Derived & string)[];
}

function codec<Value extends object, Derived extends object = object>(
  store: StoreName,
  parts: CodecParts<Value, Derived>,
): Codec<Value, Value & Derived & { schema: number }> {
  const ownFields = new Set<string>(["schema", ...parts.derived]);

  function check(value: unknown, whole: unknown): Decoded<Value> {
    const result = v.safeParse(parts.shape, value);
    if (result.success) return { ok: true, value: result.output };
    return {
      ok: false,
      problem: { kind: "corrupt", store, key: keyOf(whole, parts.key), detail: detailOf(result.issues) },
    };
  }

  function decode(record: unknown): Decoded<Value> {
    if (typeof record !== "object" || record === null) return check(record, record);
    const schema: unknown = "schema" in record ? record.schema : RECORD_SCHEMA;
    if (typeof schema === "number" && schema > RECORD_SCHEMA) {
      throw new StorageError({ kind: "newer-version", found: schema, known: RECORD_SCHEMA });
    }
    return check(Object.fromEntries(Object.entries(record).filter(([field]) => !ownFields.has(field))), record);
  }

  return {
    encode(value) {
      const checked = check(value, value);
      if (!checked.ok) throw new StorageError(checked.problem);
      return { ...checked.value, ...parts.derive(checked.value), schema: RECORD_SCHEMA };
    },
    decode,
    read(record) {
      const decoded = decode(record);
      if (!decoded.ok) throw new StorageError(decoded.problem);
      return decoded.value;
    },
  };
}

function keyOf(record: unknown, fields: readonly string[]): string {
  if (typeof record !== "object" || record === null) return "?";
  const values = new Map<string, unknown>(Object.entries(record));
  return fields
    .map((field) => values.get(field))
    .map((value) => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, 80) : "?"))
    .join(" ");
}

/** Where and what kind, never the content: this text is shown and may be sent to somebody. */
function detailOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const issue = issues[0];
  if (issue === undefined) return "unknown";
  return `${v.getDotPath(issue) ?? "record"}: expected ${issue.expected ?? issue.type}`.slice(0, 200);
}

function blobsOf(...attachments: (readonly Attachment[])[]): WithBlobs {
  const ids = new Set(attachments.flat().map((attachment) => attachment.blobId));
  return ids.size === 0 ? {} : { blobs: [...ids] };
}

const nothing = (): object => ({});

export const sessionCodec = codec<Session>("sessions", {
  shape: records.session,
  key: ["id"],
  derive: nothing,
  derived: [],
});

export const turnCodec = codec<Turn, WithBlobs>("turns", {
  shape: turn,
  key: ["sessionId", "seq"],
  derive: ({ user }) => blobsOf(user.attachments),
  derived: ["blobs"],
});

export const journalCodec = codec<JournalRow>("journal", {
  shape: events.journalRow,
  key: ["sessionId", "runId", "seq"],
  derive: nothing,
  derived: [],
});

export const indexCodec = codec<IndexEntry, { flag?: 1 }>("index", {
  shape: records.indexEntry,
  key: ["sessionId"],
  derive: (entry) => (entry.isPinned || entry.needsPerson ? { flag: 1 } : {}),
  derived: ["flag"],
});

export const draftCodec = codec<DraftPlace, WithBlobs>("drafts", {
  shape: records.draftPlace,
  key: ["sessionId"],
  derive: (place) => blobsOf(place.draft?.attachments ?? []),
  derived: ["blobs"],
});

export const queueCodec = codec<QueueItem, WithBlobs>("queue", {
  shape: records.queueItem,
  key: ["id"],
  derive: (item) => blobsOf(item.attachments),
  derived: ["blobs"],
});

export const approvalCodec = codec<ApprovalRow, { openIn?: ApprovalRow["sessionId"] }>("approvals", {
  shape: records.approvalRow,
  key: ["id"],
  derive: (row) => (row.decision === null ? { openIn: row.sessionId } : {}),
  derived: ["openIn"],
});

export const connectionCodec = codec<Connection>("connections", {
  shape: records.connection,
  key: ["id"],
  derive: nothing,
  derived: [],
});
