import { mintId, readId, type DraftId, type SessionId } from "#domain/ids.ts";
import type { ApprovalDecision, ToolCallPart } from "#domain/tool-call.ts";
import { replyText, type Turn } from "#domain/turn.ts";
import type { CommandInput, CommandName } from "#protocol/commands.ts";
import { everyWrite, faultyDisk, oneFault, type FaultPlan, type FaultyDisk } from "#test/helpers/faulty-disk.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";
import { quiet } from "#test/helpers/quiet-loop.ts";

import { broken } from "./broken.ts";
import { turnsOf, viewDisk, withJournal, type DiskView } from "./disk-view.ts";
import { doDeed } from "./deeds.ts";
import { holdAlways, holdBetween } from "./laws.ts";
import { StoryModel, type Life } from "./model.ts";
import { isUncertain, Promises, type Answer, type Message } from "./promises.ts";
import { SESSIONS, type Action, type Story } from "./story.ts";

/** More tabs than that show nothing new. */
const MOST_TABS = 2;

/** For so long after a worker hung its locks may be taken: whoever shares a worker shares the new one. */
const STEALING_MS = 30_000;

/** Streamed text that may be lost when a process is killed. */
const LOSS_MS = 1000;

/** A page and what is known of it. */
export interface Open {
  readonly tab: Tab;
  readonly life: Life;
  session: SessionId;
  /** Whether the page has been given its copy of the session. */
  isAttached: boolean;
  /** How often it has turned to a session or away: an answer to what it does not want any more is no news. */
  turned: number;
  /** Commands without an answer, and who hears that there will be none. */
  readonly waiting: Map<number, { readonly name: string; readonly ended: (answer: Answer) => void }>;
  readonly drafts: Map<SessionId, { readonly id: DraftId; revision: number }>;
  /** Text of the answer that runs, as the page showed it then. */
  readonly seen: { readonly at: number; readonly sessionId: SessionId; readonly seq: number; readonly text: string }[];
}

/** One story while it is told: the device, what the person did, and what they may rely on. */
export class Telling {
  readonly disk: FaultyDisk;
  readonly world: World;
  readonly model: StoryModel;
  readonly promises = new Promises();
  open: Open[] = [];
  view: DiskView;
  #clients = 0;
  readonly #byClient = new Map<number, Open>();
  #plans: FaultPlan[] = [];
  /** Workers without a page that may still go on. */
  readonly #hanging: Open[] = [];
  #hungAt = Number.NEGATIVE_INFINITY;
  readonly #wake: (() => void)[] = [];
  #messages = 0;
  #commands = 0;

  constructor(story: Story, name: string) {
    this.disk = faultyDisk(name);
    this.world = openWorld({ disk: this.disk, rest: quiet });
    this.model = new StoryModel(story.replies, this.world.time);
    this.view = viewDisk(this.disk);
    this.disk.plan = (operation) => {
      for (const plan of this.#plans) {
        const fault = plan(operation);
        if (fault !== null) return fault;
      }
      return null;
    };
    this.disk.onDeath = (client) => {
      const open = this.#byClient.get(client);
      if (open !== undefined && !open.life.isDead) void this.end(open);
    };
  }

  /** Whether the disk has done all that it was asked; deaths and workers that hang are no fault of the disk. */
  get isCalm(): boolean {
    return this.disk.injected.every(({ fault }) => fault.kind === "die" || fault.kind === "stall");
  }

  mendDisk(): void {
    this.#plans = [];
    this.release();
  }

  async act(action: Action): Promise<void> {
    if (this.open.length === 0 && action.do !== "open-tab") this.openTab(action.pick);
    const open = this.open[action.tab % Math.max(1, this.open.length)];
    await this.#do(action, open);
    if (action.pause < 0) return;
    if (action.pause > 0) {
      await this.world.time.advance(action.pause);
      this.release();
    }
    await this.look();
  }

  /** Lets everything come to rest and compares what is there with what must be. */
  async look(): Promise<void> {
    await quiet();
    const view = viewDisk(this.disk);
    holdAlways(view);
    holdBetween(this.view, view);
    this.promises.hold(view, this.view, this.model);
    if (this.isCalm) this.#holdAnswered(view);
    this.view = view;
    for (const open of this.open) this.#remember(open);
  }

  /** A result that a model was sent was durable before that. */
  #holdAnswered(view: DiskView): void {
    for (const turns of view.turns.values()) {
      for (const turn of turns) {
        for (const part of withJournal(view, turn).parts) {
          const text = part.kind === "tool-call" ? this.model.answered.get(part.id) : undefined;
          if (text !== undefined && part.kind === "tool-call" && part.output?.text !== text) {
            broken("T1", "a model was sent a result that is not stored", part, text);
          }
        }
      }
    }
  }

  #remember(open: Open): void {
    if (open.tab.gaps > 0) broken("E1", "a page was sent events that do not follow on what it had", open.session);
    const pending = this.view.sessions.get(open.session)?.pending;
    const turn = pending == null ? undefined : open.tab.turns.get(pending.turnSeq);
    if (turn === undefined || !open.isAttached || turn.id !== pending?.turnId) return;
    const text = replyText(turn);
    open.seen.push({ at: this.world.time.now(), sessionId: open.session, seq: turn.seq, text });
  }

  openTab(pick: number, options: { readonly saw?: "a death" | "a worker that hangs" } = {}): Open | null {
    const isAlone = this.world.time.now() - this.#hungAt <= STEALING_MS;
    if (this.open.length >= (isAlone ? 1 : MOST_TABS)) return null;
    const life: Life = { isDead: false };
    const tab = this.world.openTab({
      provider: this.model.provider(life),
      loadTools: () => Promise.resolve(this.model.tools(life)),
    });
    const session = SESSIONS[pick % 4 === 3 ? 1 : 0];
    const open: Open = {
      tab,
      life,
      session,
      isAttached: false,
      turned: 0,
      waiting: new Map(),
      drafts: new Map(),
      seen: [],
    };
    this.open.push(open);
    this.#byClient.set(this.#clients++, open);
    if (options.saw !== undefined) {
      const mayLiveOn = options.saw === "a worker that hangs";
      const ending = { cause: "agent-died" as const, at: this.world.time.now(), mayLiveOn };
      this.ask(open, "note-ending", { ending });
    }
    // As the worker does at its start; what it cannot do it tells its pages.
    void tab.host.recover().catch(() => undefined);
    this.attach(open, session);
    return open;
  }

  turnAway(open: Open): number {
    open.isAttached = false;
    open.seen.length = 0;
    return ++open.turned;
  }

  attach(open: Open, session: SessionId): void {
    open.session = session;
    const turned = this.turnAway(open);
    const answered = this.#await(open, "attach-session", () => undefined);
    open.tab.attach(session).then(
      () => {
        answered({ kind: "done" });
        if (open.turned === turned) open.isAttached = true;
      },
      (cause: unknown) => {
        answered({ kind: "gone" });
        if (this.isCalm && !open.life.isDead) this.#refused("attach-session", String(cause), open);
      },
    );
  }

  /** Gives a command. `ended` hears how it ended, also when the page is gone before there is an answer. */
  ask<Name extends CommandName>(
    open: Open,
    name: Name,
    input: CommandInput<Name>,
    ended: (answer: Answer) => void = () => undefined,
  ): void {
    const answered = this.#await(open, name, ended);
    open.tab.call(name, input).then(
      (reply) => {
        answered(reply.ok ? { kind: "done" } : { kind: "refused", refusal: reply.refusal });
        if (reply.ok) return;
        const { reason, message } = reply.refusal;
        if (reason === "internal" || (this.isCalm && reason.startsWith("storage"))) this.#refused(name, message, open);
      },
      (cause: unknown) => {
        answered({ kind: "gone" });
        if (!open.life.isDead) this.#refused(name, String(cause), open);
      },
    );
  }

  #await(open: Open, name: string, ended: (answer: Answer) => void): (answer: Answer) => void {
    const number = ++this.#commands;
    open.waiting.set(number, { name, ended });
    return (answer) => {
      if (open.waiting.delete(number)) ended(answer);
    };
  }

  #refused(name: string, why: string, open: Open): void {
    try {
      broken("W9", `${name} failed without a reason that a person could do something about`, why, open.session);
    } catch {
      // Remembered; there is nobody here who could catch it.
    }
  }

  nextMessage(sessionId: SessionId, kind: Message["kind"], draftId: string | null): Message {
    const text = `m${++this.#messages}`;
    const id = `turn-${this.#messages}`;
    const message: Message = {
      id,
      sessionId,
      kind,
      text,
      draftId,
      state: "asked",
      asking: 0,
      isUncertain: false,
      removal: "none",
      texts: new Set([text]),
      queued: null,
      isCalledFirst: false,
    };
    this.promises.messages.set(id, message);
    return message;
  }

  /** The input of a message, the same each time it is given. */
  input(message: Message): CommandInput<"send-message">["message"] {
    return {
      turnId: readId(message.id),
      messageId: readId(`message-of-${message.id}`),
      text: message.text,
      attachments: [],
      draftId: message.draftId === null ? null : readId<DraftId>(message.draftId),
    };
  }

  /** The person gives the message. Gives the way to say how that ended. */
  give(message: Message): (answer: Answer) => void {
    message.asking++;
    if (message.state === "refused") message.state = "asked";
    return (answer) => {
      message.asking--;
      if (answer.kind === "done") {
        if (message.removal === "none") message.state = "promised";
      } else if (answer.kind === "gone" || isUncertain(answer.refusal)) message.isUncertain = true;
      else if (message.state === "asked" && message.asking === 0 && !message.isUncertain) message.state = "refused";
    };
  }

  draftOf(open: Open): { readonly id: DraftId; revision: number } {
    const known = open.drafts.get(open.session);
    if (known !== undefined) return known;
    const made = { id: mintId<DraftId>(() => `draft-${++this.#messages}`), revision: 0 };
    open.drafts.set(open.session, made);
    return made;
  }

  /** The turns of the session that a tab shows, as they are on the disk. */
  turns(open: Open): readonly Turn[] {
    return turnsOf(this.view, open.session);
  }

  unknownCalls(open: Open): readonly { readonly turn: Turn; readonly call: ToolCallPart }[] {
    return this.turns(open).flatMap((turn) =>
      turn.parts.flatMap((part) =>
        part.kind === "tool-call" && part.state === "unknown" ? [{ turn, call: part }] : [],
      ),
    );
  }

  allow(sessionId: SessionId, callId: string, tool: string, decision: ApprovalDecision): void {
    if (decision !== "deny") this.promises.allowed.add(callId);
    if (decision === "allow-in-session") this.promises.allowed.add(`${sessionId} ${tool}`);
  }

  plan(plan: FaultPlan): void {
    this.#plans.push(plan);
  }

  /**
   * The worker hangs, and nobody can end it: its page turns to another one, which takes the locks from it. It goes on
   * where it was the next time that time passes, with whatever it believes to be its own.
   */
  hang(open: Open): void {
    // Only a worker that all pages share cannot be ended: there is no other one beside it.
    if (this.open.length > 1) return;
    this.#hungAt = this.world.time.now();
    const client = [...this.#byClient].find(([, each]) => each === open)?.[0];
    this.turnAway(open);
    this.ask(open, "detach-session", { sessionId: open.session });
    this.open = this.open.filter((other) => other !== open);
    for (const other of this.open) other.seen.length = 0;
    this.#hanging.push(open);
    let hangs = true;
    this.plan((operation) => (hangs && operation.client === client ? { kind: "stall" } : null));
    this.#wake.push(() => (hangs = false));
    this.openTab(open.session === SESSIONS[0] ? 0 : 3, { saw: "a worker that hangs" });
  }

  /** What was held up goes on. */
  release(): void {
    for (const wake of this.#wake.splice(0)) wake();
    this.disk.release();
  }

  /** The page goes, with its farewell or without. */
  async leave(open: Open, hasFarewell: boolean): Promise<void> {
    if (hasFarewell) {
      let isDurable = false;
      this.ask(open, "flush", { cause: "page-closed" }, (answer) => (isDurable = answer.kind === "done"));
      await quiet();
      if (isDurable && this.isCalm) this.#remember(open);
      const now = this.world.time.now();
      const kept = isDurable ? open.seen.findLast((entry) => entry.at <= now) : undefined;
      await this.end(open);
      this.#holdSeen(kept);
      return;
    }
    const latest = this.world.time.now() - LOSS_MS;
    const kept = open.seen.findLast((entry) => entry.at <= latest);
    await this.end(open);
    this.#holdSeen(kept);
  }

  /** What a page showed (a second ago, where its process was killed) is there. */
  #holdSeen(kept: Open["seen"][number] | undefined): void {
    if (kept === undefined || !this.isCalm) return;
    const view = viewDisk(this.disk);
    const turn = turnsOf(view, kept.sessionId).find(({ seq }) => seq === kept.seq);
    const text = turn === undefined ? "" : replyText(withJournal(view, turn));
    if (!text.startsWith(kept.text)) broken("R6", "text that was on the screen is lost", kept.text, text);
  }

  /** Workers that nobody has a page of any more, ended with their process. */
  async endHanging(): Promise<void> {
    // oxlint-disable-next-line no-await-in-loop
    for (const open of this.#hanging.splice(0)) await this.end(open);
  }

  async end(open: Open): Promise<void> {
    open.life.isDead = true;
    this.open = this.open.filter((other) => other !== open);
    // The others may have shown what only this process knew.
    for (const other of this.open) other.seen.length = 0;
    await open.tab.kill();
    for (const { ended } of open.waiting.values()) ended({ kind: "gone" });
    open.waiting.clear();
  }

  async #do(action: Action, open: Open | undefined): Promise<void> {
    if (action.do === "fault") {
      const { fault, what, purpose, nth } = action;
      this.plan(oneFault(fault, nth, (next) => next.what === what && (purpose === "any" || next.purpose === purpose)));
    } else if (action.do === "disk-full") this.plan(everyWrite("QuotaExceededError"));
    else if (action.do === "disk-well") this.mendDisk();
    else if (open === undefined) this.openTab(action.pick);
    else await doDeed(this, open, action.do, action.pick);
  }
}
