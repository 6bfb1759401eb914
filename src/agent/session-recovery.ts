import type { SessionId } from "#domain/ids.ts";
import type { PendingTurn, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";
import type { Lease } from "#journal/lease.ts";
import { recoverTurn } from "#journal/recovery.ts";
import type { SeenEnding, WordsEvent } from "#protocol/commands.ts";
import { readJournal } from "#storage/journal-store.ts";
import { clearClosingMarker, readClosingMarker } from "#storage/marker-store.ts";
import { fullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";

import { settledSession } from "./acceptance.ts";
import { withDecisions } from "./approval-rows.ts";
import type { Environment } from "./environment.ts";
import { readIfReadable } from "./read-if-readable.ts";

/** A run that is found this long after a page saw its worker die was that worker's; a later find has another story. */
const WITNESS_MS = 30_000;

function seenEnding({ witness }: Environment, now: number): SeenEnding | null {
  const { ending } = witness;
  return ending?.cause === "agent-died" && now - ending.at > WITNESS_MS ? null : ending;
}

/** What a page had been told and the worker may not have stored. Only deltas: everything else is stored at once. */
function lastWordsOf(
  { witness }: Environment,
  sessionId: SessionId,
  { runId, turnSeq }: PendingTurn,
): readonly WordsEvent[] {
  const words = witness.ending?.lastWords;
  if (words?.sessionId !== sessionId || words.turnSeq !== turnSeq) return [];
  return words.events.filter((event) => event.runId === runId);
}

/**
 * Settles what a dead worker left of a session: the stored turn, its journal and the closing marker become one turn with
 * its ending. Needs the lease, which is the proof that the worker is dead. Idempotent, and not activity, so the list
 * keeps its order. Gives whether there was something to settle.
 */
export async function recoverSession(env: Environment, sessionId: SessionId, lease: Lease): Promise<boolean> {
  const { db } = env;
  const session = await readSession(db, sessionId);
  if (session === null || session.pending === null || session.deletedAt !== null) return false;
  const { runId } = session.pending;
  const { turn, isWhole } = await readRecovered(env, session, session.pending);
  const now = env.clock.now();
  await fullSave(db, {
    sessionId,
    token: lease.token,
    update: (current) =>
      turn === null
        ? { ...current, pending: null, headStatus: "interrupted", needsPerson: true }
        : settledSession(current, turn, false, now),
    ...(turn === null ? {} : { turns: [turn] }),
    // What could not be read stays where it is: a later version may read it.
    ...(isWhole ? { settledRuns: [runId] } : {}),
    now,
  });
  await clearClosingMarker(db, sessionId);
  return true;
}

/** The turn that a dead worker left, as it will be settled. Reads only. Null: the row is gone or cannot be read. */
export async function readRecovered(
  env: Environment,
  session: Session,
  pending: PendingTurn,
): Promise<{ readonly turn: Turn | null; readonly isWhole: boolean }> {
  const { db } = env;
  const now = env.clock.now();
  const stored = await readIfReadable(() => readTurn(db, session.id, pending.turnSeq));
  if (stored === null) return { turn: null, isWhole: false };
  const journal = await readJournal(db, session.id, pending.runId);
  const words = lastWordsOf(env, session.id, pending);
  const turn = recoverTurn({
    turn: stored,
    pending,
    // What is stored already, or does not follow on what is, changes nothing.
    journal: [...journal.events, ...words],
    savedAt: journal.savedAt,
    hasUnreadable: journal.unreadable > 0,
    marker: await readClosingMarker(db, session.id),
    model: session.model ?? (await env.readSettings()).defaultModel,
    seen: seenEnding(env, now),
    now,
  });
  // A decision may have been committed a moment before the death, and its event not.
  return { turn: await withDecisions(db, turn), isWhole: journal.unreadable === 0 };
}
