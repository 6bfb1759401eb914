import type { ApprovalId, CallId, QueueItemId, SessionId } from "#domain/ids.ts";
import { mintId, readId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { Session } from "#domain/session.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import { isSettled, lastRun, type Resolution, type Turn } from "#domain/turn.ts";
import type { NewMessage, SessionSnapshot, TurnPage } from "#protocol/commands.ts";
import { listPendingApprovals, readApproval } from "#storage/approval-store.ts";
import { addQueueItem, listQueue, QUEUE_CAP } from "#storage/queue-store.ts";
import { fullSave, resolveApproval, type FullSave } from "#storage/save.ts";
import { findTurn, newestDescendant, readSession, readTurn } from "#storage/session-store.ts";

import { needsDecision } from "./acceptance.ts";
import { withdrawApprovals } from "./approval-rows.ts";
import { ElsewhereWatch } from "./elsewhere.ts";
import type { Audience, Environment } from "./environment.ts";
import type { UnknownDecisions } from "./execution.ts";
import type { PeerMessage } from "./peers.ts";
import { Refused } from "./refusals.ts";
import { readRecovered } from "./session-recovery.ts";
import { Serial } from "./serial.ts";
import { SessionNews } from "./session-news.ts";
import { SessionRuns } from "./session-runs.ts";
import { queuePause, readSnapshot, readTurnPage } from "./session-view.ts";

const BUSY = "A reply is still running in this session. Stop it first, or wait until it has finished.";
const ELSEWHERE = "This session is running in another tab. Do this there, or wait until it has finished.";

/**
 * How long opening a session waits for the lock of a worker that may be dying: longer than a reload needs to free it (25
 * to 40 ms), short enough to open a session that another tab runs at once. A slower death is inherited by standing in line.
 */
const ATTACH_PATIENCE_MS = 150;

/**
 * One session in this worker: answers the commands that name it, one at a time and in order, and keeps its watchers
 * current. Reads what is stored for every command, since other tabs write too.
 */
export class SessionActor {
  readonly #env: Environment;
  readonly #audience: Audience;
  readonly #id: SessionId;
  readonly #serial = new Serial();
  readonly #news: SessionNews;
  readonly #runs: SessionRuns;
  #elsewhere: ElsewhereWatch | null = null;
  /** What a dead worker left, where it could not be stored as settled. Shown until it can. */
  #unsettled: Turn | null = null;
  readonly #unknownDecisions = new Map<CallId, "run-again" | "mark-done" | "skip">();

  constructor(env: Environment, audience: Audience, id: SessionId) {
    this.#env = env;
    this.#audience = audience;
    this.#id = id;
    this.#news = new SessionNews(env, audience, id);
    this.#runs = new SessionRuns(env, audience, id, this.#serial, this.#news);
  }

  get isRunning(): boolean {
    return this.#runs.activeTurn !== null;
  }

  /** A page watches from now on: finds out whether a run is alive, takes over what is dead, and gives a whole copy. */
  attach(): Promise<SessionSnapshot> {
    return this.#serial.run(async () => {
      await this.#findWhoRuns();
      return this.#snapshot();
    });
  }

  /** Nobody watches any more. A run of this worker goes on; one of another tab is no longer followed. */
  detach(): void {
    if (this.#audience.isWatched(this.#id)) return;
    this.#stopWatching();
    if (this.#runs.cancelContinuation()) this.#runs.releaseLease();
  }

  /** At start, without a page: settles what a dead worker left. Gives whether there was something. */
  recoverIfDead(): Promise<boolean> {
    return this.#serial.run(async () => {
      if (this.#runs.holdsLease || this.#elsewhere !== null) return false;
      const session = await readSession(this.#env.db, this.#id);
      if (session?.pending == null || !(await this.#runs.takeOver(0))) return false;
      await this.#runs.continueOrRelease();
      await this.#sendSnapshot();
      return true;
    });
  }

  send(message: NewMessage, model: ModelRef | null): Promise<"turn" | "queued"> {
    return this.#serial.run(async () => {
      const known = await this.#findAccepted(message);
      if (known !== null) return known;
      if (this.isRunning || !(await this.#takeLease())) return this.#queue(message);
      const session = await readSession(this.#env.db, this.#id);
      await this.#guardLease(() => this.#runs.accept(message, session?.head ?? 0, model));
      return "turn";
    });
  }

  /** A sibling of an earlier turn: the same message again, or another one in its place. */
  branch(turnSeq: number, message: NewMessage | null, model: ModelRef | null): Promise<void> {
    return this.#serial.run(async () => {
      if (message !== null && (await findTurn(this.#env.db, message.turnId)) !== null) return;
      const turn = await this.#turn(turnSeq);
      await this.#requireLease();
      const again: NewMessage = message ?? {
        turnId: mintId(this.#env.unique),
        messageId: mintId(this.#env.unique),
        text: turn.user.text,
        attachments: turn.user.attachments,
        draftId: null,
      };
      await this.#guardLease(() => this.#runs.accept(again, turn.parent, model));
      await this.#sendSnapshot();
    });
  }

  continueTurn(turnSeq: number): Promise<void> {
    return this.#serial.run(() => this.#continue(turnSeq, new Map()));
  }

  declineContinuation(): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#runs.continuesAt !== null) await this.#runs.decline();
    });
  }

  /**
   * Answers at once: a run ends wherever it is, in this tab or another. One whose worker is dead, or so wedged that it
   * still holds the lock, is not taken up again when it is found.
   */
  stop(): void {
    if (this.#runs.stop()) return;
    this.#env.peers.tell({ kind: "stop-run", sessionId: this.#id });
    this.#quietly(() => this.#runs.decline());
  }

  flush(cause: InterruptionCause | null): Promise<boolean> {
    return this.#runs.flush(cause);
  }

  resolveApproval(id: ApprovalId, decision: ApprovalDecision): Promise<void> {
    return this.#serial.run(async () => {
      const { db } = this.#env;
      const verdict = await resolveApproval(db, { id, decision, at: this.#env.clock.now() });
      // Before anything else that could fail: a call must not wait for what is decided.
      if (verdict === "resolved") this.#deliver(id, decision);
      const row = await readApproval(db, id);
      if (verdict === "already-resolved") {
        // Whoever decided may have died before it could tell.
        if (row?.decision != null) this.#remind(id, row.decision);
        throw new Refused("already-resolved", "This was already answered, here or in another tab.");
      }
      if (row === null) return;
      if (decision === "allow-in-session") await this.#allowTool(row.tool);
      await this.#takeUp(row.turnSeq);
    });
  }

  #deliver(id: ApprovalId, decision: ApprovalDecision): void {
    this.#runs.desk.deliver(id, decision);
    this.#env.peers.tell({ kind: "approval-resolved", sessionId: this.#id, id, decision });
  }

  /** Only for a call that waits: a late answer must not lie ready for a later one. */
  #remind(id: ApprovalId, decision: ApprovalDecision): void {
    if (this.#runs.desk.wake(id, decision)) return;
    if (this.#elsewhere !== null) {
      this.#env.peers.tell({ kind: "approval-resolved", sessionId: this.#id, id, decision });
    }
  }

  /** The answer that an approval was for goes on, if nobody works on it and nobody has decided otherwise. */
  async #takeUp(turnSeq: number): Promise<void> {
    if (this.isRunning || this.#elsewhere !== null) return;
    const session = await this.#session();
    const turn = await this.#turn(turnSeq);
    if (session.head !== turnSeq || !isSettled(turn) || turn.resolution !== null) return;
    if (await this.#runs.takeOver(0)) {
      await this.#guardLease(() => this.#runs.continueTurn(turnSeq, "continue"));
    }
  }

  resolveUnknownCall(turnSeq: number, callId: CallId, decision: "run-again" | "mark-done" | "skip"): Promise<void> {
    return this.#serial.run(async () => {
      const turn = await this.#turn(turnSeq);
      const unknown = turn.parts.filter((part) => part.kind === "tool-call" && part.state === "unknown");
      if (!unknown.some((part) => part.id === callId)) {
        throw new Refused("already-resolved", "The outcome of this call is already settled.");
      }
      this.#unknownDecisions.set(callId, decision);
      const decisions = new Map(this.#unknownDecisions);
      if (unknown.some((part) => part.kind === "tool-call" && !decisions.has(part.id))) return;
      this.#unknownDecisions.clear();
      await this.#continue(turnSeq, decisions);
    });
  }

  /** What the person makes of an answer that did not complete. Null takes it back. */
  resolveAnswer(turnSeq: number, resolution: Resolution | null): Promise<void> {
    return this.#serial.run(async () => {
      const running = this.#runs.activeTurn ?? this.#elsewhere?.turn;
      if (running?.seq === turnSeq) throw new Refused("busy", BUSY);
      if (this.#runs.cancelContinuation()) this.#runs.releaseLease();
      const turn = { ...(await this.#turn(turnSeq)), resolution };
      const approvals = resolution === null ? null : withdrawApprovals(turn, this.#env.clock.now());
      await this.#write({
        ...(approvals === null ? {} : { approvals }),
        update: (session) => (session.head === turnSeq ? { ...session, needsPerson: needsDecision(turn) } : session),
        turnUpdates: [{ seq: turnSeq, update: (stored) => ({ ...stored, resolution }) }],
      });
      this.#news.turn(turn);
    });
  }

  /** Shows the path through this turn. */
  select(turnSeq: number): Promise<void> {
    return this.#serial.run(async () => {
      if (this.isRunning || this.#elsewhere !== null) throw new Refused("busy", BUSY);
      if (this.#runs.cancelContinuation()) this.#runs.releaseLease();
      const head = await newestDescendant(this.#env.db, this.#id, turnSeq);
      const turn = await this.#turn(head);
      await this.#write({
        update: (session) => ({
          ...session,
          head,
          headStatus: lastRun(turn)?.outcome?.kind ?? "pending",
          headSnippet: turn.user.text.slice(0, 120).toWellFormed(),
          needsPerson: needsDecision(turn),
        }),
      });
      await this.#sendSnapshot();
    });
  }

  readEarlier(before: number, limit: number): Promise<TurnPage> {
    return this.#serial.run(async () => {
      const turn = await this.#turn(before);
      return readTurnPage(this.#env.db, this.#id, turn.parent, limit, (cause) => {
        this.#audience.storageTrouble(cause);
      });
    });
  }

  resumeQueue(first: QueueItemId | null): Promise<void> {
    return this.#serial.run(async () => {
      await this.#requireLease();
      const session = await this.#session();
      const item = (await listQueue(this.#env.db, this.#id)).find((row) => first === null || row.id === first);
      if (item === undefined) this.#runs.releaseLease();
      else await this.#guardLease(() => this.#runs.sendQueued(item, session.head));
      await this.#sendSnapshot();
    });
  }

  /** Ends the run and waits for its last save, so that what follows finds it settled. */
  async stopAndSettle(): Promise<void> {
    this.stop();
    await this.#runs.whenSettled();
  }

  /** Ends the run and sends this item in its place. */
  async stopAndSend(id: QueueItemId): Promise<void> {
    await this.stopAndSettle();
    await this.resumeQueue(id);
  }

  /** Changes of the record that are not a run's: title, pin, model. They count as the person's, not as work. */
  patch(update: (session: Session) => Session): Promise<Session> {
    return this.#serial.run(() => this.#write({ update }));
  }

  /** The model of this session from now on. A session that has no row yet takes the default, which was just set. */
  async useModel(model: ModelRef): Promise<void> {
    if ((await readSession(this.#env.db, this.#id)) === null) return;
    await this.patch((session) => ({ ...session, model }));
  }

  /** Queue rows changed here: the watchers and the other tabs are told. */
  async queueWritten(): Promise<void> {
    this.#env.peers.tell({ kind: "queue-written", sessionId: this.#id });
    await this.#queueChanged();
  }

  async #queueChanged(): Promise<void> {
    const queue = await listQueue(this.#env.db, this.#id);
    const session = await readSession(this.#env.db, this.#id);
    this.#audience.toWatchers(this.#id, {
      type: "queue-changed",
      sessionId: this.#id,
      queue,
      queuePause: queuePause(queue, session, this.#runner()),
    });
  }

  receive(message: Extract<PeerMessage, { sessionId: SessionId }>): void {
    switch (message.kind) {
      case "run-events":
        if (this.#elsewhere !== null) this.#elsewhere.receive(message.turnSeq, message.events);
        else if (!this.isRunning && this.#audience.isWatched(this.#id)) this.#refresh();
        return;
      case "who-runs": {
        const turn = this.#runs.activeTurn;
        if (turn !== null) this.#env.peers.tell({ kind: "live-turn", turn });
        return;
      }
      case "session-written":
        this.#audience.refreshRows([this.#id]);
        if (!this.isRunning && this.#audience.isWatched(this.#id)) this.#refresh();
        return;
      case "queue-written":
        this.#quietly(() => this.#queueChanged());
        return;
      case "stop-run":
        this.#runs.stopFromElsewhere();
        return;
      case "approval-resolved":
        this.#runs.desk.deliver(message.id, message.decision);
        return;
      case "draft-written":
      case "files-written":
        return;
    }
  }

  /** The turn of another tab's run, as its worker has it. */
  receiveTurn(turn: Turn): void {
    this.#elsewhere?.replace(turn);
  }

  #refresh(): void {
    this.#quietly(async () => {
      await this.#findWhoRuns();
      await this.#sendSnapshot();
    });
  }

  /** What cannot be settled now, e.g. on a full disk, is told; the session opens all the same, with what can be read. */
  async #findWhoRuns(): Promise<void> {
    this.#unsettled = null;
    try {
      await this.#settleWhoRuns();
    } catch (cause) {
      this.#audience.storageTrouble(cause);
      const session = await readSession(this.#env.db, this.#id);
      if (session?.pending == null || this.isRunning) return;
      this.#unsettled = (await readRecovered(this.#env, session, session.pending)).turn;
    }
  }

  /**
   * Who works on this session? A free lock under a pending turn proves that its worker is dead: this one takes over.
   * An interrupted answer that nobody has decided on may go on now that it is on screen.
   */
  async #settleWhoRuns(): Promise<void> {
    if (this.#runs.holdsLease) return;
    const session = await readSession(this.#env.db, this.#id);
    if (session === null || session.deletedAt !== null) return;
    if (session.pending === null) {
      this.#stopWatching();
      if (session.headStatus === "interrupted" && session.needsPerson && (await this.#runs.takeOver(0))) {
        await this.#runs.continueOrRelease();
      }
      return;
    }
    if (this.#elsewhere !== null) return;
    if (await this.#runs.takeOver(ATTACH_PATIENCE_MS)) {
      await this.#runs.continueOrRelease();
      return;
    }
    const watch = new ElsewhereWatch(this.#env, this.#audience, this.#id);
    this.#elsewhere = watch;
    try {
      await watch.start();
    } catch (cause) {
      this.#stopWatching();
      throw cause;
    }
    // The page may have turned to another session meanwhile, and then nobody would ever end this watch.
    if (this.#audience.isWatched(this.#id)) this.#standInLine(watch);
    else this.#stopWatching();
  }

  #standInLine(watch: ElsewhereWatch): void {
    watch.standInLine(
      () => {
        this.#quietly(() => this.#inherit(watch));
      },
      (cause) => {
        this.#audience.storageTrouble(cause);
        if (this.#elsewhere === watch) this.#stopWatching();
      },
    );
  }

  /** The other worker is done or dead: what it left is settled, and what is to come next comes from here. */
  async #inherit(watch: ElsewhereWatch): Promise<void> {
    const lease = watch.leaveLine();
    if (lease === null) return; // taken meanwhile by a command, or given back
    this.#elsewhere = null;
    await this.#runs.adopt(lease);
    await this.#runs.goOnOrRelease();
    await this.#sendSnapshot();
  }

  #stopWatching(): void {
    this.#elsewhere?.stop();
    this.#elsewhere = null;
  }

  /** Work that nobody waits for: in order with the rest, and told when it fails. */
  #quietly(task: () => Promise<void>): void {
    this.#serial.run(task).catch((cause: unknown) => {
      this.#audience.storageTrouble(cause);
    });
  }

  /**
   * The lease, or false where another worker keeps it. A watch of this tab leaves the line first: it would be served
   * before the command, which would then be refused although nothing runs.
   */
  async #takeLease(): Promise<boolean> {
    const watch = this.#elsewhere;
    if (watch === null) return this.#runs.takeOver();
    const inherited = watch.leaveLine();
    let isTaken = inherited !== null;
    try {
      if (inherited !== null) await this.#runs.adopt(inherited);
      else isTaken = await this.#runs.takeOver();
    } finally {
      if (isTaken) this.#stopWatching();
      else if (this.#elsewhere === watch) this.#standInLine(watch);
    }
    return isTaken;
  }

  async #continue(turnSeq: number, decisions: UnknownDecisions): Promise<void> {
    const turn = await this.#turn(turnSeq);
    if (lastRun(turn)?.outcome?.kind === "completed") throw new Refused("invalid", "This answer is complete already.");
    await this.#requireLease();
    await this.#guardLease(() => this.#runs.continueTurn(turnSeq, "continue", decisions));
  }

  async #requireLease(): Promise<void> {
    if (this.isRunning) throw new Refused("busy", BUSY);
    if (!(await this.#takeLease())) throw new Refused("running-elsewhere", ELSEWHERE);
  }

  /** A start that failed must not keep the session locked. */
  async #guardLease(start: () => Promise<unknown>): Promise<void> {
    try {
      await start();
    } catch (cause) {
      if (!this.isRunning) this.#runs.releaseLease();
      throw cause;
    }
    if (!this.isRunning) this.#runs.releaseLease();
  }

  /** A message that was committed before: the outbox gives it again after a reload. Found by its id, never its text. */
  async #findAccepted(message: NewMessage): Promise<"turn" | "queued" | null> {
    const session = await readSession(this.#env.db, this.#id);
    if (session === null) return null;
    if (session.deletedAt !== null) throw new Refused("deleted", "This session was deleted. Restore it first.");
    const queue = await listQueue(this.#env.db, this.#id);
    if (queue.some((item) => String(item.id) === String(message.turnId))) return "queued";
    return (await findTurn(this.#env.db, message.turnId)) === null ? null : "turn";
  }

  async #queue(message: NewMessage): Promise<"queued"> {
    const { text, attachments } = message;
    const item = {
      id: readId<QueueItemId>(message.turnId),
      sessionId: this.#id,
      position: 0, // the store gives the place
      text,
      attachments,
      createdAt: this.#env.clock.now(),
    };
    const added = await addQueueItem(this.#env.db, item, { removeDraft: message.draftId });
    if (added.kind === "full") {
      throw new Refused("invalid", `${QUEUE_CAP} messages wait already. Remove one, or wait until one has been sent.`);
    }
    await this.queueWritten();
    // The run that this waits for may have ended between the look at its lock and the write of the row.
    if (!this.isRunning && this.#elsewhere === null) this.#quietly(() => this.#sendIfFree());
    return "queued";
  }

  async #sendIfFree(): Promise<void> {
    if (this.#runs.holdsLease || this.#elsewhere !== null) return;
    if (await this.#runs.takeOver(ATTACH_PATIENCE_MS)) await this.#runs.goOnOrRelease();
  }

  /** From now on, and for the calls that wait already. What cannot be stored is asked again the next time. */
  async #allowTool(tool: string): Promise<void> {
    const { db } = this.#env;
    try {
      await this.#write({
        update: (session) => ({ ...session, allowedTools: [...new Set([...session.allowedTools, tool])] }),
      });
      for (const { id } of (await listPendingApprovals(db, this.#id)).filter((row) => row.tool === tool)) {
        const decision = "allow-in-session";
        // Each is a decision of its own, delivered as soon as it counts.
        // oxlint-disable-next-line no-await-in-loop
        const verdict = await resolveApproval(db, { id, decision, at: this.#env.clock.now() });
        if (verdict === "resolved") this.#deliver(id, decision);
      }
    } catch (cause) {
      this.#audience.storageTrouble(cause);
    }
  }

  async #write(change: Pick<FullSave, "update" | "turnUpdates" | "approvals">): Promise<Session> {
    const session = await fullSave(this.#env.db, {
      ...change,
      sessionId: this.#id,
      token: null,
      now: this.#env.clock.now(),
    });
    this.#news.session(session);
    this.#news.written();
    return session;
  }

  async #session(): Promise<Session> {
    const session = await readSession(this.#env.db, this.#id);
    if (session === null) throw new Refused("not-found", "This session is not on this device.");
    return session;
  }

  async #turn(seq: number): Promise<Turn> {
    const turn = await readTurn(this.#env.db, this.#id, seq);
    if (turn === null) throw new Refused("not-found", "This message is not on this device.");
    return turn;
  }

  #runner(): SessionSnapshot["runner"] {
    if (this.isRunning) return "here";
    return this.#elsewhere === null ? "nobody" : "elsewhere";
  }

  #snapshot(): Promise<SessionSnapshot> {
    return readSnapshot(this.#env.db, this.#id, {
      live: () => ({
        turn: this.#runs.activeTurn ?? this.#elsewhere?.turn ?? this.#unsettled,
        runner: this.#runner(),
        savedAt: this.#news.savedAt,
        continuesAt: this.#runs.continuesAt,
      }),
      unreadable: (cause) => {
        this.#audience.storageTrouble(cause);
      },
    });
  }

  async #sendSnapshot(): Promise<void> {
    if (!this.#audience.isWatched(this.#id)) return;
    this.#audience.toWatchers(this.#id, { type: "snapshot", snapshot: await this.#snapshot() });
  }
}
