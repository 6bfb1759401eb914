import type { ReadonlySignal } from "@preact/signals";
import { batch, computed, effect, signal, untracked } from "@preact/signals";

import type { SessionId } from "#domain/ids.ts";
import type { Connection } from "#domain/model.ts";
import type { CommandInput, CommandName, CommandResult, Settings } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";

import type { PageTimers } from "./commit-clock.ts";
import { browserTimers, CommitClock } from "./commit-clock.ts";
import { ListView } from "./list-view.ts";
import type { UiPorts } from "./ports.ts";
import { SessionView } from "./session-view.ts";
import { Toasts } from "./toasts.ts";

/** Sessions kept in memory after the reader left them, so that going back shows them at once. */
const REMEMBERED_SESSIONS = 4;

export interface StorageTrouble {
  readonly message: string;
  readonly isReadOnly: boolean;
  /** What is written is saved all the same. */
  readonly isSaving: boolean;
}

/** What a granted command gives. `true` stands for nothing, so that it cannot be taken for a refusal. */
export type Granted<Name extends CommandName> = CommandResult<Name> extends null ? true : CommandResult<Name>;

/**
 * Everything that the interface shows, as signals. Fed by `receive`; asks by commands. Keyed by session: what is told
 * about one session never changes what is shown of another.
 */
export class ViewState {
  readonly #ports: UiPorts;
  readonly #clock: CommitClock;
  readonly #open = signal<SessionView | null>(null);
  readonly #remembered: SessionView[] = [];
  readonly #settings = signal<Settings | null>(null);
  readonly #connections = signal<readonly Connection[]>([]);
  readonly #storageTrouble = signal<StorageTrouble | null>(null);
  readonly #recovered = signal<readonly SessionId[]>([]);
  readonly #restored = signal<string | null>(null);
  readonly #ends: (() => void)[] = [];

  readonly list: ListView;
  readonly toasts: Toasts;
  /** The session on screen; null on pages without one. */
  readonly open: ReadonlySignal<SessionView | null> = this.#open;
  /** Null until the worker has told them. */
  readonly settings: ReadonlySignal<Settings | null> = this.#settings;
  readonly connections: ReadonlySignal<readonly Connection[]> = this.#connections;
  readonly storageTrouble: ReadonlySignal<StorageTrouble | null> = this.#storageTrouble;
  /** Sessions with runs that were found interrupted at start, until somebody looks at them. */
  readonly recovered: ReadonlySignal<readonly SessionId[]> = this.#recovered;
  /** What came back from the second copy, in sentences, until the person has read it. */
  readonly restored: ReadonlySignal<string | null> = this.#restored;
  /** What `data-run` on the root element says. */
  readonly isRunning: ReadonlySignal<boolean> = computed(() => this.#open.value?.isRunning.value ?? false);

  constructor(ports: UiPorts, timers: PageTimers = browserTimers) {
    this.#ports = ports;
    this.list = new ListView(ports);
    this.toasts = new Toasts(timers);
    this.#clock = new CommitClock(
      () => this.#open.peek()?.commit(),
      timers,
      () => ports.isVisible.peek(),
    );
    this.#ends.push(
      ports.onHide(() => {
        this.#clock.flush();
      }),
      this.#followAgent(),
    );
  }

  /** Takes what the worker tells, in its order. */
  receive(event: WorkerEvent): void {
    switch (event.type) {
      case "run-events":
      case "turn-changed":
      case "queue-changed":
      case "draft-changed":
      case "runner-changed":
      case "saved":
      case "files-changed":
        this.#viewOf(event.sessionId)?.receive(event);
        return;
      case "snapshot":
        this.#viewOf(event.snapshot.sessionId)?.receiveSnapshot(event.snapshot);
        return;
      case "session-changed":
        this.#viewOf(event.session.id)?.receiveSession(event.session);
        return;
      case "list-changed":
        this.list.receive(event.rows, event.removed);
        return;
      case "settings-changed":
        this.#settings.value = event.settings;
        return;
      case "connections-changed":
        this.#connections.value = event.connections;
        return;
      case "restored":
        this.#restored.value = event.message;
        return;
      // Done by the shell.
      case "worker-wanted":
        return;
      case "recovered":
        this.#recovered.value = [...new Set([...this.#recovered.value, ...event.sessionIds])];
        return;
      case "storage-trouble":
        this.#storageTrouble.value =
          event.message === null
            ? null
            : { message: event.message, isReadOnly: event.isReadOnly, isSaving: event.isSaving };
    }
  }

  /** Shows a session and watches it. What was seen of it before is shown until its snapshot is there. */
  openSession(sessionId: SessionId): SessionView {
    const current = this.#open.peek();
    if (current?.sessionId === sessionId) return current;
    this.#clock.flush();
    const view =
      this.#remembered.find((known) => known.sessionId === sessionId) ??
      new SessionView(sessionId, this.#ports, () => {
        this.#clock.request();
      });
    this.#remember(view);
    batch(() => {
      this.#open.value = view;
      this.#recovered.value = this.#recovered.value.filter((id) => id !== sessionId);
    });
    void view.attach();
    return view;
  }

  /** Leaves the session on screen, for a page without one. Its run goes on. */
  closeSession(): void {
    const current = this.#open.peek();
    if (current === null) return;
    this.#open.value = null;
    void this.#ports.call("detach-session", { sessionId: current.sessionId });
  }

  /** Lets go of a session that is gone. */
  forgetSession(sessionId: SessionId): void {
    const index = this.#remembered.findIndex((known) => known.sessionId === sessionId);
    if (index >= 0) this.#remembered.splice(index, 1);
  }

  dismissRestored(): void {
    this.#restored.value = null;
  }

  dismissRecovered(): void {
    this.#recovered.value = [];
  }

  /** A command whose refusal the person reads as a notice. Null: refused; true: done, where there is nothing to tell. */
  async ask<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Granted<Name> | null> {
    const reply = await this.#ports.call(name, input);
    if (reply.ok) return (reply.value ?? true) as Granted<Name>;
    this.toasts.show(reply.refusal.message, { tone: "problem" });
    return null;
  }

  /** Changes settings; what is shown follows when they are committed. */
  async changeSettings(patch: Partial<Settings>): Promise<void> {
    const settings = await this.ask("change-setting", { patch });
    if (settings !== null) this.#settings.value = settings;
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  #viewOf(sessionId: SessionId): SessionView | null {
    const view = this.#open.peek();
    return view?.sessionId === sessionId ? view : null;
  }

  #remember(view: SessionView): void {
    this.forgetSession(view.sessionId);
    this.#remembered.unshift(view);
    this.#remembered.length = Math.min(this.#remembered.length, REMEMBERED_SESSIONS);
  }

  /** Reads everything whenever the agent becomes ready: at the start, and after it died and was started again. */
  #followAgent(): () => void {
    return effect(() => {
      if (this.#ports.agentState.value !== "ready") return;
      untracked(() => {
        const view = this.#open.peek();
        if (view !== null && !view.isAttaching) void view.attach();
        void this.list.read();
        void this.#readSettings();
      });
    });
  }

  async #readSettings(): Promise<void> {
    const [settings, connections] = await Promise.all([
      this.#ports.call("read-settings", null),
      this.#ports.call("list-connections", null),
    ]);
    batch(() => {
      if (settings.ok) this.#settings.value = settings.value;
      if (connections.ok) this.#connections.value = connections.value;
    });
  }
}
