import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";
import { isSettled, turnStatus, type Turn } from "#domain/turn.ts";

import { indexCodec, sessionCodec, turnCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { copyMissed } from "./mirror-check.ts";
import { compareAge, field, nameOfRecord, readValue } from "./mirror-record.ts";
import type { MirrorRecord, RecordHead } from "./mirror-record.ts";
import type { SecondCopy } from "./second-copy.ts";
import { StorageError } from "./storage-error.ts";
import type { Writing } from "./transaction.ts";

export interface GoneBack {
  /** Sessions whose state is now the one of that moment. */
  readonly sessionIds: readonly SessionId[];
  /** Of these, sessions that the person had deleted. */
  readonly undeleted: number;
  /** Left as they are: a run is at work on them. */
  readonly busy: number;
  /** Left as they are: what the copy has of them cannot be read. */
  readonly unreadable: number;
  /** Epoch ms: the restore point of the state that was left. */
  readonly leftAt: number;
}

interface Past {
  session: MirrorRecord | null;
  readonly turns: Map<string, MirrorRecord>;
  newest: RecordHead | null;
  readonly newestTurns: Map<string, RecordHead>;
}

/**
 * Makes the state of a moment the present one again: of one session, or of all that are different now. The state that
 * is left becomes a restore point first, so nothing is lost by it; turns that came later stay in their session as
 * branches. Sessions that were begun later, settings and connections are left alone.
 * `db`: the app's own connection, so that the copy hears of it. `at` and `now`: epoch ms. Throws StorageError.
 */
export async function goBack(
  copy: SecondCopy,
  db: Database,
  to: { readonly at: number; readonly sessionId: SessionId | null; readonly label: string; readonly now: number },
): Promise<GoneBack> {
  await copy.feed.flush();
  const leftAt = await leavePresent(copy, db, to);
  const past = await readPast(copy, to.at, to.sessionId);
  const gone = { sessionIds: [] as SessionId[], undeleted: 0, busy: 0, unreadable: 0 };
  for (const [id, state] of past) {
    if (state.session === null || isPresent(state) || wasDeleted(state.session)) continue;
    try {
      const isBack = await applyPast(db, id, state, to);
      gone.sessionIds.push(id);
      if (isBack) gone.undeleted += 1;
    } catch (failure) {
      if (!(failure instanceof StorageError)) throw failure;
      const { kind } = failure.problem;
      if (kind === "fenced") gone.busy += 1;
      else if (kind === "corrupt" || kind === "newer-version" || kind === "deleted") gone.unreadable += 1;
      else throw failure;
    }
  }
  await copy.feed.flush();
  return { ...gone, leftAt };
}

/** What the copy has missed of the present is copied before the present gets its name. */
async function leavePresent(
  copy: SecondCopy,
  db: Database,
  { sessionId, label }: { readonly sessionId: SessionId | null; readonly label: string },
): Promise<number> {
  const copied = new Map<SessionId, number>();
  await copy.log.forEach(({ records }) => {
    for (const { head } of records) {
      if (head.store !== "sessions" || head.sessionId === null) continue;
      copied.set(head.sessionId, Math.max(head.revision, copied.get(head.sessionId) ?? -1));
    }
  });
  const ids =
    sessionId === null ? await db.read(["sessions"], (tx) => tx.objectStore("sessions").getAllKeys()) : [sessionId];
  for (const id of ids) await copyMissed({ db, log: copy.log, at: copy.feed.nextAt() }, id, copied.get(id) ?? -1);
  return copy.namePresent(label);
}

/** Of each session: its state at `at`, and whether that is the present one. Only turns that changed since are kept in memory. */
async function readPast(copy: SecondCopy, at: number, sessionId: SessionId | null): Promise<Map<SessionId, Past>> {
  const past = new Map<SessionId, Past>();
  await copy.log.forEach(({ records }) => {
    for (const record of records) {
      const { head } = record;
      if (head.sessionId === null || (sessionId !== null && head.sessionId !== sessionId)) continue;
      if (head.store !== "sessions" && head.store !== "turns") continue;
      const state = past.get(head.sessionId) ?? {
        session: null,
        turns: new Map(),
        newest: null,
        newestTurns: new Map(),
      };
      past.set(head.sessionId, state);
      note(state, record, at);
    }
  });
  return past;
}

function note(state: Past, record: MirrorRecord, at: number): void {
  const { head } = record;
  const isThen = head.at <= at;
  if (head.store === "sessions") {
    if (isThen && isNewer(head, state.session?.head)) state.session = record;
    if (isNewer(head, state.newest)) state.newest = head;
    return;
  }
  const name = nameOfRecord(head);
  if (isThen && isNewer(head, state.turns.get(name)?.head)) state.turns.set(name, record);
  if (isNewer(head, state.newestTurns.get(name))) state.newestTurns.set(name, head);
}

function isNewer(head: RecordHead, than: RecordHead | null | undefined): boolean {
  return than == null || compareAge(head, than) > 0;
}

/** A session that lay in the trash at that moment has no state to go back to. */
function wasDeleted(session: MirrorRecord): boolean {
  return field(readValue(session.json), "deletedAt") !== null;
}

function isPresent({ session, newest }: Past): boolean {
  return session !== null && newest !== null && compareAge(session.head, newest) === 0;
}

/** One session in one transaction. Gives whether it had been deleted. Throws `fenced` while a run is at work on it. */
function applyPast(
  db: Database,
  id: SessionId,
  state: Past,
  to: { readonly sessionId: SessionId | null; readonly now: number },
): Promise<boolean> {
  return db.write(["sessions", "turns", "index", "tombstones"], "strict", async (writing) => {
    const then = sessionCodec.read(readValue(state.session?.json ?? "null"));
    const record = await writing.get("sessions", id);
    const present = record === undefined ? null : sessionCodec.read(record);
    const tombstone = await writing.get("tombstones", id);
    if (tombstone?.isPurged === true) throw new StorageError({ kind: "deleted" });
    if (present !== null && present.pending !== null && present.deletedAt === null) {
      throw new StorageError({ kind: "fenced", held: then.fencingToken, current: present.fencingToken });
    }
    const head = await putTurns(writing, id, state, then);
    const next = sessionAgain(then, present, head, to);
    writing.put("sessions", sessionCodec.encode(next));
    writing.put("index", indexCodec.encode(indexEntryOf(next)));
    if (tombstone !== undefined) writing.remove("tombstones", id);
    return present?.deletedAt != null;
  });
}

/** Puts back the turns that were different then, and gives the one at the head. One that was not settled then is left as it became. */
async function putTurns(writing: Writing, id: SessionId, state: Past, then: Session): Promise<Turn | null> {
  let head: Turn | null = null;
  for (const [name, record] of state.turns) {
    const newest = state.newestTurns.get(name);
    const turn = turnCodec.read(readValue(record.json));
    const stored = await writing.get("turns", [id, turn.seq]);
    // Another turn stands there: the session went on in two ways, and neither may overwrite the other.
    if (stored !== undefined && stored.id !== turn.id) throw corrupt(id, turn.seq);
    const isChanged = newest !== undefined && compareAge(newest, record.head) !== 0;
    const isBack = stored === undefined || (isChanged && isSettled(turn));
    if (isBack) writing.put("turns", turnCodec.encode(turn));
    if (turn.seq === then.head) head = isBack || stored === undefined ? turn : turnCodec.read(stored);
  }
  return head;
}

function sessionAgain(
  then: Session,
  present: Session | null,
  head: Turn | null,
  { sessionId, now }: { readonly sessionId: SessionId | null; readonly now: number },
): Session {
  const wasOpen = then.pending !== null;
  return {
    ...then,
    // What was allowed since or withdrawn since: only what holds both then and now.
    allowedTools: then.allowedTools.filter((tool) => present?.allowedTools.includes(tool) ?? false),
    pending: null,
    headStatus: wasOpen && head !== null ? turnStatus(head) : then.headStatus,
    needsPerson: !wasOpen && then.needsPerson,
    revision: Math.max(then.revision, present?.revision ?? 0) + 1,
    fencingToken: Math.max(then.fencingToken, present?.fencingToken ?? 0),
    nextSeq: Math.max(then.nextSeq, present?.nextSeq ?? 0),
    updatedAt: now,
    // Going back to all of a day is to show the list of that day; to one session, to work on it now.
    lastActivityAt: sessionId === null ? then.lastActivityAt : now,
    deletedAt: null,
  };
}

function corrupt(id: SessionId, seq: number): StorageError {
  return new StorageError({ kind: "corrupt", store: "turns", key: `${id} ${seq}`, detail: "another turn is there" });
}
