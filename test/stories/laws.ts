import { needsDecision } from "#agent/acceptance.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import type { Session } from "#domain/session.ts";
import { isToolCallSettled } from "#domain/tool-call.ts";
import { isSettled, lastRun, turnStatus, type Turn } from "#domain/turn.ts";

import { broken } from "./broken.ts";
import { turnsOf, withJournal, type DiskView } from "./disk-view.ts";

/** What holds at every moment at which nothing is being written, whatever has died or failed before. */
export function holdAlways(view: DiskView): void {
  for (const session of view.sessions.values()) {
    holdIndex(view, session);
    holdHead(view, session);
  }
  for (const id of view.index.keys()) {
    if (!view.sessions.has(id)) broken("I1", "the index lists a session that is not there", id);
  }
  holdTurns(view);
  holdJournal(view);
  holdQueue(view);
}

function holdIndex(view: DiskView, session: Session): void {
  const row = view.index.get(session.id);
  if (session.deletedAt !== null) {
    if (row !== undefined) broken("I4", "a deleted session is listed", session.id);
    if (!view.tombstones.has(session.id)) broken("I4", "a deleted session has no tombstone", session.id);
    return;
  }
  if (view.tombstones.has(session.id)) broken("I4", "a session that is not deleted has a tombstone", session.id);
  if (row === undefined) return void broken("I1", "a session has no row in the index", session);
  const wanted = indexEntryOf(session);
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    // A lease is taken without the index: it is no news for the list.
    if (key === "revision" ? row.revision > wanted.revision : row[key] !== wanted[key]) {
      broken("I1", `the row of the index says another ${String(key)} than its session`, row, session);
    }
  }
}

function holdHead(view: DiskView, session: Session): void {
  const { head, pending, headStatus, nextSeq } = session;
  const turns = turnsOf(view, session.id);
  for (const turn of turns) {
    if (turn.seq >= nextSeq) broken("S2", "a turn stands at a seq that is still to be given", session, turn.seq);
    if (turn.seq !== pending?.turnSeq && !isSettled(turn)) {
      broken("S3", "a turn that nobody works on is not settled", turn, session);
    }
  }
  const at = turns.find((turn) => turn.seq === head);
  if (head !== 0 && at === undefined) broken("W1", "the head is a turn that is not there", session);
  if (pending !== null) {
    const turn = turns.find(({ seq }) => seq === pending.turnSeq);
    if (turn?.id !== pending.turnId) broken("S1", "the pending turn is not there", session);
    if (head === pending.turnSeq && headStatus !== "pending" && headStatus !== "running") {
      broken("W1", "the session says that its pending turn is over", session);
    }
    return;
  }
  if (at === undefined) return;
  if (headStatus !== turnStatus(at)) broken("W1", `the session calls a turn ${headStatus} that is not`, at);
  if (session.needsPerson !== needsDecision(at)) broken("W1", "the session is wrong about who decides", session, at);
}

function holdTurns(view: DiskView): void {
  const ids = new Set<string>();
  for (const [sessionId, turns] of view.turns) {
    if (!view.sessions.has(sessionId)) broken("W1", "a turn has no session", sessionId);
    const seqs = new Set(turns.map((turn) => turn.seq));
    for (const turn of turns) {
      if (ids.has(turn.id)) broken("S3", "a message is there twice", turns);
      ids.add(turn.id);
      if (turn.parent !== 0 && !seqs.has(turn.parent)) broken("X2", "a turn follows one that is not there", turn);
      if (turn.parent >= turn.seq) broken("X2", "a turn follows itself or a later one", turn);
      holdWords(withJournal(view, turn));
    }
  }
}

/** The words of a story are numbered: in an answer each stands once, and in a part never a later one before an earlier. */
function holdWords(turn: Turn): void {
  const words = new Set<number>();
  for (const part of turn.parts) {
    if (part.kind === "tool-call") continue;
    let before = 0;
    for (const [, text] of part.text.matchAll(/w(\d+) /g)) {
      const word = Number(text);
      if (word <= before) broken("R2", `the word w${word} stands in a wrong place`, turn.parts);
      if (words.has(word)) broken("R2", `the word w${word} is there twice`, turn.parts);
      words.add(word);
      before = word;
    }
  }
}

/** Rows of one run follow on each other from 1, and belong to the run that is pending. */
function holdJournal(view: DiskView): void {
  let before: { readonly runId: string; readonly seq: number } | null = null;
  for (const row of view.journal) {
    const session = view.sessions.get(row.sessionId);
    if (session?.pending?.runId !== row.runId) broken("W4", "the journal holds events of a run that has settled", row);
    const first = row.events[0];
    const last: number = before?.runId === row.runId ? before.seq : 0;
    if ((first?.firstSeq ?? first?.seq) !== last + 1) broken("E1", "the journal has a gap or an overlap", view.journal);
    before = row;
  }
}

function holdQueue(view: DiskView): void {
  const places = new Set<string>();
  for (const item of view.queue) {
    if (turnsOf(view, item.sessionId).some((turn) => String(turn.id) === String(item.id))) {
      broken("C5", "a queued message is also a turn", item);
    }
    const place = `${item.sessionId} ${item.position}`;
    if (places.has(place)) broken("C5", "two queued messages have one place", view.queue);
    places.add(place);
  }
}

/** What no write may do to what was there before it. */
export function holdBetween(before: DiskView, after: DiskView): void {
  for (const session of before.sessions.values()) {
    const now = after.sessions.get(session.id);
    if (now === undefined) return void broken("W7", "a session is gone", session.id);
    if (now === session) continue;
    if (now.revision <= session.revision) broken("W4", "a session was written without a new revision", session, now);
    for (const key of ["fencingToken", "nextSeq", "updatedAt", "lastActivityAt"] as const) {
      if (now[key] < session[key]) broken("W5", `${key} went back`, session, now);
    }
  }
  for (const [sessionId, turns] of before.turns) {
    const now = new Map(turnsOf(after, sessionId).map((turn) => [turn.seq, turn]));
    for (const turn of turns) {
      const later = now.get(turn.seq);
      if (later === undefined) return void broken("S3", "a turn is gone", turn);
      if (later !== turn) holdTurn(turn, later);
    }
  }
  for (const row of before.approvals.values()) {
    const now = after.approvals.get(row.id);
    if (row.decision !== null && now?.decision !== row.decision) broken("C6", "a decision was changed", row, now);
  }
}

function holdTurn(before: Turn, after: Turn): void {
  for (const key of ["id", "seq", "parent", "replyId"] as const) {
    if (before[key] !== after[key]) broken("S2", `the ${key} of a turn changed`, before, after);
  }
  if (!isSame(before.user, after.user)) broken("S3", "a message changed", before.user, after.user);
  const isFinal = lastRun(before)?.outcome?.kind === "completed";
  if (isFinal && !isSame({ ...before, resolution: null }, { ...after, resolution: null })) {
    broken("E4", "a completed turn changed", before, after);
  }
  for (const [index, run] of before.runs.entries()) {
    if (run.outcome !== null && !isSame(run, after.runs[index]))
      broken("E4", "the end of a run changed", before, after);
  }
  const hasNewRun = before.runs.length < after.runs.length;
  const parts = after.parts.map((part, at) => before.parts[at] ?? part).filter((part) => !isOpen(part));
  const later = after.parts.filter((part, at) => !isOpen(before.parts[at] ?? part));
  if (isSettled(before) && !hasNewRun && (after.parts.length !== before.parts.length || !isSame(parts, later))) {
    broken("C3", "a settled answer changed without a run", before.parts, after.parts);
  }
  holdParts(before, after);
}

/** What is asked of the person may be taken back, and what nobody knows they may decide: both without a run. */
function isOpen(part: Turn["parts"][number]): boolean {
  return part.kind === "tool-call" && (!isToolCallSettled(part.state) || part.state === "unknown");
}

/** A run that goes on adds to what is there. */
function holdParts(before: Turn, after: Turn): void {
  for (const [index, part] of before.parts.entries()) {
    const now = after.parts[index];
    if (now?.id !== part.id || now.kind !== part.kind) {
      broken("W2", "a part of an answer is gone or moved", before.parts, after.parts);
    } else if (part.kind === "tool-call" && now.kind === "tool-call") {
      const isOver = isToolCallSettled(part.state) && part.state !== "unknown";
      if (isOver && !isSame(part, now)) broken("T4", "a finished call changed", part, now);
    } else if (part.kind !== "tool-call" && now.kind !== "tool-call" && !now.text.startsWith(part.text)) {
      broken("W2", "text of an answer is gone", part, now);
    }
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
