import type { BlobId, SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import type { MirrorFolder } from "./mirror-folder.ts";
import { isPurged } from "./mirror-log.ts";
import type { MirrorLog } from "./mirror-log.ts";
import type { CheckNote } from "./mirror-notes.ts";
import { compareAge, field, nameOfRecord, readValue, recordFor } from "./mirror-record.ts";
import type { MirrorRecord, MirroredStore } from "./mirror-record.ts";

interface CheckParts {
  readonly db: Database;
  readonly log: MirrorLog;
  readonly folder: MirrorFolder;
  /** Epoch ms that what is copied now gets. */
  readonly at: number;
}

interface Comparison {
  readonly note: Omit<CheckNote, "at">;
  /** The copy has newer states of sessions than the database. */
  readonly isDatabaseBehind: boolean;
  /** They stay, used or not: the record that will refer to them may be on its way. */
  readonly blobsInDatabase: ReadonlySet<BlobId>;
}

/** Few and small, so that their content is compared, and what is gone from the database is noticed. */
const SMALL_STORES = ["drafts", "queue", "approvals", "settings", "connections", "tombstones"] as const;
const REMOVABLE: ReadonlySet<MirroredStore> = new Set(["queue", "connections", "tombstones"]);

/**
 * Compares the copy with the database by the sessions' revisions and copies what it missed: a worker that died within
 * a second of a save, a full disk, a database that is older than the copy's beginning. Also takes the content of
 * sessions that were removed for good out of the copy.
 */
export async function compareWithDatabase(parts: CheckParts): Promise<Comparison> {
  // First the copy: what is saved meanwhile makes the database newer, never the other way round.
  const copied = await readCopied(parts.log);
  if (copied.purgedContent.size > 0) await parts.log.sweep(copied.purgedContent);
  const { caughtUp, behind, count } = await catchUpSessions(parts, copied);
  // What a database that lost its last writes has not got was not removed by the person.
  await catchUpSmall(parts, copied, behind === 0);
  const blobsInDatabase = new Set(await parts.db.read(["blobs"], (tx) => tx.objectStore("blobs").getAllKeys()));
  await catchUpBlobs(parts, blobsInDatabase);
  return {
    note: { sessions: count, damaged: copied.damaged, caughtUp },
    isDatabaseBehind: behind > 0,
    blobsInDatabase,
  };
}

interface Copied {
  readonly revisions: ReadonlyMap<SessionId, number>;
  readonly small: ReadonlyMap<string, MirrorRecord>;
  readonly purged: ReadonlySet<SessionId>;
  /** Sessions that were removed for good and of which something is still in the copy. */
  readonly purgedContent: ReadonlySet<SessionId>;
  readonly damaged: number;
}

async function readCopied(log: MirrorLog): Promise<Copied> {
  const revisions = new Map<SessionId, number>();
  const small = new Map<string, MirrorRecord>();
  const withContent = new Set<SessionId>();
  let damaged = 0;
  await log.forEach((content) => {
    damaged += content.damaged;
    for (const record of content.records) {
      const { head } = record;
      if (head.sessionId !== null && head.store !== "tombstones") withContent.add(head.sessionId);
      if (head.store === "turns") continue;
      if (head.store === "sessions" && head.sessionId !== null) {
        revisions.set(head.sessionId, Math.max(head.revision, revisions.get(head.sessionId) ?? 0));
        continue;
      }
      const known = small.get(nameOfRecord(head));
      if (known === undefined || compareAge(known.head, head) < 0) small.set(nameOfRecord(head), record);
    }
  });
  const purged = new Set(
    [...small.values()].flatMap(({ head, json }) =>
      head.store === "tombstones" && head.sessionId !== null && field(readValue(json), "isPurged") === true
        ? [head.sessionId]
        : [],
    ),
  );
  const purgedContent = new Set([...withContent].filter((id) => purged.has(id)));
  return { revisions, small, purged, purgedContent, damaged };
}

async function catchUpSessions(
  parts: CheckParts,
  copied: Copied,
): Promise<{ caughtUp: number; behind: number; count: number }> {
  const ids = await parts.db.read(["sessions"], (tx) => tx.objectStore("sessions").getAllKeys());
  let caughtUp = 0;
  let behind = [...copied.revisions.keys()].filter((id) => !copied.purged.has(id)).length;
  for (const id of ids) {
    const found = await copyMissed(parts, id, copied.revisions.get(id) ?? -1);
    if (found.isCopied) caughtUp += 1;
    if (copied.revisions.has(id) && !copied.purged.has(id) && found.isAsNew) behind -= 1;
  }
  return { caughtUp, behind, count: ids.length };
}

/** Copies a session whole if its last full save is newer than `copiedRevision`. `at`: epoch ms that its records get. */
export async function copyMissed(
  { db, log, at }: Omit<CheckParts, "folder">,
  id: SessionId,
  copiedRevision: number,
): Promise<{ readonly isCopied: boolean; readonly isAsNew: boolean }> {
  const { revision, isAsNew, rows } = await readSessionRows(db, id, copiedRevision);
  if (rows.length === 0) return { isCopied: false, isAsNew };
  const revisions = new Map([[id, revision]]);
  const records = rows.flatMap(({ store, record }) => recordFor(store, record, revisions, at) ?? []);
  await log.append(records, 1);
  return { isCopied: true, isAsNew };
}

interface SessionRows {
  readonly revision: number;
  /** The database's state is not older than the copy's. */
  readonly isAsNew: boolean;
  readonly rows: readonly { readonly store: "sessions" | "turns"; readonly record: unknown }[];
}

/** A session's rows, if its last full save is newer than what was copied. Checkpoints move only the session's own revision. */
function readSessionRows(db: Database, id: SessionId, copiedRevision: number): Promise<SessionRows> {
  return db.read(["sessions", "turns", "index"], async (tx) => {
    const session = await tx.objectStore("sessions").get(id);
    if (session === undefined) return { revision: 0, isAsNew: true, rows: [] };
    const isAsNew = session.revision >= copiedRevision;
    const saved = (await tx.objectStore("index").get(id))?.revision ?? session.revision;
    if (saved <= copiedRevision) return { revision: session.revision, isAsNew, rows: [] };
    const turns = await tx.objectStore("turns").getAll(IDBKeyRange.bound([id], [id, []]));
    return {
      revision: session.revision,
      isAsNew,
      rows: [...turns.map((record) => ({ store: "turns" as const, record })), { store: "sessions", record: session }],
    };
  });
}

async function catchUpSmall({ db, log, at }: CheckParts, copied: Copied, withRemovals: boolean): Promise<void> {
  const rows = await db.read([...SMALL_STORES], (tx) =>
    Promise.all(
      SMALL_STORES.map(async (store) => ({ store, records: (await tx.objectStore(store).getAll()) as unknown[] })),
    ),
  );
  const missing: MirrorRecord[] = [];
  const seen = new Set<string>();
  for (const { store, records } of rows) {
    for (const record of records) {
      const now = recordFor(store, record, new Map(), at);
      if (now === null || isPurged(now.head, copied.purged)) continue;
      const name = nameOfRecord(now.head);
      seen.add(name);
      const known = copied.small.get(name);
      if (known?.json !== now.json) missing.push({ head: after(now.head, known), json: now.json });
    }
  }
  for (const [name, { head, json }] of withRemovals ? copied.small : []) {
    if (seen.has(name) || json === "null" || !REMOVABLE.has(head.store)) continue;
    missing.push({ head: after({ ...head, at }, { head, json }), json: "null" });
  }
  if (missing.length > 0) await log.append(missing, 1);
}

/** What the database has now counts, whatever the clock said when the copy was made. */
function after(head: MirrorRecord["head"], known: MirrorRecord | undefined): MirrorRecord["head"] {
  return known === undefined ? head : { ...head, at: Math.max(head.at, known.head.at + 1) };
}

async function catchUpBlobs({ db, folder }: CheckParts, stored: ReadonlySet<BlobId>): Promise<void> {
  const there = new Set(await folder.list("blobs"));
  for (const id of stored) {
    if (there.has(id)) continue;
    const blob = await db.read(["blobs"], (tx) => tx.objectStore("blobs").get(id));
    if (blob !== undefined) await folder.write("blobs", id, blob.bytes);
  }
}
