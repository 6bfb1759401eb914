import type { RunId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { Session } from "#domain/session.ts";
import { lastRun, type RunTrigger, type Turn } from "#domain/turn.ts";
import type { NewMessage } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { fullSave, type FullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { StorageError } from "#storage/storage-error.ts";

import { acceptMessage, pendingOf } from "./acceptance.ts";
import { ApprovalDesk } from "./approvals.ts";
import { Continuation } from "./continuation.ts";
import { executeWhenLoaded } from "./execution-loading.ts";
import { drainQueue } from "./queue-sending.ts";
import { readIfReadable } from "./read-if-readable.ts";
import { ActiveRun } from "./run.ts";
import { isLost, RunEnding } from "./run-ending.ts";
import { SessionLease } from "./session-lease.ts";
import type { SessionScope } from "./session-scope.ts";

/**
 * The runs of one session in this worker: starts them, and says what comes after each.
 * All methods but `stop` and `flush` are called inside the session's serial queue.
 *
 *   lease ─► recover? ─► accept (full save) ─► run ─► settle (full save) ─► next of the queue, or lease released
 *                                               └─ interrupted ─► wait a moment ─► run again, if that is safe
 */
export class SessionRuns {
  readonly desk = new ApprovalDesk();
  readonly lease: SessionLease;
  readonly #scope: SessionScope;
  readonly #continuation: Continuation;
  readonly #ending: RunEnding;
  #run: ActiveRun | null = null;
  #settled: Promise<void> = Promise.resolve();

  constructor(scope: SessionScope) {
    this.#scope = scope;
    this.#continuation = new Continuation(scope);
    this.lease = new SessionLease(scope, () => {
      this.cancelContinuation();
      this.#tellRunner();
    });
    this.#ending = new RunEnding(scope, this.lease, {
      isCurrent: (run) => this.#run === run,
      letGo: (run) => this.#letGo(run),
      settled: (turn) => this.#afterSettled(turn),
      inTurn: (task) => this.#inTurn(task),
    });
  }

  get activeTurn(): Turn | null {
    return this.#run?.turn() ?? null;
  }

  get continuesAt(): number | null {
    return this.#continuation.at;
  }

  /** The person stopped this session in another tab: its run ends, or what was about to go on does not. */
  stopFromElsewhere(): void {
    if (!this.stop() && this.continuesAt !== null) void this.#inTurn(() => this.decline());
  }

  /** Ends the run in bounded time, whatever it is doing. Gives whether there was one. */
  stop(): boolean {
    this.#run?.stop();
    return this.#run !== null;
  }

  /** Resolves when the newest run has ended and what follows from it is done. Not to be awaited inside the queue. */
  whenSettled(): Promise<void> {
    return this.#settled;
  }

  /** Writes what is dirty now, and why the page goes if it does. Gives whether everything is durable. */
  async flush(cause: InterruptionCause | null): Promise<boolean> {
    return (await (cause === null ? this.#run?.commit() : this.#run?.farewell(cause))) ?? true;
  }

  /** A page that had said farewell is there after all. */
  stay(): void {
    this.#run?.stay();
  }

  /** Takes the lease, or answers false where another worker holds it. Recovers what is left of a dead run first. */
  takeOver(patienceMs?: number): Promise<boolean> {
    this.cancelContinuation();
    return this.lease.take(patienceMs);
  }

  /** Sends what is queued if the answer at the head has completed; else as `continueOrRelease`. */
  async goOnOrRelease(): Promise<void> {
    const isDrained = await this.#keepOrRelease(async () => {
      const session = await readSession(this.#scope.env.db, this.#scope.id);
      // Without a record there was no turn yet: nothing stands before what waits.
      const isReady = session === null || (session.headStatus === "completed" && session.pending === null);
      if (!isReady || session?.deletedAt != null) return false;
      return drainQueue(
        this.#scope,
        (message, parent, extra) => this.accept(message, parent, null, extra),
        session?.head ?? 0,
      );
    });
    if (!isDrained && this.lease.isHeld) await this.continueOrRelease();
  }

  /** Goes on by itself soon if that is safe, else lets the lease go. */
  async continueOrRelease(): Promise<void> {
    await this.#keepOrRelease(async () => {
      if ((await this.#continuation.safeTurn()) === null) {
        this.lease.release();
        return false;
      }
      this.#continuation.plan(() => void this.#inTurn(() => this.#continueIfStillSafe()));
      this.#tellRunner();
      return true;
    });
  }

  /** Meanwhile the person may have decided otherwise in another tab, deleted the session or turned away. */
  async #continueIfStillSafe(): Promise<void> {
    const turn = await this.#continuation.safeTurn();
    if (turn === null) this.lease.release();
    else await this.continueTurn(turn.seq, "automatic");
  }

  /** What fails on the way to the next run is told, and must not keep a lease that no run uses. */
  async #keepOrRelease(next: () => Promise<boolean>): Promise<boolean> {
    try {
      return await next();
    } catch (cause) {
      this.#scope.audience.storageTrouble(cause);
      if (this.#run === null) this.lease.release();
      return this.#run !== null;
    }
  }

  /** For work that nobody waits for: in the session's queue, and never silent when it fails. */
  async #inTurn(task: () => Promise<void>): Promise<void> {
    await this.#scope.serial.run(() =>
      this.#keepOrRelease(async () => {
        await task();
        return true;
      }),
    );
  }

  /**
   * The person said no: this interruption waits for them from now on, also one that is yet to be found out. Holds after a
   * reload too, where the device takes the write; here it holds in any case.
   */
  async decline(): Promise<void> {
    this.cancelContinuation();
    const { env, id } = this.#scope;
    const session = await readSession(env.db, id);
    const runId = session === null || session.deletedAt !== null ? null : await this.#unfinishedRun(session);
    if (runId !== null) this.#continuation.decline(runId);
    if (this.lease.isHeld && this.#run === null) this.lease.release();
    if (runId === null || session?.declinedRun === runId) return;
    await this.#scope.write({ update: (current) => ({ ...current, declinedRun: runId }) });
  }

  /** The run that could be taken up by itself: one whose worker may be dead, or the interrupted one at the head. */
  async #unfinishedRun(session: Session): Promise<RunId | null> {
    if (session.pending !== null) return session.pending.runId;
    if (session.headStatus !== "interrupted") return null;
    const turn = await readIfReadable(() => readTurn(this.#scope.env.db, session.id, session.head));
    return (turn === null ? undefined : lastRun(turn))?.id ?? null;
  }

  /** Something else happens first. Keeps the lease. */
  cancelContinuation(): boolean {
    return this.#continuation.cancel();
  }

  /** Commits the message as a turn, then starts its run. Needs the lease and no active run. */
  async accept(
    message: NewMessage,
    parent: number,
    model: ModelRef | null,
    extra: Partial<FullSave> = {},
  ): Promise<Turn> {
    const { env, id, news } = this.#scope;
    const { db, clock, unique } = env;
    // All that can fail is read first: once the message is committed, its run starts.
    const session = await readSession(db, id);
    const { defaultModel } = await env.readSettings();
    const earlier = session === null ? null : await readIfReadable(() => readTurn(db, id, session.head));
    const accepted = acceptMessage({
      sessionId: id,
      session,
      earlier,
      message,
      parent,
      model,
      now: clock.now(),
      unique,
    });
    const token = session === null ? null : this.lease.held.token;
    const saved = await fullSave(db, { ...accepted.save, ...extra, token });
    news.saved("full");
    news.session(saved);
    for (const turn of [...accepted.changed, accepted.turn]) news.turn(turn);
    this.#startRun(accepted.turn, accepted.runId, "send", saved.model ?? defaultModel);
    news.written();
    return accepted.turn;
  }

  /** A new run for the same turn that keeps the work done so far. */
  async continueTurn(seq: number, trigger: RunTrigger): Promise<void> {
    const { env, id, news } = this.#scope;
    const turn = await readTurn(env.db, id, seq);
    if (turn === null) throw new StorageError({ kind: "not-found" });
    const { defaultModel } = await env.readSettings();
    const runId = mintId<RunId>(env.unique);
    const now = env.clock.now();
    const saved = await fullSave(env.db, {
      sessionId: id,
      token: this.lease.held.token,
      update: (session) => ({
        ...session,
        pending: pendingOf(turn, runId, now),
        // Another turn than the one at the head may go on: the head still waits for what it waited for.
        ...(session.head === seq ? { headStatus: "running", needsPerson: false } : {}),
      }),
      now,
    });
    news.saved("full");
    news.session(saved);
    this.#startRun(turn, runId, trigger, saved.model ?? defaultModel);
    news.written();
  }

  #startRun(turn: Turn, runId: RunId, trigger: RunTrigger, model: ModelRef): void {
    const { audience, env, news } = this.#scope;
    const run = new ActiveRun(
      {
        db: env.db,
        lease: this.lease.held,
        clock: env.clock,
        timers: env.timers,
        published: (events) => news.runEvents(turn.seq, events),
        saved: () => news.saved("checkpoint"),
        trouble: (cause) => this.#checkpointTrouble(run, cause),
      },
      turn,
      runId,
    );
    this.#run = run;
    run.emit({ type: "run-started", trigger, model });
    this.#tellRunner();
    const askOnePage = (event: WorkerEvent) => audience.askOnePage(event);
    const execution = { env, run, model, desk: this.desk, filesChanged: () => news.files(), askOnePage };
    this.#settled = executeWhenLoaded(execution).then((outcome) =>
      this.#inTurn(() => this.#ending.settle(run, outcome)),
    );
  }

  async #afterSettled(turn: Turn): Promise<void> {
    this.#run = null;
    this.#scope.news.written();
    if (lastRun(turn)?.outcome?.kind === "completed") await this.goOnOrRelease();
    else await this.continueOrRelease();
  }

  #checkpointTrouble(run: ActiveRun, cause: unknown): void {
    if (!isLost(cause)) this.#scope.audience.storageTrouble(cause);
    else if (this.#run === run) {
      run.abandon();
      this.#letGo(run);
    }
  }

  /** The run is not this worker's any more: the session is gone, or another worker's. If it comes back it waits. */
  #letGo(run: ActiveRun): void {
    this.#continuation.decline(run.runId);
    this.#run = null;
    this.lease.release();
    this.#scope.news.written();
  }

  #tellRunner(): void {
    this.#scope.news.runner(this.#run === null ? "nobody" : "here", this.continuesAt);
  }
}
