import type { SessionId } from "#domain/ids.ts";
import type { Lease } from "#journal/lease.ts";
import { recoverTurn } from "#journal/recovery.ts";
import { readJournal } from "#storage/journal-store.ts";
import { clearClosingMarker, readClosingMarker } from "#storage/marker-store.ts";
import { fullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";

import { settledSession } from "./acceptance.ts";
import type { Environment } from "./environment.ts";

/** A run that is found this long after a page saw its worker die was that worker's; a later find has another story. */
const WITNESS_MS = 30_000;

function wasSeenDying(env: Environment, now: number): boolean {
  const { agentDiedAt } = env.witness;
  return agentDiedAt !== null && now - agentDiedAt <= WITNESS_MS;
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
  const { pending } = session;
  const now = env.clock.now();
  const stored = await readTurn(db, sessionId, pending.turnSeq);
  const journal = await readJournal(db, sessionId, pending.runId);
  const turn =
    stored === null
      ? null
      : recoverTurn({
          turn: stored,
          pending,
          journal: journal.events,
          savedAt: journal.savedAt,
          marker: await readClosingMarker(db, sessionId),
          model: session.model ?? (await env.readSettings()).defaultModel,
          unexplained: wasSeenDying(env, now) ? "agent-died" : "app-died",
          now,
        });
  await fullSave(db, {
    sessionId,
    token: lease.token,
    update: (current) =>
      turn === null ? { ...current, pending: null, needsPerson: true } : settledSession(current, turn, false, now),
    ...(turn === null ? {} : { turns: [turn], settledRuns: turn.runs.map((run) => run.id) }),
    now,
  });
  await clearClosingMarker(db, sessionId);
  return true;
}
