import type { Outcome } from "#domain/outcome.ts";
import { lastRun, type Turn } from "#domain/turn.ts";
import { fullSave } from "#storage/save.ts";
import { StorageError, type StorageProblem } from "#storage/storage-error.ts";

import { settledSession } from "./acceptance.ts";
import { withdrawApprovals } from "./approval-rows.ts";
import type { ActiveRun } from "./run.ts";
import type { SessionLease } from "./session-lease.ts";
import type { SessionScope } from "./session-scope.ts";

/** How long to wait before an ending that could not be saved is tried again: space may come free at any moment. */
const SAVE_AGAIN_MS = 3000;
/** The wait doubles up to this where the failure lies in what is stored, which waiting alone does not mend. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** Failures that are there again at the next try: a record that cannot be read or could not be read back. */
const LASTING: ReadonlySet<StorageProblem["kind"]> = new Set(["corrupt", "newer-version", "aborted", "not-found"]);

/** Failures of a write that say that the session is gone, or another worker's. */
const LOST: ReadonlySet<StorageProblem["kind"]> = new Set(["fenced", "deleted"]);

export function isLost(cause: unknown): boolean {
  return cause instanceof StorageError && LOST.has(cause.problem.kind);
}

export interface RunEndingPort {
  /** Whether the run is still this worker's. */
  isCurrent(run: ActiveRun): boolean;
  /** The session is gone, or another worker's: this worker lets go of the run. */
  letGo(run: ActiveRun): void;
  /** The ending is durable. */
  settled(turn: Turn): Promise<void>;
  /** For work that nobody waits for: in the session's order, and told when it fails. */
  inTurn(task: () => Promise<void>): Promise<void>;
}

/**
 * The ending of a run: drains the checkpointer, commits the full save, and only then shows the end. Where the device
 * takes no writes the end is shown all the same, the lease is kept, and the save is tried until it succeeds.
 */
export class RunEnding {
  readonly #scope: SessionScope;
  readonly #lease: SessionLease;
  readonly #port: RunEndingPort;
  /** Tries in a row that ended in the same lasting failure: it is told once. */
  #lastingTries = 0;

  constructor(scope: SessionScope, lease: SessionLease, port: RunEndingPort) {
    this.#scope = scope;
    this.#lease = lease;
    this.#port = port;
  }

  async settle(run: ActiveRun, outcome: Outcome): Promise<void> {
    const { turn, ending } = await run.seal(outcome);
    if (!this.#port.isCurrent(run)) return; // given up: its lease is another worker's now
    const isSaved = await this.#save(run, turn);
    if (!this.#port.isCurrent(run)) return;
    this.#scope.news.runEvents(turn.seq, [ending]);
    if (isSaved) await this.#port.settled(turn);
    else this.#saveAgain(run, turn);
  }

  #saveAgain(run: ActiveRun, turn: Turn): void {
    const again = () => void this.#port.inTurn(() => this.#saveLater(run, turn));
    const doublings = Math.max(0, this.#lastingTries - 1);
    this.#scope.env.timers.after(Math.min(SAVE_AGAIN_MS * 2 ** doublings, LONGEST_WAIT_MS), again);
  }

  async #saveLater(run: ActiveRun, turn: Turn): Promise<void> {
    if (!this.#port.isCurrent(run)) return;
    if (await this.#save(run, turn)) await this.#port.settled(turn);
    else if (this.#port.isCurrent(run)) this.#saveAgain(run, turn);
  }

  /** False: not stored. A lost lease or a deleted session is no failure of storage: this worker just lets go. */
  async #save(run: ActiveRun, turn: Turn): Promise<boolean> {
    const { env, id, news, audience } = this.#scope;
    const now = env.clock.now();
    const mayGoOn = lastRun(turn)?.outcome?.kind === "interrupted";
    const approvals = mayGoOn ? null : withdrawApprovals(turn, now);
    try {
      const saved = await fullSave(env.db, {
        sessionId: id,
        token: this.#lease.held.token,
        update: (session) => settledSession(session, turn, true, now),
        turns: [turn],
        settledRuns: [run.runId],
        ...(approvals === null ? {} : { approvals }),
        now,
      });
      news.saved("full");
      this.#lastingTries = 0;
      audience.storageTrouble(null);
      news.session(saved);
      return true;
    } catch (cause) {
      if (isLost(cause)) this.#port.letGo(run);
      else this.#tell(cause);
      return false;
    }
  }

  #tell(cause: unknown): void {
    const isLasting = cause instanceof StorageError && LASTING.has(cause.problem.kind);
    this.#lastingTries = isLasting ? this.#lastingTries + 1 : 0;
    if (this.#lastingTries <= 1) this.#scope.audience.storageTrouble(cause);
  }
}
