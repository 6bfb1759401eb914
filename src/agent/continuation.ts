import type { RunId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { lastRun, type Turn } from "#domain/turn.ts";
import { AUTOMATIC_CONTINUE_DELAY_MS, mayContinueByItself } from "#journal/automatic-continuation.ts";
import { readSession, readTurn } from "#storage/session-store.ts";

import type { SessionScope } from "./session-scope.ts";

/** An interrupted answer of one session that is about to be taken up again by itself. */
export class Continuation {
  readonly #scope: SessionScope;
  #cancelTimer: (() => void) | null = null;
  /** The interrupted run that the person chose not to have continued: as in the session's record, if need be before it. */
  #declined: RunId | null = null;
  /** Epoch ms at which it goes on; null: nothing is planned. */
  at: number | null = null;

  constructor(scope: SessionScope) {
    this.#scope = scope;
  }

  /** The turn at the head if it may go on by itself now, else null. */
  async safeTurn(): Promise<Turn | null> {
    const { env, id } = this.#scope;
    const session = await readSession(env.db, id);
    if (session === null || session.deletedAt !== null || session.pending !== null) return null;
    const turn = await readTurn(env.db, id, session.head);
    return turn !== null && (await this.#isSafe(session, turn)) ? turn : null;
  }

  async #isSafe(session: Session, turn: Turn): Promise<boolean> {
    const run = lastRun(turn);
    if (run?.outcome?.kind !== "interrupted") return false;
    if (run.id === session.declinedRun || run.id === this.#declined) return false;
    const { env, isWatched } = this.#scope;
    const settings = await env.readSettings();
    return mayContinueByItself({
      turn,
      now: env.clock.now(),
      isOnScreen: isWatched,
      isModelReady: (await env.openProvider(session.model ?? settings.defaultModel)) !== null,
      isAllowed: settings.continueAfterInterruption === "when-safe",
    });
  }

  plan(goOn: () => void): void {
    this.cancel();
    const { clock, timers } = this.#scope.env;
    this.at = clock.now() + AUTOMATIC_CONTINUE_DELAY_MS;
    this.#cancelTimer = timers.after(AUTOMATIC_CONTINUE_DELAY_MS, () => {
      this.at = null;
      goOn();
    });
  }

  /** Something else happens first. Gives whether something was planned. */
  cancel(): boolean {
    const wasPlanned = this.at !== null;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.at = null;
    return wasPlanned;
  }

  /** The person said no: this interruption waits for them from now on. */
  decline(runId: RunId): void {
    this.cancel();
    this.#declined = runId;
  }
}
