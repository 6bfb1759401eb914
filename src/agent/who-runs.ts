import type { Turn } from "#domain/turn.ts";
import type { Runner } from "#protocol/commands.ts";
import { readSession } from "#storage/session-store.ts";

import { ElsewhereWatch } from "./elsewhere.ts";
import type { PeerMessage } from "./peers.ts";
import { Refused } from "./refusals.ts";
import { readRecovered } from "./session-recovery.ts";
import type { SessionRuns } from "./session-runs.ts";
import type { SessionScope } from "./session-scope.ts";
import { sendSnapshot, type LiveState } from "./session-view.ts";

export const BUSY = "A reply is still running in this session. Stop it first, or wait until it has finished.";
const ELSEWHERE = "This session is running in another tab. Do this there, or wait until it has finished.";

/**
 * How long opening a session waits for the lock of a worker that may be dying: longer than a reload needs to free it (25
 * to 40 ms), short enough to open a session that another tab runs at once. A slower death is inherited by standing in line.
 */
export const ATTACH_PATIENCE_MS = 150;

/** Who works on a session: this worker, another tab's, or nobody. Takes over what is dead, and watches what is not. */
export class WhoRuns {
  readonly #scope: SessionScope;
  readonly #runs: SessionRuns;
  #elsewhere: ElsewhereWatch | null = null;
  /** What a dead worker left, where it could not be stored as settled. Shown until it can. */
  #unsettled: Turn | null = null;

  constructor(scope: SessionScope, runs: SessionRuns) {
    this.#scope = scope;
    this.#runs = runs;
  }

  get isHere(): boolean {
    return this.#runs.activeTurn !== null;
  }

  get isElsewhere(): boolean {
    return this.#elsewhere !== null;
  }

  get runner(): Runner {
    if (this.isHere) return "here";
    return this.isElsewhere ? "elsewhere" : "nobody";
  }

  /** The turn that is worked on now, by whomever. */
  get runningTurn(): Turn | null {
    return this.#runs.activeTurn ?? this.#elsewhere?.turn ?? null;
  }

  live(): LiveState {
    return {
      turn: this.runningTurn ?? this.#unsettled,
      runner: this.runner,
      savedAt: this.#scope.news.savedAt,
      continuesAt: this.#runs.continuesAt,
    };
  }

  /** Looks again, and gives the watchers what there is now. */
  refresh(): void {
    this.#scope.quietly(async () => {
      await this.find();
      await sendSnapshot(this.#scope, () => this.live());
    });
  }

  /** What cannot be settled now, e.g. on a full disk, is told; the session opens all the same, with what can be read. */
  async find(): Promise<void> {
    this.#unsettled = null;
    try {
      await this.#settle();
    } catch (cause) {
      const { audience, env, id } = this.#scope;
      audience.storageTrouble(cause);
      const session = await readSession(env.db, id);
      if (session?.pending == null || this.isHere) return;
      this.#unsettled = (await readRecovered(env, session, session.pending)).turn;
    }
  }

  /**
   * Who works on this session? A free lock under a pending turn proves that its worker is dead: this one takes over.
   * An interrupted answer that nobody has decided on may go on now that it is on screen.
   */
  async #settle(): Promise<void> {
    if (this.#runs.lease.isHeld) return;
    const session = await readSession(this.#scope.env.db, this.#scope.id);
    if (session === null || session.deletedAt !== null) return;
    if (session.pending === null) {
      this.stopWatching();
      if (session.headStatus === "interrupted" && session.needsPerson && (await this.#runs.takeOver(0))) {
        await this.#runs.continueOrRelease();
      }
      return;
    }
    if (this.isElsewhere) return;
    if (await this.#runs.takeOver(ATTACH_PATIENCE_MS)) await this.#runs.continueOrRelease();
    else await this.#watch();
  }

  async #watch(): Promise<void> {
    const { env, audience, id } = this.#scope;
    const watch = new ElsewhereWatch(env, audience, id);
    this.#elsewhere = watch;
    try {
      await watch.start();
    } catch (cause) {
      this.stopWatching();
      throw cause;
    }
    // The page may have turned to another session meanwhile, and then nobody would ever end this watch.
    if (this.#scope.isWatched) this.#standInLine(watch);
    else this.stopWatching();
  }

  #standInLine(watch: ElsewhereWatch): void {
    watch.standInLine(
      () => {
        this.#scope.quietly(() => this.#inherit(watch));
      },
      (cause) => {
        this.#scope.audience.storageTrouble(cause);
        if (this.#elsewhere === watch) this.stopWatching();
      },
    );
  }

  /** The other worker is done or dead: what it left is settled, and what is to come next comes from here. */
  async #inherit(watch: ElsewhereWatch): Promise<void> {
    const lease = watch.leaveLine();
    if (lease === null) return; // taken meanwhile by a command, or given back
    this.#elsewhere = null;
    await this.#runs.lease.adopt(lease);
    await this.#runs.goOnOrRelease();
    await sendSnapshot(this.#scope, () => this.live());
  }

  stopWatching(): void {
    this.#elsewhere?.stop();
    this.#elsewhere = null;
  }

  /** Throws Refused where a run is under way, here or elsewhere. */
  async requireLease(): Promise<void> {
    if (this.isHere) throw new Refused("busy", BUSY);
    if (!(await this.takeLease())) throw new Refused("running-elsewhere", ELSEWHERE);
  }

  /**
   * The lease, or false where another worker keeps it. A watch of this tab leaves the line first: it would be served
   * before the command, which would then be refused although nothing runs.
   */
  async takeLease(): Promise<boolean> {
    const watch = this.#elsewhere;
    if (watch === null) return this.#runs.takeOver();
    const inherited = watch.leaveLine();
    let isTaken = inherited !== null;
    try {
      if (inherited !== null) await this.#runs.lease.adopt(inherited);
      else isTaken = await this.#runs.takeOver();
    } finally {
      if (isTaken) this.stopWatching();
      else if (this.#elsewhere === watch) this.#standInLine(watch);
    }
    return isTaken;
  }

  /** A start that failed must not keep the session locked. */
  async start(run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } finally {
      if (!this.isHere) this.#runs.lease.release();
    }
  }

  /** What the worker of another tab tells of its run. */
  receive(message: Extract<PeerMessage, { kind: "run-events" | "who-runs" | "session-written" }>): void {
    switch (message.kind) {
      case "run-events":
        if (this.#elsewhere !== null) this.#elsewhere.receive(message.turnSeq, message.events);
        else this.#refreshIfIdle();
        return;
      case "who-runs": {
        const turn = this.#runs.activeTurn;
        if (turn !== null) this.#scope.env.peers.tell({ kind: "live-turn", turn });
        return;
      }
      case "session-written":
        this.#scope.audience.refreshRows([this.#scope.id]);
        this.#refreshIfIdle();
    }
  }

  #refreshIfIdle(): void {
    if (!this.isHere && this.#scope.isWatched) this.refresh();
  }

  /** The turn of another tab's run, as its worker has it. */
  receiveTurn(turn: Turn): void {
    this.#elsewhere?.replace(turn);
  }
}
