import type { ReadonlySignal } from "@preact/signals";
import { batch, computed, signal } from "@preact/signals";

import { applyEvent, continuity } from "#domain/apply-event.ts";
import type { SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Draft, QueueItem, Session } from "#domain/session.ts";
import { openRun, type Turn } from "#domain/turn.ts";
import type { Refusal, Runner, SessionSnapshot, Siblings, TurnPage } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";

import type { UiPorts } from "./ports.ts";
import { TurnSignals } from "./turn-signals.ts";

/** Turns asked for at a time when the reader goes up. */
const PAGE_TURNS = 20;

export type SessionViewState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly refusal: Refusal };

/** One change of a turn as it arrived, for those who speak or scroll at event boundaries. */
export interface TurnChange {
  readonly before: Turn | null;
  readonly after: Turn;
  readonly events: readonly RunEvent[];
}

export type SessionEvent = Extract<WorkerEvent, { readonly sessionId: SessionId }>;

/**
 * One attached session as the page sees it: a snapshot and the facts that followed. Turns have a signal each, so that a
 * delta draws one turn again and no other. What arrives is applied at once with the domain's reducer; it becomes
 * visible when `commit` is called (see CommitClock).
 *
 *   attach ──▶ snapshot ──▶ events above it ──▶ (gap) ──▶ attach again; what arrives meanwhile waits for the snapshot
 */
export class SessionView {
  readonly sessionId: SessionId;
  readonly #ports: UiPorts;
  readonly #requestCommit: () => void;

  readonly #state = signal<SessionViewState>({ kind: "loading" });
  readonly #session = signal<Session | null>(null);
  readonly #turnSeqs = signal<readonly number[]>([]);
  readonly #turns = new TurnSignals();
  readonly #siblings = signal<ReadonlyMap<number, readonly number[]>>(new Map());
  readonly #hasEarlier = signal(false);
  readonly #isReadingEarlier = signal(false);
  readonly #queue = signal<readonly QueueItem[]>([]);
  readonly #queuePause = signal<string | null>(null);
  readonly #draft = signal<Draft | null>(null);
  readonly #runner = signal<Runner>("nobody");
  readonly #savedAt = signal<number | null>(null);
  readonly #continuesAt = signal<number | null>(null);
  readonly #filesRevision = signal(0);

  readonly #listeners = new Set<(change: TurnChange) => void>();
  /** Non-null while a snapshot is on its way. */
  #early: SessionEvent[] | null = null;
  #attachNumber = 0;

  readonly state: ReadonlySignal<SessionViewState> = this.#state;
  /** Null: nothing has been sent in it yet. */
  readonly session: ReadonlySignal<Session | null> = this.#session;
  /** Seqs of the turns on the path that is shown, oldest first: the keys of the list. */
  readonly turnSeqs: ReadonlySignal<readonly number[]> = this.#turnSeqs;
  readonly hasEarlier: ReadonlySignal<boolean> = this.#hasEarlier;
  readonly isReadingEarlier: ReadonlySignal<boolean> = this.#isReadingEarlier;
  readonly queue: ReadonlySignal<readonly QueueItem[]> = this.#queue;
  /** Why the queue waits although nothing runs. */
  readonly queuePause: ReadonlySignal<string | null> = this.#queuePause;
  readonly draft: ReadonlySignal<Draft | null> = this.#draft;
  readonly runner: ReadonlySignal<Runner> = this.#runner;
  /** Epoch ms of the last durable write. */
  readonly savedAt: ReadonlySignal<number | null> = this.#savedAt;
  /** Epoch ms at which an interrupted answer goes on by itself. */
  readonly continuesAt: ReadonlySignal<number | null> = this.#continuesAt;
  /** Grows when files of the workspace changed. */
  readonly filesRevision: ReadonlySignal<number> = this.#filesRevision;
  /** The turn at the end of the path. */
  readonly lastTurn: ReadonlySignal<Turn | null> = computed(() => {
    const seq = this.#turnSeqs.value.at(-1);
    return seq === undefined ? null : (this.turn(seq)?.value ?? null);
  });
  /** Whether the session's run is going on, here or in another tab. What `data-run` says. */
  readonly isRunning: ReadonlySignal<boolean> = computed(() => {
    const turn = this.lastTurn.value;
    return turn !== null && (openRun(turn) !== undefined || turn.runs.length === 0);
  });

  constructor(sessionId: SessionId, ports: UiPorts, requestCommit: () => void) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#requestCommit = requestCommit;
  }

  /** The turn's own signal; undefined where the turn is not on the loaded part of the path. */
  turn(seq: number): ReadonlySignal<Turn> | undefined {
    return this.#turns.shown(seq);
  }

  /** Seqs of the turns that stand beside this one, itself included, oldest first; empty where it stands alone. */
  siblingsOf(turn: Turn): readonly number[] {
    return this.#siblings.value.get(turn.parent) ?? [];
  }

  /** Called at each boundary, before it is drawn. Returns the removal. */
  onChange(listener: (change: TurnChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a snapshot is on its way. */
  get isAttaching(): boolean {
    return this.#early !== null;
  }

  /** Asks for a snapshot. What is on screen stays until the new copy is there. */
  async attach(): Promise<void> {
    const number = ++this.#attachNumber;
    this.#early ??= [];
    const reply = await this.#ports.call("attach-session", { sessionId: this.sessionId });
    if (number !== this.#attachNumber) return;
    const early = this.#early ?? [];
    this.#early = null;
    if (!reply.ok) {
      // The worker is being restarted: the view attaches again when it is ready.
      if (reply.refusal.reason !== "agent-died") this.#state.value = { kind: "failed", refusal: reply.refusal };
      return;
    }
    this.#replace(reply.value);
    for (const event of early) this.receive(event);
  }

  /** Applies what the worker told. Events of other sessions are the caller's to keep away. */
  receive(event: SessionEvent): void {
    if (this.#early !== null) {
      this.#early.push(event);
      return;
    }
    switch (event.type) {
      case "run-events":
        this.#applyRunEvents(event.turnSeq, event.events);
        return;
      case "turn-changed":
        this.#placeTurn(event.turn);
        return;
      case "queue-changed":
        batch(() => {
          this.#queue.value = event.queue;
          this.#queuePause.value = event.queuePause;
        });
        return;
      case "draft-changed":
        this.#draft.value = event.draft;
        return;
      case "runner-changed":
        batch(() => {
          this.#runner.value = event.runner;
          this.#continuesAt.value = event.continuesAt;
        });
        return;
      case "saved":
        this.#savedAt.value = event.at;
        return;
      case "files-changed":
        this.#filesRevision.value += 1;
    }
  }

  receiveSnapshot(snapshot: SessionSnapshot): void {
    this.#attachNumber++;
    this.#early = null;
    this.#replace(snapshot);
  }

  receiveSession(session: Session): void {
    this.#session.value = session;
  }

  /** Makes visible what has arrived. */
  commit(): void {
    this.#turns.commit();
  }

  /** Adds the page above the oldest turn shown. Resolves when it is there, or when there is none. */
  async readEarlier(): Promise<void> {
    const first = this.#turnSeqs.value[0];
    if (first === undefined || !this.#hasEarlier.value || this.#isReadingEarlier.value) return;
    this.#isReadingEarlier.value = true;
    const reply = await this.#ports.call("read-earlier-turns", {
      sessionId: this.sessionId,
      before: first,
      limit: PAGE_TURNS,
    });
    batch(() => {
      this.#isReadingEarlier.value = false;
      // The path may have become another one while the page was read.
      if (reply.ok && this.#turnSeqs.value[0] === first) this.#prepend(reply.value);
    });
  }

  /** Lets go of all but the last `keep` turns, so that the page's size follows what is read and not the session. */
  forgetEarlier(keep: number): void {
    const seqs = this.#turnSeqs.value;
    if (seqs.length <= keep) return;
    const rest = seqs.slice(-keep);
    batch(() => {
      this.#turnSeqs.value = rest;
      this.#hasEarlier.value = true;
    });
    this.#turns.keepOnly(rest);
  }

  #applyRunEvents(turnSeq: number, events: readonly RunEvent[]): void {
    const before = this.#turns.arrived(turnSeq);
    if (before === undefined) {
      // A turn further up, off screen, is read when the reader gets there; an unknown one at the end means a gap.
      if (turnSeq > (this.#turnSeqs.value.at(-1) ?? 0)) void this.attach();
      return;
    }
    let after = before;
    for (const event of events) {
      if (continuity(after, event) === "gap") {
        void this.attach();
        break;
      }
      after = applyEvent(after, event);
    }
    if (after === before) return;
    this.#turns.note(after);
    this.#tell({ before, after, events });
    this.#requestCommit();
  }

  #placeTurn(turn: Turn): void {
    const last = this.#turnSeqs.value.at(-1) ?? 0;
    const before = this.#turns.arrived(turn.seq) ?? null;
    if (before === null && turn.parent !== last) {
      // Another branch: only a whole new copy knows the path through it.
      if (turn.seq > last) void this.attach();
      return;
    }
    batch(() => {
      this.#turns.show(turn);
      if (before === null) this.#turnSeqs.value = [...this.#turnSeqs.value, turn.seq];
    });
    this.#tell({ before, after: turn, events: [] });
  }

  #replace(snapshot: SessionSnapshot): void {
    const shown = snapshot.turns.map((turn) => turn.seq);
    const earlier = this.#earlierThatStay(snapshot.turns[0]);
    batch(() => {
      for (const turn of snapshot.turns) this.#turns.show(turn);
      this.#turnSeqs.value = [...earlier, ...shown];
      if (earlier.length === 0) this.#hasEarlier.value = snapshot.hasEarlier;
      this.#addSiblings(snapshot.siblings, earlier.length === 0);
      this.#session.value = snapshot.session;
      this.#queue.value = snapshot.queue;
      this.#queuePause.value = snapshot.queuePause;
      this.#draft.value = snapshot.draft;
      this.#runner.value = snapshot.runner;
      this.#savedAt.value = snapshot.savedAt;
      this.#continuesAt.value = snapshot.continuesAt;
      this.#state.value = { kind: "ready" };
    });
    this.#turns.keepOnly(this.#turnSeqs.value);
  }

  /** Turns above the new copy that still lead to it: what the reader has scrolled up to is not taken away. */
  #earlierThatStay(first: Turn | undefined): readonly number[] {
    if (first === undefined) return [];
    const seqs = this.#turnSeqs.value;
    const parent = seqs.indexOf(first.parent);
    return parent < 0 ? [] : seqs.slice(0, parent + 1);
  }

  #prepend(page: TurnPage): void {
    const known = new Set(this.#turnSeqs.value);
    const turns = page.turns.filter((turn) => !known.has(turn.seq));
    for (const turn of turns) this.#turns.show(turn);
    this.#turnSeqs.value = [...turns.map((turn) => turn.seq), ...this.#turnSeqs.value];
    this.#hasEarlier.value = page.hasEarlier;
    this.#addSiblings(page.siblings, false);
  }

  #addSiblings(siblings: readonly Siblings[], isFresh: boolean): void {
    const known = new Map(isFresh ? [] : this.#siblings.value);
    for (const { parent, seqs } of siblings) known.set(parent, seqs);
    this.#siblings.value = known;
  }

  #tell(change: TurnChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
