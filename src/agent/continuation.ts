import type { RunId } from "#domain/ids.ts";
import type { Session } from "#domain/session.ts";
import { lastRun, type Turn } from "#domain/turn.ts";
import { AUTOMATIC_CONTINUE_DELAY_MS, mayContinueByItself } from "#journal/automatic-continuation.ts";

import type { Environment } from "./environment.ts";

/** An interrupted answer of one session that is about to be taken up again by itself. */
export class Continuation {
  readonly #env: Environment;
  #cancelTimer: (() => void) | null = null;
  /** The interrupted run that the person chose not to have continued. */
  #declined: RunId | null = null;
  /** Epoch ms at which it goes on; null: nothing is planned. */
  at: number | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  async isSafe(session: Session, turn: Turn, isOnScreen: boolean): Promise<boolean> {
    const run = lastRun(turn);
    if (run?.outcome?.kind !== "interrupted" || run.id === this.#declined) return false;
    const settings = await this.#env.readSettings();
    return mayContinueByItself({
      turn,
      now: this.#env.clock.now(),
      isOnScreen,
      isModelReady: (await this.#env.openProvider(session.model ?? settings.defaultModel)) !== null,
      isAllowed: settings.continueAfterInterruption === "when-safe",
    });
  }

  plan(goOn: () => void): void {
    this.cancel();
    this.at = this.#env.clock.now() + AUTOMATIC_CONTINUE_DELAY_MS;
    this.#cancelTimer = this.#env.timers.after(AUTOMATIC_CONTINUE_DELAY_MS, () => {
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
  decline(runId: RunId | null): void {
    this.cancel();
    this.#declined = runId;
  }
}
