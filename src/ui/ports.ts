import type { ReadonlySignal } from "@preact/signals";

import type { SessionId, TurnId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { NewMessage } from "#protocol/commands.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";

/** What the address bar says. Which session a tab shows is part of it, so that a reload opens the same one. */
export type Route =
  /** `#/s/<id>`, with `?turn=n` to jump to a turn. */
  | { readonly kind: "session"; readonly sessionId: SessionId; readonly turnSeq: number | null }
  /** `#/`: the page mints an id and goes on there when something is typed or sent. `text` fills an untouched composer (`#/try?text=…`). */
  | { readonly kind: "new"; readonly text: string | null }
  /** `#/settings`, `#/settings/<section>`. */
  | { readonly kind: "settings"; readonly section: string | null }
  /** `#/connect`. */
  | { readonly kind: "connect" };

export type UpdateState =
  | { readonly kind: "none" }
  /** A new version waits. It is applied by consent and never while a run is active. */
  | { readonly kind: "ready"; readonly blockedByRuns: boolean }
  | { readonly kind: "applying" };

/** A message between Enter and its commit. `editsTurnSeq` null: a new message, else an edit of that turn's message. */
export interface OutboxMessage {
  readonly sessionId: SessionId;
  readonly message: NewMessage;
  readonly model: ModelRef | null;
  readonly editsTurnSeq: number | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Keeps a message from Enter until the worker says that it is committed. Synchronous, and outlives a reload: without it
 * a reload within milliseconds of Enter would lose what was typed.
 */
export interface Outbox {
  put(message: OutboxMessage): void;
  remove(turnId: TurnId): void;
  /** What was left by an earlier life of this tab, oldest first. Sending a turn id twice is refused, so it is safe to send them again. */
  waiting(): readonly OutboxMessage[];
}

/**
 * Small notes of this tab that outlive its reload: where the reader was in a session. Synchronous, and allowed to
 * forget; nothing that matters is kept only here. The keys of src/ui begin with `ui.`.
 */
export interface TabMemory {
  read(key: string): string | null;
  write(key: string, text: string): void;
}

/** One step of a test of durability, when it has ended. */
export interface DurabilityStep {
  readonly isOk: boolean;
  /** What was done and found, in a sentence or two. */
  readonly words: string;
  readonly ms: number;
}

/**
 * What the shell gives the interface. Nothing else of the browser's life cycle, storage or address bar is touched
 * by src/ui: each lifecycle event has one listener in the whole app, and it is the shell's.
 */
export interface UiPorts {
  /** Never rejects; see PageEndpoint. Answers even while the worker restarts (it waits, or says `agent-died`). */
  readonly call: PageEndpoint["call"];
  readonly route: ReadonlySignal<Route>;
  navigate(route: Route, options?: { readonly replace?: boolean }): void;
  /** The address of a route, for a real link. */
  href(route: Route): string;
  readonly isOnline: ReadonlySignal<boolean>;
  /**
   * Goes to `restarting` when the worker died; when it is `ready` again the view attaches anew. `failed`: it died again
   * and again; calls are refused at once, and it is still tried now and then.
   */
  readonly agentState: ReadonlySignal<"starting" | "ready" | "restarting" | "failed">;
  /** `shared`: the agent is one for all tabs and outlives the page; `dedicated`: it ends with it. Null: not started. */
  readonly agentKind: ReadonlySignal<"shared" | "dedicated" | null>;
  readonly update: ReadonlySignal<UpdateState>;
  applyUpdate(): void;
  /** A tab with a newer version has taken the database over: reading only. */
  readonly isReadOnly: ReadonlySignal<boolean>;
  /** False while the page is hidden: nothing needs to be drawn. */
  readonly isVisible: ReadonlySignal<boolean>;
  /**
   * `flush` is called synchronously on visibilitychange to hidden, pagehide, freeze and beforeunload: it may post
   * commands but must not wait. Returns the removal.
   */
  onHide(flush: () => void): () => void;
  readonly outbox: Outbox;
  readonly tabMemory: TabMemory;
  /** A new unique string, for ids. */
  unique(): string;
  /** Epoch milliseconds. */
  now(): number;
  /** Non-null while the browser offers to install the app. */
  readonly installPrompt: ReadonlySignal<(() => Promise<void>) | null>;
  /** Asks the browser to keep the storage; called from a click, after the first saved message. Asks once. */
  requestPersistence(): void;
  /**
   * Kills a worker of its own in mid-answer, on a database of its own, and compares what comes back; tells each step.
   * Resolves with whether all held, never rejects, and leaves nothing behind.
   */
  testDurability(tell: (step: DurabilityStep) => void): Promise<boolean>;
}
