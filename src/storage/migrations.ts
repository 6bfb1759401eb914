import type { IDBPDatabase, IDBPTransaction } from "idb";

import type { HoldfastSchema, StoreName } from "./schema.ts";

export type UpgradeTransaction = IDBPTransaction<HoldfastSchema, StoreName[], "versionchange">;
export type MigrationStep = (database: IDBPDatabase<HoldfastSchema>, tx: UpgradeTransaction) => void | Promise<void>;

/**
 * The first layout.
 * Indexes on fields that may be missing or null are sparse by the rules of IndexedDB: such a record is not in them.
 */
function createStores(database: IDBPDatabase<HoldfastSchema>): void {
  database.createObjectStore("sessions", { keyPath: "id" }).createIndex("pending", "pending.runId");

  const turns = database.createObjectStore("turns", { keyPath: ["sessionId", "seq"] });
  turns.createIndex("siblings", ["sessionId", "parent"]);
  // Unique: a message that is sent twice by a retry can never become two turns.
  turns.createIndex("id", "id", { unique: true });
  turns.createIndex("blobs", "blobs", { multiEntry: true });

  database.createObjectStore("journal", { keyPath: ["sessionId", "runId", "seq"] });

  const index = database.createObjectStore("index", { keyPath: "sessionId" });
  index.createIndex("activity", ["lastActivityAt", "sessionId"]);
  index.createIndex("flagged", ["flag", "lastActivityAt"]);

  const drafts = database.createObjectStore("drafts", { keyPath: "sessionId" });
  drafts.createIndex("drafted", "draft.updatedAt");
  drafts.createIndex("blobs", "blobs", { multiEntry: true });

  const queue = database.createObjectStore("queue", { keyPath: "id" });
  queue.createIndex("order", ["sessionId", "position"]);
  queue.createIndex("blobs", "blobs", { multiEntry: true });

  const approvals = database.createObjectStore("approvals", { keyPath: "id" });
  approvals.createIndex("session", "sessionId");
  approvals.createIndex("open", "openIn");

  database.createObjectStore("blobs", { keyPath: "id" }).createIndex("added", "addedAt");
  database.createObjectStore("settings", { keyPath: "key" });
  database.createObjectStore("connections", { keyPath: "id" });
  database.createObjectStore("secrets", { keyPath: "connectionId" });
  database.createObjectStore("vault", { keyPath: "name" });
  database.createObjectStore("tombstones", { keyPath: "sessionId" }).createIndex("due", "due");
  database.createObjectStore("markers", { keyPath: "sessionId" });
  database.createObjectStore("files", { keyPath: ["sessionId", "path"] });
}

/** Where a repair keeps what it could not read. */
function addAside(database: IDBPDatabase<HoldfastSchema>): void {
  database.createObjectStore("aside", { keyPath: ["sessionId", "store", "key", "at"] });
}

/** Step n brings a database from version n to version n + 1. Steps are only ever added at the end, never edited. */
export const MIGRATIONS: readonly MigrationStep[] = [createStores, addAside];

/** The version of the database that this app writes. */
export const DATABASE_VERSION = MIGRATIONS.length;

/** Runs the steps that are missing, in order, in the upgrade's one transaction: all of them happen or none. */
export async function migrate(
  database: IDBPDatabase<HoldfastSchema>,
  tx: UpgradeTransaction,
  oldVersion: number,
  steps: readonly MigrationStep[] = MIGRATIONS,
): Promise<void> {
  for (const step of steps.slice(oldVersion)) {
    // One after the other: a step may read what the step before it wrote.
    // oxlint-disable-next-line no-await-in-loop
    await step(database, tx);
  }
}
