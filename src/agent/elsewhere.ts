import { applyEvent, applyEvents, continuity } from "#domain/apply-event.ts";
import type { SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Turn } from "#domain/turn.ts";
import { awaitLease, type Lease } from "#journal/lease.ts";
import { readJournal } from "#storage/journal-store.ts";
import { claimFencingToken } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";

import type { Audience, Environment } from "./environment.ts";

/**
 * Watches a run that another tab's worker runs: shows its events live, and stands in line for its lease, so that this
 * worker takes over as soon as the other one is done or dead.
 */
export class ElsewhereWatch {
  readonly #env: Environment;
  readonly #audience: Audience;
  readonly #sessionId: SessionId;
  /** The place in line for the lease; null: not in line. */
  #line: AbortController | null = null;
  /** The lease that standing in line brought, until somebody takes it. */
  #lease: Lease | null = null;
  #turn: Turn | null = null;

  constructor(env: Environment, audience: Audience, sessionId: SessionId) {
    this.#env = env;
    this.#audience = audience;
    this.#sessionId = sessionId;
  }

  get turn(): Turn | null {
    return this.#turn;
  }

  /** Reads what is stored of the run, and asks its worker for the rest. */
  async start(): Promise<void> {
    const { db, peers } = this.#env;
    const session = await readSession(db, this.#sessionId);
    if (session?.pending) {
      const stored = await readTurn(db, this.#sessionId, session.pending.turnSeq);
      const journal = await readJournal(db, this.#sessionId, session.pending.runId);
      this.#turn ??= stored === null ? null : applyEvents(stored, journal.events);
    }
    peers.tell({ kind: "who-runs", sessionId: this.#sessionId });
  }

  /** Calls `granted` once the lease is free and this worker's, or `failed` when it could not be had. */
  standInLine(granted: () => void, failed: (cause: unknown) => void): void {
    const { db, locks } = this.#env;
    const line = new AbortController();
    this.#line = line;
    const ports = { locks, claimFencingToken: (id: SessionId) => claimFencingToken(db, id) };
    awaitLease(ports, this.#sessionId, line.signal).then(
      (lease) => {
        if (this.#line !== line) {
          lease.release();
          return;
        }
        this.#lease = lease;
        granted();
      },
      (cause: unknown) => {
        if (this.#line === line) failed(cause);
      },
    );
  }

  /** Gives up the place in line. Gives the lease if it had been granted already: it is the caller's from now on. */
  leaveLine(): Lease | null {
    const lease = this.#lease;
    this.#lease = null;
    this.#line?.abort(new DOMException("No longer in line", "AbortError"));
    this.#line = null;
    return lease;
  }

  stop(): void {
    this.leaveLine()?.release();
  }

  /** Events of the other worker. Where one is missing, the whole turn is asked for. */
  receive(turnSeq: number, events: readonly RunEvent[]): void {
    for (const event of events) {
      const turn = this.#turn;
      if (turn === null || turn.seq !== turnSeq || continuity(turn, event) === "gap") {
        this.#env.peers.tell({ kind: "who-runs", sessionId: this.#sessionId });
        return;
      }
      this.#turn = applyEvent(turn, event);
    }
    this.#audience.toWatchers(this.#sessionId, { type: "run-events", sessionId: this.#sessionId, turnSeq, events });
  }

  replace(turn: Turn): void {
    this.#turn = turn;
    this.#audience.toWatchers(this.#sessionId, { type: "turn-changed", sessionId: this.#sessionId, turn });
  }
}
