import { signal } from "@preact/signals";

import type { CommandName, CommandReply } from "#protocol/commands.ts";
import type { OutboxMessage, Route, UiPorts } from "#ui/ports.ts";

/** A command as the page asked it. */
export interface Asked {
  readonly name: CommandName;
  readonly input: unknown;
}

export interface FakePorts extends UiPorts {
  /** Everything that was asked, in order. */
  readonly asked: readonly Asked[];
  readonly kept: readonly OutboxMessage[];
  /** Set what the shell would. */
  readonly set: {
    route(route: Route): void;
    isVisible(isVisible: boolean): void;
    agentState(state: "starting" | "ready" | "restarting"): void;
  };
  /** Calls what was given to `onHide`. */
  hide(): void;
}

/** Answers a command: a value, or undefined for what the test does not care about. */
export type FakeAnswer = (name: CommandName, input: unknown) => unknown;

/** The shell's side of the interface in memory: answers come from the test, nothing touches a browser. */
export function pagePorts(answer: FakeAnswer, options: { readonly now?: () => number } = {}): FakePorts {
  const asked: Asked[] = [];
  const kept: OutboxMessage[] = [];
  const notes = new Map<string, string>();
  const flushes = new Set<() => void>();
  const route = signal<Route>({ kind: "new", text: null });
  const isVisible = signal(true);
  const agentState = signal<"starting" | "ready" | "restarting">("ready");
  let lastId = 0;
  return {
    asked,
    kept,
    async call(name, input) {
      asked.push({ name, input });
      const value = await answer(name, input);
      // The test says what each command gives.
      return value instanceof Refused
        ? { ok: false, refusal: value.refusal }
        : ({ ok: true, value: value ?? null } as CommandReply<typeof name>);
    },
    route,
    navigate(to) {
      route.value = to;
    },
    href: (to) => (to.kind === "session" ? `#/s/${to.sessionId}?turn=${String(to.turnSeq)}` : `#/${to.kind}`),
    isOnline: signal(true),
    agentState,
    agentKind: signal("dedicated"),
    update: signal({ kind: "none" }),
    applyUpdate: () => undefined,
    isReadOnly: signal(false),
    isVisible,
    onHide(flush) {
      flushes.add(flush);
      return () => flushes.delete(flush);
    },
    outbox: {
      put: (message) => kept.push(message),
      remove(turnId) {
        const index = kept.findIndex((message) => message.message.turnId === turnId);
        if (index >= 0) kept.splice(index, 1);
      },
      waiting: () => kept,
    },
    tabMemory: {
      read: (key) => notes.get(key) ?? null,
      write: (key, text) => void notes.set(key, text),
    },
    unique: () => `id-${String(++lastId)}`,
    now: options.now ?? (() => 0),
    installPrompt: signal(null),
    requestPersistence: () => undefined,
    testDurability: () => Promise.resolve(true),
    set: {
      route: (to) => void (route.value = to),
      isVisible: (value) => void (isVisible.value = value),
      agentState: (state) => void (agentState.value = state),
    },
    hide() {
      for (const flush of flushes) flush();
    },
  };
}

/** Return it from an answer to refuse. */
export class Refused {
  readonly refusal: {
    readonly reason: "busy" | "agent-died" | "not-found" | "storage-failed";
    readonly message: string;
  };
  constructor(reason: Refused["refusal"]["reason"], message: string) {
    this.refusal = { reason, message };
  }
}
