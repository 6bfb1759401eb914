import type { BlobId, SessionId } from "#domain/ids.ts";

import type { StoreName } from "./schema.ts";
import type { Commit } from "./transaction.ts";

/**
 * What the second copy holds. The index is computed from the sessions, the journal and the markers are of a moment,
 * files lie outside the database wherever there is a second copy at all. Keys of providers (`secrets`, `vault`) are
 * never copied: a copy that outlives "remove this key" would be a key that cannot be removed.
 */
const MIRRORED = [
  "sessions",
  "turns",
  "drafts",
  "queue",
  "approvals",
  "settings",
  "connections",
  "tombstones",
] as const satisfies readonly StoreName[];

export type MirroredStore = (typeof MIRRORED)[number];

/** Where this app notes in its database that a second copy stands beside it. Never copied: a lost database has lost it. */
export const SECOND_COPY_NOTE = "secondCopy";

/** What is known of a record without its content. */
export interface RecordHead {
  readonly store: MirroredStore;
  /** Unique within the store. */
  readonly key: string;
  readonly sessionId: SessionId | null;
  /** Of the session, or of the setting; 0 where a record has none, and then the time decides. */
  readonly revision: number;
  /** Epoch ms of the copy; never goes back within one copy. */
  readonly at: number;
  /** Of a turn, so that two turns at one seq are told apart. */
  readonly turnId?: string;
  /** Files that the record refers to. */
  readonly blobs?: readonly BlobId[];
}

export interface MirrorRecord {
  readonly head: RecordHead;
  /** The record as it is stored, as JSON; "null": removed. */
  readonly json: string;
}

/** One line of what is known, one of content, so that a search reads only the first. */
export function recordText({ head, json }: MirrorRecord): string {
  return `${JSON.stringify(head)}\n${json}`;
}

/** Null for a text that is no record of this version: it is left alone, and what is next to it is read. */
export function readRecordText(text: string): MirrorRecord | null {
  const end = text.indexOf("\n");
  if (end < 0) return null;
  try {
    const head: unknown = JSON.parse(text.slice(0, end));
    return isHead(head) ? { head, json: text.slice(end + 1) } : null;
  } catch {
    // Its checksum was right, so somebody else wrote it: counted where it is read.
    return null;
  }
}

function isHead(value: unknown): value is RecordHead {
  if (typeof value !== "object" || value === null) return false;
  const { store, key, revision, at } = value as Partial<Record<keyof RecordHead, unknown>>;
  return (
    MIRRORED.some((name) => name === store) &&
    typeof key === "string" &&
    typeof revision === "number" &&
    typeof at === "number"
  );
}

/** JSON has no NaN; a record with a wrong clock in it is no reason to lose it. */
const NUMBER_FIELD = "\u0000number";

export function valueJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "number" && !Number.isFinite(part) ? { [NUMBER_FIELD]: String(part) } : part,
  );
}

export function readValue(json: string): unknown {
  if (!json.includes("\\u0000number")) return JSON.parse(json);
  return JSON.parse(json, (_key, part: unknown) =>
    typeof part === "object" && part !== null && NUMBER_FIELD in part ? Number(part[NUMBER_FIELD]) : part,
  );
}

/** The newer one is positive: by revision where there is one, else by time. */
export function compareAge(a: RecordHead, b: RecordHead): number {
  return a.revision - b.revision || a.at - b.at;
}

/** Names a record among all stores. */
export function nameOfRecord(head: RecordHead): string {
  return `${head.store} ${head.key}`;
}

/**
 * What of a committed write belongs into the second copy. A checkpoint is left out: it moves the session's record a
 * step twice a second, and the full save that follows brings the same.
 */
export function recordsOf(commit: Commit, at: number): MirrorRecord[] {
  const isFull = !commit.stores.includes("sessions") || commit.stores.includes("index");
  const revisions = new Map<unknown, number>();
  for (const { store, record } of commit.writes) {
    if (store === "sessions") revisions.set(field(record, "id"), Number(field(record, "revision")));
  }
  const written = commit.writes.flatMap(({ store, record }) => {
    if (!isMirrored(store) || (store === "sessions" && !isFull)) return [];
    return recordFor(store, record, revisions, at) ?? [];
  });
  const removed = commit.removals.flatMap(({ store, key }): MirrorRecord[] =>
    isMirrored(store) && typeof key === "string"
      ? [{ head: { store, key, sessionId: null, revision: 0, at }, json: "null" }]
      : [],
  );
  return [...removed.filter(({ head }) => REMOVABLE.has(head.store)), ...written];
}

/** Null for a record that cannot be written down (nested too deep for a walk by recursion): it must not hold up the others. */
export function recordFor(
  store: MirroredStore,
  record: unknown,
  revisions: ReadonlyMap<unknown, number>,
  at: number,
): MirrorRecord | null {
  const head = headOf(store, record, revisions, at);
  if (head === null) return null;
  try {
    return { head, json: valueJson(record) };
  } catch (failure) {
    console.warn(`A record (${store} ${head.key}) cannot be copied:`, failure);
    return null;
  }
}

/** Whether anything of a commit belongs into the copy. Cheap: it is asked after every commit. */
export function concernsCopy(commit: Commit): boolean {
  const isFull = !commit.stores.includes("sessions") || commit.stores.includes("index");
  return (
    commit.writes.some(({ store, record }) => {
      if (store === "settings") return field(record, "key") !== SECOND_COPY_NOTE;
      return store === "blobs" || (isMirrored(store) && (store !== "sessions" || isFull));
    }) || commit.removals.some(({ store, key }) => typeof key === "string" && isMirrored(store) && REMOVABLE.has(store))
  );
}

/** Rows that go one by one. A session's other rows go with its tombstone. */
const REMOVABLE: ReadonlySet<MirroredStore> = new Set(["queue", "connections", "tombstones"]);

function isMirrored(store: StoreName): store is MirroredStore {
  return MIRRORED.some((name) => name === store);
}

function headOf(
  store: MirroredStore,
  record: unknown,
  revisions: ReadonlyMap<unknown, number>,
  at: number,
): RecordHead | null {
  const sessionId = store === "sessions" ? field(record, "id") : field(record, "sessionId");
  const base = {
    store,
    sessionId: typeof sessionId === "string" ? (sessionId as SessionId) : null,
    revision: 0,
    at,
    ...blobsOf(record),
  };
  switch (store) {
    case "sessions":
      return { ...base, key: String(sessionId), revision: revisions.get(sessionId) ?? 0 };
    case "turns":
      return {
        ...base,
        key: JSON.stringify([sessionId, field(record, "seq")]),
        revision: revisions.get(sessionId) ?? 0,
        turnId: String(field(record, "id")),
      };
    case "drafts":
    case "tombstones":
      return { ...base, key: String(sessionId) };
    case "queue":
    case "approvals":
    case "connections":
      return { ...base, key: String(field(record, "id")) };
    case "settings": {
      const key = String(field(record, "key"));
      return key === SECOND_COPY_NOTE ? null : { ...base, key, revision: Number(field(record, "revision")) };
    }
  }
}

function blobsOf(record: unknown): { readonly blobs?: readonly BlobId[] } {
  const blobs = field(record, "blobs");
  return Array.isArray(blobs) ? { blobs: blobs as BlobId[] } : {};
}

export function field(record: unknown, name: string): unknown {
  return typeof record === "object" && record !== null ? Reflect.get(record, name) : undefined;
}
