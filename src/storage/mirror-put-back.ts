import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";

import {
  approvalCodec,
  connectionCodec,
  draftCodec,
  indexCodec,
  queueCodec,
  sessionCodec,
  turnCodec,
} from "./codec.ts";
import type { Database } from "./database.ts";
import { field, readValue, SECOND_COPY_NOTE } from "./mirror-record.ts";
import type { MirrorRecord } from "./mirror-record.ts";
import type { StoreName } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import type { Writing } from "./transaction.ts";

/** What the database had before anything was put back. */
export interface StoredSessions {
  /** Revisions. */
  readonly sessions: ReadonlyMap<SessionId, number>;
  readonly deleted: ReadonlySet<SessionId>;
}

export interface PutBack {
  readonly db: Database;
  readonly stored: StoredSessions;
  readonly conflicts: ReadonlySet<SessionId>;
  /** Sessions of which the copy has a newer state than the database. */
  readonly behind: ReadonlySet<SessionId>;
  /** Grows with what was put back, by kind. */
  readonly counts: Map<string, number>;
}

const STORES: StoreName[] = [
  "sessions",
  "turns",
  "index",
  "drafts",
  "queue",
  "approvals",
  "settings",
  "connections",
  "secrets",
  "tombstones",
];

/**
 * Puts records of the second copy into the database in one transaction. Where that cannot be, one by one: a record that
 * is refused takes no other with it. Throws StorageError quota and closed: then nothing else would fare better.
 */
export async function putBack(plan: PutBack, records: readonly MirrorRecord[]): Promise<void> {
  try {
    count(plan, await putTogether(plan, records));
  } catch (failure) {
    if (!(failure instanceof StorageError)) throw failure;
    const { kind } = failure.problem;
    if (kind === "quota" || kind === "closed" || kind === "unavailable") throw failure;
    if (records.length === 1) count(plan, ["unreadable"]);
    else for (const record of records) await putBack(plan, [record]);
  }
}

function count(plan: PutBack, kinds: readonly string[]): void {
  for (const kind of kinds) plan.counts.set(kind, (plan.counts.get(kind) ?? 0) + 1);
}

function putTogether(plan: PutBack, records: readonly MirrorRecord[]): Promise<string[]> {
  return plan.db.write(STORES, "relaxed", async (writing) => {
    const kinds: string[] = [];
    for (const record of records) {
      const kind = await putOne(plan, writing, record);
      if (kind !== null) kinds.push(kind);
    }
    return kinds;
  });
}

/** What was put back, as a kind to count; null: the database has it, or it was removed. Throws what is wrong with it. */
async function putOne(plan: PutBack, writing: Writing, record: MirrorRecord): Promise<string | null> {
  const { head } = record;
  const value = readValue(record.json);
  if (value === null || !isOpen(plan, record)) return null;
  switch (head.store) {
    case "sessions":
      return putSession(writing, value);
    case "turns":
      writing.put("turns", turnCodec.encode(turnCodec.read(value)));
      return "turns";
    case "drafts": {
      const place = draftCodec.read(value);
      const known = await writing.get("drafts", place.sessionId);
      if (known !== undefined && (known.draft?.updatedAt ?? 0) >= (place.draft?.updatedAt ?? 0)) return null;
      writing.put("drafts", draftCodec.encode(place));
      return place.draft === null ? null : "drafts";
    }
    case "queue": {
      const item = queueCodec.read(value);
      // Its turn bears its id: a message that was sent already must not be sent again.
      const sent = await writing.tx
        .objectStore("turns")
        .index("id")
        .getKey(item.id as never);
      if (sent !== undefined || (await writing.get("queue", item.id)) !== undefined) return null;
      writing.put("queue", queueCodec.encode(item));
      return "queue";
    }
    case "approvals": {
      const row = approvalCodec.read(value);
      if ((await writing.get("approvals", row.id)) !== undefined) return null;
      writing.put("approvals", approvalCodec.encode(row));
      return "approvals";
    }
    case "settings":
      return putSetting(writing, value);
    case "connections":
      return putConnection(writing, value);
    case "tombstones":
      return putTombstone(writing, value);
  }
}

/** Whether the copy may speak here: of a session that the database has in the same or a newer state it may not. */
function isOpen({ stored, conflicts, behind }: PutBack, { head }: MirrorRecord): boolean {
  const { sessionId, store } = head;
  if (sessionId === null) return true;
  if (conflicts.has(sessionId)) return false;
  const revision = stored.sessions.get(sessionId);
  if (revision === undefined) return !stored.deleted.has(sessionId);
  // The rows around a session are of one moment with it: alone they could bring back what was sent or removed.
  return store === "sessions" || store === "turns" ? revision < head.revision : behind.has(sessionId);
}

async function putSession(writing: Writing, value: unknown): Promise<string | null> {
  const session = sessionCodec.read(value);
  const known = await writing.get("sessions", session.id);
  if (known !== undefined && known.revision >= session.revision) return null;
  const tombstone = await writing.get("tombstones", session.id);
  if (tombstone?.isPurged === true) return null;
  writing.put("sessions", sessionCodec.encode(session));
  if (session.deletedAt !== null) {
    writing.remove("index", session.id);
    return null;
  }
  // The deletion was undone, and that was lost.
  if (tombstone !== undefined) writing.remove("tombstones", session.id);
  writing.put("index", indexCodec.encode(indexEntryOf(session)));
  return "sessions";
}

async function putSetting(writing: Writing, value: unknown): Promise<string | null> {
  const [key, revision, setting] = [field(value, "key"), field(value, "revision"), field(value, "value")];
  if (typeof key !== "string" || typeof revision !== "number" || setting === undefined || key === SECOND_COPY_NOTE) {
    throw unreadable("settings", String(key));
  }
  const known = await writing.get("settings", key);
  if (known !== undefined && known.revision >= revision) return null;
  writing.put("settings", { key, value: setting as never, revision });
  return "settings";
}

/** Without its key, which is never copied: the row must not say that there is one. */
async function putConnection(writing: Writing, value: unknown): Promise<string | null> {
  const connection = connectionCodec.read(value);
  if ((await writing.get("connections", connection.id)) !== undefined) return null;
  const secret = await writing.get("secrets", connection.id);
  const keyHint = secret === undefined ? null : connection.keyHint;
  writing.put("connections", connectionCodec.encode({ ...connection, keyHint }));
  return "connections";
}

async function putTombstone(writing: Writing, value: unknown): Promise<string | null> {
  const [sessionId, deletedAt] = [field(value, "sessionId"), field(value, "deletedAt")];
  if (typeof sessionId !== "string" || typeof deletedAt !== "number") throw unreadable("tombstones", String(sessionId));
  const id = sessionId as SessionId;
  if ((await writing.get("tombstones", id)) !== undefined) return null;
  const isPurged = field(value, "isPurged") === true;
  writing.put("tombstones", { sessionId: id, deletedAt, isPurged, ...(isPurged ? {} : { due: deletedAt }) });
  return isPurged ? null : "deleted";
}

function unreadable(store: StoreName, key: string): StorageError {
  return new StorageError({ kind: "corrupt", store, key: key.slice(0, 80), detail: "in the second copy" });
}
