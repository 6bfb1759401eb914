import type { DBSchema, StoreNames } from "idb";

import type { ApprovalId, BlobId, ConnectionId, DraftId, QueueItemId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { JsonValue } from "#domain/json.ts";
import type { Connection } from "#domain/model.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { ApprovalRow, Draft, QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

/** Do not change without a migration: every user's work lies under this name. */
export const DATABASE_NAME = "holdfast";

/**
 * The shape of records that this version writes and the newest that it understands. A record with a higher number was
 * written by a newer version: it is refused, never cut down to what is known here. A record without one counts as 1.
 */
export const RECORD_SCHEMA = 2;

/** A stored record: the value itself, the shape it was written in, and fields that only indexes need. */
export type Stored<Value> = Value & { readonly schema?: number };

/** Ids of the blobs that a record refers to; absent where there are none, so that the index stays small. */
export interface WithBlobs {
  readonly blobs?: readonly BlobId[];
}

/** A batch of events of a run that has not settled. */
export interface JournalRow {
  readonly sessionId: SessionId;
  readonly runId: RunId;
  /** Seq of the last event in the batch. */
  readonly seq: number;
  readonly events: readonly RunEvent[];
  /** Epoch ms. */
  readonly savedAt: number;
}

/** A session's place for its draft. It outlives the draft, because it remembers which drafts must not come back. */
export interface DraftPlace {
  readonly sessionId: SessionId;
  readonly draft: Draft | null;
  /** The last draft that the person removed, with the revision that it had. */
  readonly removed: { readonly id: DraftId; readonly revision: number } | null;
  /** Drafts that became messages, newest last. */
  readonly consumed: readonly DraftId[];
}

/** The record that a session was deleted. Stays for good, so that no old tab brings the session back. */
export interface Tombstone {
  readonly sessionId: SessionId;
  readonly deletedAt: number;
  /** Removed for good: the deletion cannot be undone any more. */
  readonly isPurged: boolean;
}

export interface StoredBlob {
  readonly id: BlobId;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Epoch ms at which it was last put. */
  readonly addedAt: number;
}

export interface StoredSetting {
  readonly key: string;
  readonly value: JsonValue;
  /** Grows with every change of this key. */
  readonly revision: number;
}

/** An API key, encrypted under the vault's key. */
export interface Secret {
  readonly connectionId: ConnectionId;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** A file of a workspace, where the browser gives no file system of its own. */
export interface StoredFile {
  readonly sessionId: SessionId;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Epoch ms. */
  readonly modifiedAt: number;
}

/** A record that could not be read and was replaced or taken out by a repair: as it was, for a person or a later version. */
export interface AsideRow {
  /** Empty for a record that belongs to no session. */
  readonly sessionId: SessionId | "";
  readonly store: StoreName;
  readonly key: IDBValidKey;
  /** Epoch ms of the repair. */
  readonly at: number;
  /** What does not fit, never its content. */
  readonly detail: string;
  readonly record: unknown;
}

/** How a page left, written on its way out, so that the next start can say why work was interrupted. */
export interface ClosingMarker {
  readonly sessionId: SessionId;
  readonly cause: InterruptionCause;
  /** Epoch ms. */
  readonly at: number;
}

/** Stores, keys and indexes. Names and key paths: do not change without a migration. */
export interface HoldfastSchema extends DBSchema {
  sessions: {
    key: SessionId;
    value: Stored<Session>;
    /** Sparse: only sessions with a pending turn. */
    indexes: { pending: RunId };
  };
  turns: {
    key: [SessionId, number];
    value: Stored<Turn> & WithBlobs;
    indexes: { siblings: [SessionId, number]; id: TurnId; blobs: BlobId };
  };
  journal: { key: [SessionId, RunId, number]; value: Stored<JournalRow> };
  index: {
    key: SessionId;
    value: Stored<IndexEntry> & { readonly flag?: 1 };
    /** `flagged` is sparse: pinned sessions and those that wait for the person. */
    indexes: { activity: [number, SessionId]; flagged: [number, number] };
  };
  drafts: {
    key: SessionId;
    value: Stored<DraftPlace> & WithBlobs;
    /** Sparse: places with a draft in them. */
    indexes: { drafted: number; blobs: BlobId };
  };
  queue: {
    key: QueueItemId;
    value: Stored<QueueItem> & WithBlobs;
    indexes: { order: [SessionId, number]; blobs: BlobId };
  };
  approvals: {
    key: ApprovalId;
    value: Stored<ApprovalRow> & { readonly openIn?: SessionId };
    /** `open` is sparse: approvals without a decision. */
    indexes: { session: SessionId; open: SessionId };
  };
  blobs: { key: BlobId; value: StoredBlob; indexes: { added: number } };
  settings: { key: string; value: StoredSetting };
  connections: { key: ConnectionId; value: Stored<Connection> };
  secrets: { key: ConnectionId; value: Secret };
  vault: { key: string; value: { readonly name: string; readonly key: CryptoKey } };
  tombstones: {
    key: SessionId;
    value: Tombstone & { readonly due?: number };
    /** Sparse: deletions that can still be undone, by time. */
    indexes: { due: number };
  };
  markers: { key: SessionId; value: ClosingMarker };
  files: { key: [SessionId, string]; value: StoredFile };
  aside: { key: [string, string, IDBValidKey, number]; value: AsideRow };
}

export type StoreName = StoreNames<HoldfastSchema>;
