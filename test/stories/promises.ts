import type { SessionId } from "#domain/ids.ts";
import type { Refusal } from "#protocol/commands.ts";

import { broken } from "./broken.ts";
import { turnsOf, withJournal, type DiskView } from "./disk-view.ts";
import { numberOf, type StoryModel } from "./model.ts";

/** `asked`: nobody knows yet. `promised`: the app said that it has it, or it was seen. `refused`: the app said no. */
export interface Message {
  readonly id: string;
  readonly sessionId: SessionId;
  readonly kind: "send" | "edit";
  text: string;
  draftId: string | null;
  state: "asked" | "promised" | "refused";
  /** Times that it was given and not answered yet. */
  asking: number;
  /** Whether an answer was lost: then it may be there or not. */
  isUncertain: boolean;
  /** Whether the person took it out of the queue. It may have been sent just before that. */
  removal: "none" | "asked" | "done" | "seen";
  /** Texts that it may have been changed to while it waited. */
  readonly texts: Set<string>;
  /** Its place among the messages that ever waited in its session; null: it never did. */
  queued: number | null;
  /** Whether the person asked for it before its turn. */
  isCalledFirst: boolean;
}

/** A refusal after which the message may be there: the connection went, and nobody heard whether it was in time. */
export function isUncertain(refusal: Refusal): boolean {
  return refusal.reason === "storage-failed" && refusal.message.includes("closed the connection");
}

/** How a command ended: done, refused, or nobody knows because the page is gone. */
export type Answer =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "gone" };

/** A value that a person set: what it may be now. Two wishes at once may come true in either order. */
export class Wish<Value> {
  readonly possible: Set<Value>;
  #underWay = 0;
  #isCrowded = false;

  constructor(now: Value) {
    this.possible = new Set([now]);
  }

  /** Gives the way to say how it ended. */
  ask(value: Value): (answer: Answer) => void {
    this.possible.add(value);
    if (this.#underWay > 0) this.#isCrowded = true;
    this.#underWay++;
    return (answer) => {
      this.#underWay--;
      const isCertain = answer.kind === "done" && !this.#isCrowded;
      if (this.#underWay === 0) this.#isCrowded = false;
      if (!isCertain) return;
      this.possible.clear();
      this.possible.add(value);
    };
  }
}

/** What a person at this device was promised, or knows to have done. */
export class Promises {
  readonly messages = new Map<string, Message>();
  /** Commands that make a sibling with an id of its own. */
  retries = 0;
  readonly titles = new Map<SessionId, Wish<string | null>>();
  readonly pins = new Map<SessionId, Wish<boolean>>();
  readonly archived = new Map<SessionId, Wish<boolean>>();
  readonly deleted = new Map<SessionId, Wish<boolean>>();
  readonly drafts = new Map<SessionId, Wish<string | null>>();
  /** Calls that the person allowed, by their id; and tools in a session, as "session tool". */
  readonly allowed = new Set<string>();
  /** How often the person said that a call with an unknown outcome may run again, by its id. */
  readonly again = new Map<string, number>();
  #queued = 0;

  wish<Value>(of: Map<SessionId, Wish<Value>>, sessionId: SessionId, initial: Value): Wish<Value> {
    const known = of.get(sessionId);
    if (known !== undefined) return known;
    const made = new Wish(initial);
    of.set(sessionId, made);
    return made;
  }

  /** Compares with what lies on the disk, and learns from it what was not told. */
  hold(view: DiskView, before: DiskView, model: StoryModel): void {
    this.#learnQueue(view);
    this.#holdMessages(view);
    this.#holdOrder(view);
    this.#holdTaken(view, before);
    this.#holdWishes(view);
    this.#holdCalls(view, model);
  }

  #learnQueue(view: DiskView): void {
    for (const item of view.queue) {
      const message = this.messages.get(item.id);
      if (message !== undefined) message.queued ??= this.#queued++;
    }
  }

  #holdMessages(view: DiskView): void {
    const found = new Map<string, string>();
    let unknown = 0;
    for (const turns of view.turns.values()) {
      for (const turn of turns) {
        if (this.messages.has(turn.id)) found.set(turn.id, turn.user.text);
        else unknown++;
      }
    }
    if (unknown > this.retries) broken("R4", "there are turns that nobody asked for", [...view.turns.values()]);
    for (const item of view.queue) {
      if (!this.messages.has(item.id)) broken("C5", "a message waits that nobody sent", item);
      found.set(item.id, item.text);
    }
    for (const message of this.messages.values()) {
      const text = found.get(message.id);
      if (text === undefined) {
        if (message.removal === "done") message.removal = "seen";
        if (message.state === "promised" && message.removal === "none") {
          broken("S3", "a message that was accepted is gone", message);
        }
        continue;
      }
      if (message.state === "refused") broken("S6", "a message was refused and is stored all the same", message);
      if (message.removal === "seen") broken("W7", "a queued message that was removed came back", message);
      if (message.removal === "done" && view.queue.some((item) => item.id === message.id)) {
        broken("W7", "a queued message that was removed still waits", message);
      }
      if (!message.texts.has(text)) broken("S3", "a message has another text", message, text);
      message.state = "promised";
    }
  }

  /** Queued messages become turns in their order, but for those that the person called first. */
  #holdOrder(view: DiskView): void {
    for (const turns of view.turns.values()) {
      let before = -1;
      for (const turn of turns) {
        const message = this.messages.get(turn.id);
        if (message === undefined || message.queued === null || message.isCalledFirst) continue;
        if (message.queued < before) broken("C5", "queued messages were sent in another order", turns);
        before = message.queued;
      }
    }
  }

  /** New turns stand where the person was. */
  #holdTaken(view: DiskView, before: DiskView): void {
    for (const [sessionId, turns] of view.turns) {
      const known = turnsOf(before, sessionId);
      const heads = new Set([
        before.sessions.get(sessionId)?.head ?? 0,
        ...turns.slice(known.length).map((turn) => turn.seq),
      ]);
      for (const turn of turns.slice(known.length)) {
        const message = this.messages.get(turn.id);
        if (message?.kind === "send" && !heads.has(turn.parent)) {
          broken("R5", "a message does not follow on what was on the screen", turn, before.sessions.get(sessionId));
        }
      }
    }
  }

  #holdWishes(view: DiskView): void {
    for (const session of view.sessions.values()) {
      const title = this.titles.get(session.id)?.possible ?? new Set([null]);
      const given = session.titleSource === "person" ? session.title : null;
      if (!title.has(given)) broken("W11", "the title is not the one that was given", given, [...title]);
      const isPinned = this.pins.get(session.id)?.possible ?? new Set([false]);
      if (!isPinned.has(session.isPinned)) broken("W11", "the pin is not as it was put", session);
      const isArchived = this.archived.get(session.id)?.possible ?? new Set([false]);
      if (!isArchived.has(session.isArchived))
        broken("W11", "it is archived or not against the person's wish", session);
      const isDeleted = this.deleted.get(session.id)?.possible ?? new Set([false]);
      if (!isDeleted.has(session.deletedAt !== null))
        broken("W7", "it is deleted or not against the person's wish", session);
    }
    for (const [sessionId, wish] of this.drafts) {
      const draft = view.drafts.get(sessionId)?.draft ?? null;
      const stored = draft === null ? null : `${draft.id} ${draft.revision}`;
      if (!wish.possible.has(stored)) broken("D1", "the draft is not what was typed last", stored, [...wish.possible]);
    }
  }

  #holdCalls(view: DiskView, model: StoryModel): void {
    const stored = new Set<number>();
    for (const turns of view.turns.values()) {
      for (const turn of turns) {
        for (const part of withJournal(view, turn).parts) {
          if (part.kind !== "tool-call") continue;
          const n = numberOf(part.input);
          const called = n === null ? undefined : model.calls.get(n);
          if (n === null || called === undefined) continue;
          if (stored.has(n)) broken("T4", "a call is there twice", part);
          stored.add(n);
          const again = this.again.get(part.id) ?? 0;
          if (called.effect === "once" && called.starts > 1 + again) {
            broken("T2", "a once-only tool ran again without the person", part, called);
          }
          const isAllowed = this.allowed.has(part.id) || this.allowed.has(`${turn.sessionId} ${part.tool}`);
          if (called.tier >= 3 && called.starts > 0 && !isAllowed) broken("C6", "a tool ran without approval", part);
          const hasNotRun = part.state === "receiving" || part.state === "queued" || part.state === "needs-approval";
          if (called.effect === "once" && called.starts > 0 && hasNotRun && again === 0) {
            broken("T2", "a once-only tool ran and its call does not know", part);
          }
        }
      }
    }
    for (const [n, called] of model.calls) {
      if (called.effect === "once" && called.starts > 0 && !stored.has(n)) {
        broken("T1", "a tool ran whose call is not stored", n, called);
      }
    }
  }
}
