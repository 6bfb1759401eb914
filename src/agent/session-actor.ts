import type { ApprovalId, CallId, QueueItemId, SessionId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { Session } from "#domain/session.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import { lastRun, type Resolution, type Turn } from "#domain/turn.ts";
import type { NewMessage, SessionSnapshot, TurnPage } from "#protocol/commands.ts";
import { findTurn, newestDescendant, readSession } from "#storage/session-store.ts";

import { needsDecision } from "./acceptance.ts";
import type { Audience, Environment } from "./environment.ts";
import type { PeerMessage } from "./peers.ts";
import type { PersonDecisions } from "./person-decisions.ts";
import { Refused } from "./refusals.ts";
import { SessionQueue } from "./session-queue.ts";
import { SessionRuns } from "./session-runs.ts";
import { SessionScope } from "./session-scope.ts";
import { readTurnPage, sendSnapshot, snapshotOf } from "./session-view.ts";
import type { UnknownDecision } from "./unknown-calls.ts";
import { BUSY, WhoRuns } from "./who-runs.ts";

/**
 * One session in this worker: answers the commands that name it, one at a time and in order, and keeps its watchers
 * current. Reads what is stored for every command, since other tabs write too.
 */
export class SessionActor {
  readonly #scope: SessionScope;
  readonly #runs: SessionRuns;
  readonly #who: WhoRuns;
  readonly #queue: SessionQueue;
  /** Commands of several parts that are between two of them. */
  #held = 0;

  constructor(env: Environment, audience: Audience, id: SessionId) {
    this.#scope = new SessionScope(env, audience, id);
    this.#runs = new SessionRuns(this.#scope);
    this.#who = new WhoRuns(this.#scope, this.#runs);
    this.#queue = new SessionQueue(this.#scope, this.#runs, this.#who);
  }

  get isRunning(): boolean {
    return this.#who.isHere;
  }

  /** Nothing is under way and nobody looks: another actor can take this one's place at any time. */
  get isIdle(): boolean {
    const { serial, isWatched } = this.#scope;
    return serial.isIdle && !isWatched && !this.#runs.lease.isHeld && this.#who.runner === "nobody" && this.#held === 0;
  }

  /** What is newer here than on disk, where nothing can be written most of all; null: nothing. */
  get unsavedTurn(): Turn | null {
    return this.#who.live().turn;
  }

  /** A page watches from now on: finds out whether a run is alive, takes over what is dead, and gives a whole copy. */
  attach(): Promise<SessionSnapshot> {
    return this.#inOrder(async () => {
      await this.#who.find();
      return snapshotOf(this.#scope, () => this.#who.live());
    });
  }

  /** Nobody watches any more. A run of this worker goes on; one of another tab is no longer followed. */
  detach(): void {
    if (this.#scope.isWatched) return;
    this.#who.stopWatching();
    if (this.#runs.cancelContinuation()) this.#runs.lease.release();
  }

  /** At start, without a page: settles what a dead worker left. Gives whether there was something. */
  recoverIfDead(): Promise<boolean> {
    return this.#inOrder(async () => {
      if (this.#runs.lease.isHeld || this.#who.isElsewhere) return false;
      const session = await readSession(this.#scope.env.db, this.#scope.id);
      if (session?.pending == null || !(await this.#runs.takeOver(0))) return false;
      await this.#runs.continueOrRelease();
      await this.#sendSnapshot();
      return true;
    });
  }

  send(message: NewMessage, model: ModelRef | null): Promise<"turn" | "queued"> {
    return this.#inOrder(async () => {
      const known = await this.#findAccepted(message);
      if (known !== null) {
        // It was stored although its sender was told that it was not: nobody may have started its run yet.
        if (!this.isRunning && this.#scope.isWatched) this.#who.refresh();
        return known;
      }
      if (this.isRunning || !(await this.#who.takeLease())) return this.#queue.add(message);
      let accepted: "turn" | "queued" = "turn";
      await this.#who.start(async () => {
        // Another tab may have been given it too, and sent it while this one waited for the lease.
        const meanwhile = await this.#findAccepted(message);
        const session = await readSession(this.#scope.env.db, this.#scope.id);
        if (meanwhile === null) await this.#runs.accept(message, session?.head ?? 0, model);
        else accepted = meanwhile;
      });
      return accepted;
    });
  }

  /** A message that was committed before: the outbox gives it again after a reload. */
  async #findAccepted(message: NewMessage): Promise<"turn" | "queued" | null> {
    const { db } = this.#scope.env;
    const session = await readSession(db, this.#scope.id);
    if (session === null) return null;
    if (session.deletedAt !== null) throw new Refused("deleted", "This session was deleted. Restore it first.");
    if (await this.#queue.has(message)) return "queued";
    return (await findTurn(db, message.turnId)) === null ? null : "turn";
  }

  /** A sibling of an earlier turn: the same message again, or another one in its place. */
  branch(turnSeq: number, message: NewMessage | null, model: ModelRef | null): Promise<void> {
    return this.#inOrder(async () => {
      const { db, unique } = this.#scope.env;
      if (message !== null && (await findTurn(db, message.turnId)) !== null) return;
      const turn = await this.#scope.turn(turnSeq);
      await this.#who.requireLease();
      const again: NewMessage = message ?? {
        turnId: mintId(unique),
        messageId: mintId(unique),
        text: turn.user.text,
        attachments: turn.user.attachments,
        draftId: null,
      };
      await this.#who.start(async () => {
        if ((await findTurn(db, again.turnId)) === null) await this.#runs.accept(again, turn.parent, model);
      });
      await this.#sendSnapshot();
    });
  }

  continueTurn(turnSeq: number): Promise<void> {
    return this.#decide((decisions) => decisions.goOn(turnSeq));
  }

  /** "Don't": what was about to go on by itself waits for the person. Said a moment too late, it stops what went on. */
  declineContinuation(): Promise<void> {
    return this.#inOrder(async () => {
      const turn = this.#runs.activeTurn;
      if (turn === null) await this.#runs.decline();
      else if (lastRun(turn)?.trigger === "automatic") this.#runs.stop();
    });
  }

  /**
   * Answers at once: a run ends wherever it is, in this tab or another. One whose worker is dead, or so wedged that it
   * still holds the lock, is not taken up again when it is found.
   */
  stop(): void {
    if (this.#runs.stop()) return;
    this.#scope.env.peers.tell({ kind: "stop-run", sessionId: this.#scope.id });
    this.#scope.quietly(() => this.#runs.decline());
  }

  flush(cause: InterruptionCause | null): Promise<boolean> {
    return this.#runs.flush(cause);
  }

  stay(): void {
    this.#runs.stay();
  }

  resolveApproval(id: ApprovalId, decision: ApprovalDecision): Promise<void> {
    return this.#decide((decisions) => decisions.approval(id, decision));
  }

  resolveUnknownCall(turnSeq: number, callId: CallId, decision: UnknownDecision): Promise<void> {
    return this.#decide((decisions) => decisions.unknownCall(turnSeq, callId, decision));
  }

  /** What the person makes of an answer that did not complete. Null takes it back. */
  resolveAnswer(turnSeq: number, resolution: Resolution | null): Promise<void> {
    return this.#decide((decisions) => decisions.answer(turnSeq, resolution));
  }

  /** Shows the path through this turn. */
  select(turnSeq: number): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#who.runner !== "nobody") throw new Refused("busy", BUSY);
      if (this.#runs.cancelContinuation()) this.#runs.lease.release();
      const head = await newestDescendant(this.#scope.env.db, this.#scope.id, turnSeq);
      const turn = await this.#scope.turn(head);
      await this.#scope.write({
        update: (session) => {
          // Looked at inside the write: a run of another tab may have begun since.
          if (session.pending !== null) throw new Refused("busy", BUSY);
          return {
            ...session,
            head,
            headStatus: lastRun(turn)?.outcome?.kind ?? "pending",
            headSnippet: turn.user.text.slice(0, 120).toWellFormed(),
            needsPerson: needsDecision(turn),
          };
        },
      });
      await this.#sendSnapshot();
    });
  }

  readEarlier(before: number, limit: number): Promise<TurnPage> {
    return this.#inOrder(async () => {
      const turn = await this.#scope.turn(before);
      return readTurnPage(this.#scope.env.db, this.#scope.id, turn.parent, limit, (cause) => {
        this.#scope.audience.storageTrouble(cause);
      });
    });
  }

  resumeQueue(first: QueueItemId | null): Promise<void> {
    return this.#inOrder(async () => {
      await this.#queue.resume(first);
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
    this.#held++;
    try {
      await this.stopAndSettle();
      await this.resumeQueue(id);
    } finally {
      this.#held--;
    }
  }

  /** Changes of the record that are not a run's: title, pin, model. They count as the person's, not as work. */
  patch(update: (session: Session) => Session): Promise<Session> {
    return this.#inOrder(() => this.#scope.write({ update }));
  }

  /** The model of this session from now on. A session that has no row yet takes the default, which was just set. */
  async useModel(model: ModelRef): Promise<void> {
    if ((await readSession(this.#scope.env.db, this.#scope.id)) === null) return;
    await this.patch((session) => ({ ...session, model }));
  }

  /** Queue rows changed here: the watchers and the other tabs are told. */
  queueWritten(): Promise<void> {
    return this.#queue.written();
  }

  receive(message: Extract<PeerMessage, { sessionId: SessionId }>): void {
    switch (message.kind) {
      case "run-events":
      case "who-runs":
      case "session-written":
        this.#who.receive(message);
        return;
      case "queue-written":
        this.#scope.quietly(() => this.#queue.show());
        return;
      case "stop-run":
        this.#runs.stopFromElsewhere();
        return;
      case "approval-resolved":
        this.#runs.desk.wake(message.id, message.decision);
        return;
      case "draft-written":
      case "files-written":
        return;
    }
  }

  /** The turn of another tab's run, as its worker has it. */
  receiveTurn(turn: Turn): void {
    this.#who.receiveTurn(turn);
  }

  /** Loaded when the person decides something for the first time: a message box does not need it. */
  #decide(decide: (decisions: PersonDecisions) => Promise<void>): Promise<void> {
    return this.#inOrder(async () => {
      const { PersonDecisions } = await import("./person-decisions.ts");
      await decide(new PersonDecisions(this.#scope, this.#runs, this.#who));
    });
  }

  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    return this.#scope.serial.run(task);
  }

  #sendSnapshot(): Promise<void> {
    return sendSnapshot(this.#scope, () => this.#who.live());
  }
}
