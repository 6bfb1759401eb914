import type { BlobId, SessionId } from "#domain/ids.ts";

import { putBlob } from "./blob-store.ts";
import type { Database } from "./database.ts";
import type { MirrorFolder } from "./mirror-folder.ts";
import { isPurged } from "./mirror-log.ts";
import type { MirrorLog } from "./mirror-log.ts";
import { compareAge, field, nameOfRecord, readValue } from "./mirror-record.ts";
import type { RecordHead } from "./mirror-record.ts";
import { putBack, type PutBack, type StoredSessions } from "./mirror-put-back.ts";

/** What came back from the second copy, and what did not. Counts of records. */
export interface RestoreReport {
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms of the newest record in the copy: what was saved later is not in it. */
  readonly copiedUpTo: number;
  /** Whether the database was empty: lost, not only behind. */
  readonly wasLost: boolean;
  readonly sessions: number;
  /** Sessions that the database had in an older state. */
  readonly sessionIds: readonly SessionId[];
  readonly turns: number;
  readonly files: number;
  readonly drafts: number;
  readonly queued: number;
  readonly settings: number;
  readonly connections: number;
  /** Deleted sessions that stay in the trash. */
  readonly deleted: number;
  /** Records and files that cannot be read, or not be put back. They stay in the copy. */
  readonly unreadable: number;
  /** Sessions that went on in two ways: what the database has is left as it is, what the copy has stays there. */
  readonly conflicts: number;
}

export interface RestoreParts {
  readonly db: Database;
  readonly log: MirrorLog;
  readonly folder: MirrorFolder;
  /** Epoch ms. */
  readonly now: number;
}

/** Where the newest version of each record lies. */
interface Overview {
  readonly newest: ReadonlyMap<string, { readonly head: RecordHead; readonly segment: string }>;
  readonly purged: ReadonlySet<SessionId>;
  readonly damaged: number;
  readonly copiedUpTo: number;
}

const RECORDS_AT_ONCE = 200;

/**
 * Brings into the database what it has not got and the second copy has, the newer one of each record winning. Null:
 * there was nothing to bring. May be interrupted anywhere and begun again: a session's own row comes last, so a
 * session that is listed is whole. Removes nothing, from the database or from the copy.
 */
export async function restoreFrom(parts: RestoreParts): Promise<RestoreReport | null> {
  const overview = await look(parts.log);
  if (overview.newest.size === 0 && overview.damaged === 0) return null;
  const stored = await readStored(parts.db);
  const behind = findBehind(overview, stored);
  const conflicts = await findConflicts(parts.db, overview, behind);
  const plan: PutBack = { db: parts.db, stored, conflicts, behind, counts: new Map() };
  // A session's turns before the session: an interrupted restore leaves rows that nobody sees, never half a session.
  await putPass(parts.log, overview, plan, (head) => head.store !== "sessions" && head.store !== "tombstones");
  const files = await putBlobs(parts, overview, plan);
  await putPass(parts.log, overview, plan, (head) => head.store === "sessions" || head.store === "tombstones");
  const count = (name: string): number => plan.counts.get(name) ?? 0;
  const report: RestoreReport = {
    at: parts.now,
    copiedUpTo: overview.copiedUpTo,
    wasLost: stored.sessions.size === 0,
    sessions: count("sessions"),
    sessionIds: [...plan.behind],
    turns: count("turns"),
    files: files.restored,
    drafts: count("drafts"),
    queued: count("queue"),
    settings: count("settings"),
    connections: count("connections"),
    deleted: count("deleted"),
    unreadable: overview.damaged + count("unreadable") + files.missing,
    conflicts: conflicts.size,
  };
  const hasNews = [...plan.counts.values()].some((restored) => restored > 0) || files.restored > 0;
  return hasNews || report.conflicts > 0 ? report : null;
}

/** One pass over heads alone: what counts, and where it lies. */
async function look(log: MirrorLog): Promise<Overview> {
  const newest = new Map<string, { head: RecordHead; segment: string }>();
  const tombstones = new Map<SessionId, { head: RecordHead; isPurged: boolean }>();
  const damagedIn = new Map<string, number>();
  let copiedUpTo = 0;
  await log.forEach(({ segment, records, damaged }) => {
    damagedIn.set(segment.name, damaged);
    for (const record of records) {
      const { head } = record;
      copiedUpTo = Math.max(copiedUpTo, head.at);
      const name = nameOfRecord(head);
      const known = newest.get(name);
      if (known !== undefined && compareAge(known.head, head) >= 0) continue;
      newest.set(name, { head, segment: segment.name });
      if (head.store === "tombstones" && head.sessionId !== null) {
        tombstones.set(head.sessionId, { head, isPurged: field(readValue(record.json), "isPurged") === true });
      }
    }
  });
  const purged = new Set([...tombstones].flatMap(([id, tombstone]) => (tombstone.isPurged ? [id] : [])));
  const damaged = [...damagedIn.values()].reduce((sum, count) => sum + count, 0);
  return { newest, purged, damaged, copiedUpTo };
}

/** What the database has of sessions: revisions, and the ids of those that were removed for good. */
async function readStored(db: Database): Promise<StoredSessions> {
  return db.read(["sessions", "tombstones"], async (tx) => {
    const sessions = new Map<SessionId, number>();
    let cursor = await tx.objectStore("sessions").openCursor();
    while (cursor !== null) {
      sessions.set(cursor.value.id, cursor.value.revision);
      cursor = await cursor.continue();
    }
    const tombstones = await tx.objectStore("tombstones").getAll();
    return { sessions, deleted: new Set(tombstones.map(({ sessionId }) => sessionId)) };
  });
}

function findBehind(overview: Overview, stored: StoredSessions): Set<SessionId> {
  const behind = new Set<SessionId>();
  for (const { head } of overview.newest.values()) {
    if (head.store !== "sessions" || head.sessionId === null) continue;
    const revision = stored.sessions.get(head.sessionId);
    if (revision !== undefined && revision < head.revision) behind.add(head.sessionId);
  }
  return behind;
}

/** Sessions whose turns at one place are not the same turn: two lives that went on apart. Neither may overwrite the other. */
async function findConflicts(
  db: Database,
  overview: Overview,
  behind: ReadonlySet<SessionId>,
): Promise<Set<SessionId>> {
  const conflicts = new Set<SessionId>();
  for (const { head } of overview.newest.values()) {
    const { store, sessionId, turnId } = head;
    if (store !== "turns" || sessionId === null || turnId === undefined || !behind.has(sessionId)) continue;
    const [, seq] = JSON.parse(head.key) as [SessionId, number];
    const turn = await db.read(["turns"], (tx) => tx.objectStore("turns").get([sessionId, seq]));
    if (turn !== undefined && turn.id !== turnId) conflicts.add(sessionId);
  }
  return conflicts;
}

/** Puts back the newest versions of the wanted records, a segment in memory at a time. */
async function putPass(
  log: MirrorLog,
  overview: Overview,
  plan: PutBack,
  isWanted: (head: RecordHead) => boolean,
): Promise<void> {
  const done = new Set<string>();
  await log.forEach(async ({ records }) => {
    const wanted = records.filter(({ head }) => {
      if (!isWanted(head) || isPurged(head, overview.purged)) return false;
      const name = nameOfRecord(head);
      const newest = overview.newest.get(name);
      if (newest === undefined || compareAge(newest.head, head) !== 0 || done.has(name)) return false;
      done.add(name);
      return true;
    });
    for (let from = 0; from < wanted.length; from += RECORDS_AT_ONCE) {
      await putBack(plan, wanted.slice(from, from + RECORDS_AT_ONCE));
    }
  });
}

/** Bytes that records refer to and the database has not got. Content that is not what its name says stays where it is. */
async function putBlobs(
  { db, folder, now }: RestoreParts,
  overview: Overview,
  plan: PutBack,
): Promise<{ restored: number; missing: number }> {
  const wanted = new Set<BlobId>();
  for (const { head } of overview.newest.values()) {
    const isLeftOut =
      isPurged(head, overview.purged) || (head.sessionId !== null && plan.conflicts.has(head.sessionId));
    if (!isLeftOut) for (const id of head.blobs ?? []) wanted.add(id);
  }
  let restored = 0;
  let missing = 0;
  for (const id of wanted) {
    const known = await db.read(["blobs"], (tx) => tx.objectStore("blobs").getKey(id));
    if (known !== undefined) continue;
    const bytes = await folder.read("blobs", id);
    if (bytes !== null && (await putBlob(db, bytes, now)) === id) restored += 1;
    else missing += 1;
  }
  return { restored, missing };
}
