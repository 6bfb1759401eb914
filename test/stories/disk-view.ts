import { applyEvents } from "#domain/apply-event.ts";
import type { SessionId } from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { ApprovalRow, QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import type { DraftPlace, JournalRow, Tombstone } from "#storage/schema.ts";
import type { FaultyDisk } from "#test/helpers/faulty-disk.ts";

/**
 * What lies on the disk at one moment. Records are never changed in place, so one that is the same object as in an
 * earlier view has not been written since.
 */
export interface DiskView {
  readonly sessions: ReadonlyMap<SessionId, Session>;
  /** By session, in order. */
  readonly turns: ReadonlyMap<SessionId, readonly Turn[]>;
  readonly journal: readonly JournalRow[];
  readonly index: ReadonlyMap<SessionId, IndexEntry>;
  readonly queue: readonly QueueItem[];
  readonly drafts: ReadonlyMap<SessionId, DraftPlace>;
  readonly approvals: ReadonlyMap<string, ApprovalRow>;
  readonly tombstones: ReadonlyMap<SessionId, Tombstone>;
}

export function viewDisk(disk: FaultyDisk): DiskView {
  const all = <Row>(store: string): readonly Row[] => disk.records(store) as readonly Row[];
  return {
    sessions: new Map(all<Session>("sessions").map((row) => [row.id, row])),
    turns: bySession(all<Turn>("turns")),
    journal: all<JournalRow>("journal"),
    index: new Map(all<IndexEntry>("index").map((row) => [row.sessionId, row])),
    queue: all<QueueItem>("queue").toSorted((a, b) => a.position - b.position),
    drafts: new Map(all<DraftPlace>("drafts").map((row) => [row.sessionId, row])),
    approvals: new Map(all<ApprovalRow>("approvals").map((row) => [row.id, row])),
    tombstones: new Map(all<Tombstone>("tombstones").map((row) => [row.sessionId, row])),
  };
}

function bySession(turns: readonly Turn[]): Map<SessionId, Turn[]> {
  const groups = new Map<SessionId, Turn[]>();
  for (const turn of turns) {
    const group = groups.get(turn.sessionId);
    if (group === undefined) groups.set(turn.sessionId, [turn]);
    else group.push(turn);
  }
  return groups;
}

export function turnsOf(view: DiskView, sessionId: SessionId): readonly Turn[] {
  return view.turns.get(sessionId) ?? [];
}

/** A turn with what the journal holds of it: what a person would get back now. */
export function withJournal(view: DiskView, turn: Turn): Turn {
  const pending = view.sessions.get(turn.sessionId)?.pending;
  if (pending?.turnSeq !== turn.seq) return turn;
  const rows = view.journal.filter((row) => row.runId === pending.runId);
  return applyEvents(
    turn,
    rows.flatMap((row) => row.events),
  );
}

/** From the head to the root, the root first. */
export function pathOf(view: DiskView, session: Session): readonly Turn[] {
  const bySeq = new Map(turnsOf(view, session.id).map((turn) => [turn.seq, turn]));
  const path: Turn[] = [];
  for (let turn = bySeq.get(session.head); turn !== undefined; turn = bySeq.get(turn.parent)) path.unshift(turn);
  return path;
}
