import type { CallId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import { mintId, readId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { InterruptionCause, Outcome } from "#domain/outcome.ts";
import type { QueueItem } from "#domain/session.ts";
import { lastRun, type RunTrigger, type Turn } from "#domain/turn.ts";
import { acquireLease, type Lease } from "#journal/lease.ts";
import type { NewMessage } from "#protocol/commands.ts";
import { listQueue } from "#storage/queue-store.ts";
import { claimFencingToken, fullSave, type FullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { StorageError, type StorageProblem } from "#storage/storage-error.ts";

import { acceptMessage, pendingOf, settledSession } from "./acceptance.ts";
import { withdrawApprovals } from "./approval-rows.ts";
import { ApprovalDesk } from "./approvals.ts";
import type { Audience, Environment } from "./environment.ts";
import { Continuation } from "./continuation.ts";
import type { Execution, UnknownDecisions } from "./execution.ts";
import { ActiveRun } from "./run.ts";
import type { SessionNews } from "./session-news.ts";
import { readIfReadable, recoverSession } from "./session-recovery.ts";
import type { Serial } from "./serial.ts";
import { untilAborted } from "./until-aborted.ts";

/** How long to wait before an ending that could not be saved is tried again. */
const SAVE_AGAIN_MS = 3000;

/** Failures of a write that say that the session is gone, or another worker's. */
const LOST: ReadonlySet<StorageProblem["kind"]> = new Set(["fenced", "deleted"]);

const NO_DECISIONS: UnknownDecisions = new Map<CallId, never>();

/**
 * The runs of one session in this worker: takes the lease, recovers what a dead worker left, starts, settles, goes on.
 * All methods but `stop` and `flush` are called inside the session's serial queue.
 *
 *   lease ─► recover? ─► accept (full save) ─► run ─► settle (full save) ─► next of the queue, or lease released
 *                                               └─ interrupted ─► wait a moment ─► run again, if that is safe
 */
export class SessionRuns {
  readonly desk = new ApprovalDesk();
  readonly #env: Environment;
  readonly #audience: Audience;
  readonly #sessionId: SessionId;
  readonly #serial: Serial;
  #lease: Lease | null = null;
  #run: ActiveRun | null = null;
  readonly #continuation: Continuation;
  readonly #news: SessionNews;
  #settled: Promise<void> = Promise.resolve();

  constructor(env: Environment, audience: Audience, sessionId: SessionId, serial: Serial, news: SessionNews) {
    this.#env = env;
    this.#audience = audience;
    this.#sessionId = sessionId;
    this.#serial = serial;
    this.#news = news;
    this.#continuation = new Continuation(env);
  }

  get activeTurn(): Turn | null {
    return this.#run?.turn() ?? null;
  }

  get continuesAt(): number | null {
    return this.#continuation.at;
  }

  get holdsLease(): boolean {
    return this.#lease !== null;
  }

  /** The person stopped this session in another tab: its run ends, or what was about to go on does not. */
  stopFromElsewhere(): void {
    if (!this.stop() && this.#continuation.at !== null) void this.#inTurn(() => this.decline());
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

  /** Takes the lease, or answers false where another worker holds it. Recovers what is left of a dead run first. */
  async takeOver(patienceMs?: number): Promise<boolean> {
    this.cancelContinuation();
    if (this.#lease !== null) return true;
    const lease = await acquireLease(this.#leasePorts(), this.#sessionId, patienceMs);
    if (lease === null) return false;
    await this.adopt(lease);
    return true;
  }

  /** Becomes the holder of a lease that was waited for. */
  async adopt(lease: Lease): Promise<void> {
    this.#lease = lease;
    try {
      if (await recoverSession(this.#env, this.#sessionId, lease)) {
        this.#news.saved("full");
        this.#news.written();
      }
    } catch (cause) {
      this.releaseLease();
      throw cause;
    }
  }

  /** Sends what is queued if the answer at the head has completed; else as `continueOrRelease`. */
  async goOnOrRelease(): Promise<void> {
    const isDrained = await this.#keepOrRelease(async () => {
      const session = await readSession(this.#env.db, this.#sessionId);
      const mayDrain = session?.headStatus === "completed" && session.pending === null && session.deletedAt === null;
      return mayDrain && (await this.#drainQueue(session.head));
    });
    if (!isDrained && this.#lease !== null) await this.continueOrRelease();
  }

  /** Goes on by itself soon if that is safe, else lets the lease go. */
  async continueOrRelease(): Promise<void> {
    await this.#keepOrRelease(async () => {
      if ((await this.#safeToContinue()) === null) {
        this.releaseLease();
        return false;
      }
      this.#continuation.plan(() => void this.#inTurn(() => this.#continueIfStillSafe()));
      this.#tellRunner();
      return true;
    });
  }

  /** Meanwhile the person may have decided otherwise in another tab, deleted the session or turned away. */
  async #continueIfStillSafe(): Promise<void> {
    const turn = await this.#safeToContinue();
    if (turn === null) this.releaseLease();
    else await this.continueTurn(turn.seq, "automatic");
  }

  /** The turn at the head if it may go on by itself now, else null. */
  async #safeToContinue(): Promise<Turn | null> {
    const { db } = this.#env;
    const session = await readSession(db, this.#sessionId);
    if (session === null || session.deletedAt !== null || session.pending !== null) return null;
    const turn = await readTurn(db, this.#sessionId, session.head);
    if (turn === null || !(await this.#continuation.isSafe(session, turn, this.#news.isWatched))) return null;
    return turn;
  }

  /** What fails on the way to the next run is told, and must not keep a lease that no run uses. */
  async #keepOrRelease(next: () => Promise<boolean>): Promise<boolean> {
    try {
      return await next();
    } catch (cause) {
      this.#audience.storageTrouble(cause);
      if (this.#run === null) this.releaseLease();
      return this.#run !== null;
    }
  }

  /** For work that nobody waits for: in the session's queue, and never silent when it fails. */
  async #inTurn(task: () => Promise<void>): Promise<void> {
    await this.#serial.run(() =>
      this.#keepOrRelease(async () => {
        await task();
        return true;
      }),
    );
  }

  /** The person said no: this interruption waits for them from now on, also one that is yet to be found out. */
  async decline(): Promise<void> {
    const session = await readSession(this.#env.db, this.#sessionId);
    const turn = session === null ? null : await readTurn(this.#env.db, this.#sessionId, session.head);
    this.#continuation.decline(session?.pending?.runId ?? (turn === null ? null : (lastRun(turn)?.id ?? null)));
    if (this.#lease !== null && this.#run === null) this.releaseLease();
  }

  /** Something else happens first. Keeps the lease. */
  cancelContinuation(): boolean {
    return this.#continuation.cancel();
  }

  releaseLease(): void {
    this.cancelContinuation();
    this.#lease?.release();
    this.#lease = null;
    this.#tellRunner();
  }

  /** Commits the message as a turn, then starts its run. Needs the lease and no active run. */
  async accept(
    message: NewMessage,
    parent: number,
    model: ModelRef | null,
    extra: Partial<FullSave> = {},
  ): Promise<Turn> {
    const { db, clock, unique } = this.#env;
    // All that can fail is read first: once the message is committed, its run starts.
    const session = await readSession(db, this.#sessionId);
    const { defaultModel } = await this.#env.readSettings();
    const earlier = session === null ? null : await readIfReadable(() => readTurn(db, this.#sessionId, session.head));
    const accepted = acceptMessage({
      sessionId: this.#sessionId,
      session,
      earlier,
      message,
      parent,
      model,
      now: clock.now(),
      unique,
    });
    const saved = await fullSave(db, { ...accepted.save, ...extra, token: session === null ? null : this.#token() });
    this.#news.saved("full");
    this.#news.session(saved);
    for (const turn of [...accepted.changed, accepted.turn]) this.#news.turn(turn);
    this.#startRun(accepted.turn, accepted.runId, "send", saved.model ?? defaultModel, NO_DECISIONS);
    this.#news.written();
    return accepted.turn;
  }

  /** A new run for the same turn that keeps the work done so far. */
  async continueTurn(seq: number, trigger: RunTrigger, decisions: UnknownDecisions = NO_DECISIONS): Promise<void> {
    const { db, clock, unique } = this.#env;
    const turn = await readTurn(db, this.#sessionId, seq);
    if (turn === null) throw new StorageError({ kind: "not-found" });
    const { defaultModel } = await this.#env.readSettings();
    const runId = mintId<RunId>(unique);
    const now = clock.now();
    const saved = await fullSave(db, {
      sessionId: this.#sessionId,
      token: this.#token(),
      update: (session) => ({
        ...session,
        pending: pendingOf(turn, runId, now),
        headStatus: session.head === seq ? "running" : session.headStatus,
        needsPerson: false,
      }),
      now,
    });
    this.#news.saved("full");
    this.#news.session(saved);
    this.#startRun(turn, runId, trigger, saved.model ?? defaultModel, decisions);
    this.#news.written();
  }

  #startRun(turn: Turn, runId: RunId, trigger: RunTrigger, model: ModelRef, decisions: UnknownDecisions): void {
    const lease = this.#lease;
    if (lease === null) throw new Error("A run needs the session's lease.");
    const run = new ActiveRun(
      {
        db: this.#env.db,
        lease,
        clock: this.#env.clock,
        timers: this.#env.timers,
        published: (events) => this.#news.runEvents(turn.seq, events),
        saved: () => this.#news.saved("checkpoint"),
        trouble: (cause) => this.#checkpointTrouble(run, cause),
      },
      turn,
      runId,
    );
    this.#run = run;
    run.emit({ type: "run-started", trigger, model });
    this.#tellRunner();
    const filesChanged = () => {
      this.#news.files();
    };
    const execution = { env: this.#env, run, model, desk: this.desk, decisions, filesChanged };
    this.#settled = executeWhenLoaded(execution).then((outcome) => this.#inTurn(() => this.#settle(run, outcome)));
  }

  /**
   * The ending: drains the checkpointer, commits the full save, and only then shows the end. Where the device takes no
   * writes the end is shown all the same, the lease is kept, and the save is tried until it succeeds.
   */
  async #settle(run: ActiveRun, outcome: Outcome): Promise<void> {
    const { turn, ending } = await run.seal(outcome);
    if (this.#run !== run) return; // given up: its lease is another worker's now
    const isSaved = await this.#saveSettled(run, turn);
    if (this.#run !== run) return;
    this.#news.runEvents(turn.seq, [ending]);
    if (!isSaved) {
      this.#saveAgain(run, turn);
      return;
    }
    this.#run = null;
    await this.#afterSettled(turn);
  }

  #saveAgain(run: ActiveRun, turn: Turn): void {
    this.#env.timers.after(SAVE_AGAIN_MS, () => void this.#inTurn(() => this.#saveLater(run, turn)));
  }

  async #saveLater(run: ActiveRun, turn: Turn): Promise<void> {
    if (this.#run !== run) return;
    if (await this.#saveSettled(run, turn)) {
      this.#run = null;
      await this.#afterSettled(turn);
    } else if (this.#run === run) this.#saveAgain(run, turn);
  }

  async #afterSettled(turn: Turn): Promise<void> {
    this.#news.written();
    if (lastRun(turn)?.outcome?.kind === "completed") await this.goOnOrRelease();
    else await this.continueOrRelease();
  }

  /** False: not stored. A lost lease or a deleted session is no failure of storage: this worker just lets go. */
  async #saveSettled(run: ActiveRun, turn: Turn): Promise<boolean> {
    const now = this.#env.clock.now();
    const mayGoOn = lastRun(turn)?.outcome?.kind === "interrupted";
    const approvals = mayGoOn ? null : withdrawApprovals(turn, now);
    try {
      const saved = await fullSave(this.#env.db, {
        sessionId: this.#sessionId,
        token: this.#token(),
        update: (session) => settledSession(session, turn, true, now),
        turns: [turn],
        settledRuns: [run.runId],
        ...(approvals === null ? {} : { approvals }),
        now,
      });
      this.#news.saved("full");
      this.#audience.storageTrouble(null);
      this.#news.session(saved);
      return true;
    } catch (cause) {
      if (cause instanceof StorageError && LOST.has(cause.problem.kind)) {
        this.#letGo(run);
        return false;
      }
      this.#audience.storageTrouble(cause);
      return false;
    }
  }

  #checkpointTrouble(run: ActiveRun, cause: unknown): void {
    const isLost = cause instanceof StorageError && LOST.has(cause.problem.kind);
    if (!isLost) this.#audience.storageTrouble(cause);
    else if (this.#run === run) {
      run.abandon();
      this.#letGo(run);
    }
  }

  /** The run is not this worker's any more: the session is gone, or another worker's. If it comes back it waits. */
  #letGo(run: ActiveRun): void {
    this.#continuation.decline(run.runId);
    this.#run = null;
    this.releaseLease();
    this.#news.written();
  }

  /** Sends the first queued message that is still there. Gives whether there was one. */
  async #drainQueue(parent: number): Promise<boolean> {
    for (const item of await listQueue(this.#env.db, this.#sessionId)) {
      // One is sent; the next is only looked at where somebody removed the one before it.
      // oxlint-disable-next-line no-await-in-loop
      if (await this.sendQueued(item, parent)) return true;
    }
    return false;
  }

  /**
   * Makes a turn of a queue row: the row's removal and the turn are one transaction, and the turn keeps the row's id, so
   * that the message is known when it is given again. False: the row is gone, sent or removed elsewhere.
   */
  async sendQueued(item: QueueItem, parent: number): Promise<boolean> {
    const message: NewMessage = {
      turnId: readId<TurnId>(item.id),
      messageId: mintId(this.#env.unique),
      text: item.text,
      attachments: item.attachments,
      draftId: null,
    };
    try {
      await this.accept(message, parent, null, { removeQueueItem: item.id });
    } catch (cause) {
      if (cause instanceof StorageError && cause.problem.kind === "not-found") return false;
      throw cause;
    }
    this.#audience.toWatchers(this.#sessionId, {
      type: "queue-changed",
      sessionId: this.#sessionId,
      queue: await listQueue(this.#env.db, this.#sessionId),
      queuePause: null,
    });
    return true;
  }

  #tellRunner(): void {
    this.#news.runner(this.#run === null ? "nobody" : "here", this.continuesAt);
  }

  #token(): number {
    if (this.#lease === null) throw new Error("A run's write needs the session's lease.");
    return this.#lease.token;
  }

  #leasePorts() {
    return {
      locks: this.#env.locks,
      claimFencingToken: (sessionId: SessionId) => claimFencingToken(this.#env.db, sessionId),
    };
  }
}

/** The loop and its tools are loaded with the first run: a message box does not need them. */
async function executeWhenLoaded(execution: Execution): Promise<Outcome> {
  const { signal } = execution.run;
  try {
    // Stop must not wait for code that is still on its way, nor for anything else that does not listen to the signal.
    return await untilAborted(
      import("./execution.ts").then(({ execute }) => execute(execution)),
      signal,
    );
  } catch (cause) {
    if (signal.aborted) return { kind: "stopped" };
    const message = "A part of the app could not be loaded. Your message is kept; retry when the network is back.";
    return { kind: "error", error: { code: "internal", message, detail: String(cause) } };
  }
}
