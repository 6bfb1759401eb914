import { signal } from "@preact/signals";

import type { SessionId } from "#domain/ids.ts";
import type { CommandReply } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import type { Route, UiPorts } from "#ui/ports.ts";

import { type AgentClient, createAgentClient } from "./agent-client.ts";
import { type ErrorLog, watchErrors } from "./error-log.ts";
import { afterDiscard, createFarewellNote, type FarewellNote } from "./farewell-note.ts";
import { watchInstallPrompt } from "./install-prompt.ts";
import { keepDrafts } from "./kept-drafts.ts";
import { countHeldRuns, markTabOpen, readOpenTabs } from "./open-tabs.ts";
import { createOpenings, type Openings } from "./openings.ts";
import { createOutbox } from "./outbox.ts";
import { type PageLifecycle, watchPageLifecycle } from "./page-lifecycle.ts";
import { createPersistenceRequest } from "./persistence-permission.ts";
import { resendWaiting } from "./resend.ts";
import { createRouter } from "./router.ts";
import { openTabMemory, tabName } from "./tab-memory.ts";
import type { PlainPorts } from "./error-boundary.tsx";
import { LastWords } from "./last-words.ts";
import { createUpdates, type Updates } from "./updates.ts";
import { startAgentWorker } from "./worker-channel.ts";

/** A page that lives this long after the start did not die of what it opened. */
const OPENED_MS = 5_000;

export interface Shell {
  readonly ports: UiPorts;
  readonly plainPorts: PlainPorts;
  readonly openings: Openings;
  readonly errors: ErrorLog;
  /** Where the worker's events go from now on; those that came before are told first. */
  tell(listener: (event: WorkerEvent) => void): void;
  /**
   * Begins with what an earlier life of the page left unsent. `refresh` reads anew what is on screen: now, if that made a
   * draft, and whenever the page comes back after events may have passed it by.
   */
  begin(refresh: () => void): void;
}

/**
 * Starts everything around the interface, the agent first: its worker loads while the page is drawn. Resolves when the
 * interface can be; nothing in it waits for the worker.
 */
export async function startShell(): Promise<Shell> {
  const errors = watchErrors(window, (message, cause) => console.error(message, cause ?? ""));
  const events = eventGate();
  const storage = openLocalStorage(errors);
  const farewell = createFarewellNote(storage, Date.now, errors.report);
  const { agent, updates, lifecycle, isReadOnly } = startAgent(events.pass, storage, farewell, errors);
  const memory = openTabMemory(() => sessionStorage, errors.report);
  const outbox = await openOutbox(storage, tabName(memory, unique), errors);
  const drafts = keepDrafts(agent.call, storage, errors.report);
  const router = createRouter({ window, location, history, memory });
  const openings = watchOpenings(createOpenings(memory, Date.now), lifecycle);
  followUpdates(updates, lifecycle, errors);
  const ports: UiPorts = {
    call: drafts.call,
    route: router.route,
    navigate: router.navigate,
    href: router.href,
    isOnline: lifecycle.isOnline,
    agentState: agent.state,
    agentKind: agent.kind,
    update: updates.state,
    applyUpdate: updates.apply,
    isReadOnly,
    isVisible: lifecycle.isVisible,
    onHide: lifecycle.onHide,
    outbox,
    tabMemory: memory,
    unique,
    now: Date.now,
    installPrompt: watchInstallPrompt(window).prompt,
    requestPersistence: createPersistenceRequest(navigator.storage, errors.report),
    testDurability: async (tell) => (await import("./durability-test.ts")).testDurability(unique, tell),
  };
  return {
    ports,
    plainPorts: { call: agent.call, reload: () => location.reload(), sessionId: () => sessionOf(router.route.peek()) },
    openings,
    errors,
    tell: events.open,
    begin(refresh) {
      followReturns(lifecycle, agent, refresh);
      const given = [resendWaiting({ outbox, call: agent.call, unique, log: errors.report }), drafts.giveAgain()];
      void Promise.all(given).then((hasDrafts) => {
        if (hasDrafts.includes(true)) refresh();
      });
    },
  };
}

/** The agent, and those who have a say in its life: updates, and the page's own. */
function startAgent(
  pass: (event: WorkerEvent) => void,
  storage: Storage | null,
  farewell: FarewellNote,
  errors: ErrorLog,
) {
  const isReadOnly = signal(false);
  const words = new LastWords();
  const isVisible = (): boolean => document.visibilityState === "visible";
  const agent = createAgentClient({
    startWorker: () => startAgentWorker({ storage, unique }),
    isVisible,
    lastWords: () => words.current,
    onEvent: (event) => {
      words.note(event);
      if (event.type === "worker-wanted") lend(event);
      if (event.type === "storage-trouble") isReadOnly.value = event.isReadOnly;
      pass(event);
    },
    onOtherVersion: () => {
      isReadOnly.value = true;
      updates.isOutdated();
    },
    lastFarewell: afterDiscard(farewell.last, document, Date.now()),
    log: (message) => errors.report(message, null),
  });
  let endLent = (): void => undefined;
  const lend = ({ id, address }: { readonly id: string; readonly address: string }): void => {
    import("./lend-worker.ts").then(
      ({ lendWorker, endLentWorkers }) => {
        endLent = endLentWorkers;
        lendWorker(id, address);
      },
      (cause: unknown) => errors.report("A worker could not be lent to the agent.", cause),
    );
  };
  agent.state.subscribe((state) => {
    if (state !== "ready") endLent();
  });
  agent.start();
  const updates = createUpdates({
    countActiveRuns: () => countActiveRuns(agent),
    isVisible,
    flush: () => agent.call("flush", { cause: "update" }),
    reload: () => location.reload(),
  });
  const lifecycle = watchPageLifecycle({
    page: { window, document, navigator },
    flush: (cause) => {
      farewell.leave(cause, words.current);
      void agent.call("flush", { cause });
    },
    isUpdating: () => updates.state.peek().kind === "applying",
    log: errors.report,
  });
  lifecycle.onReturn(farewell.takeBack);
  return { agent, updates, lifecycle, isReadOnly };
}

function sessionOf(route: Route): SessionId | null {
  return route.kind === "session" ? route.sessionId : null;
}

/** Keeps events until somebody listens. */
function eventGate(): {
  readonly pass: (event: WorkerEvent) => void;
  readonly open: (listener: (event: WorkerEvent) => void) => void;
} {
  const early: WorkerEvent[] = [];
  let listener: ((event: WorkerEvent) => void) | null = null;
  return {
    pass(event) {
      if (listener === null) early.push(event);
      else listener(event);
    },
    open(next) {
      listener = next;
      for (const event of early.splice(0)) next(event);
    },
  };
}

/** This tab's worker knows its own; the locks tell of the other tabs. Unknown counts as a run: an update can wait, a run cannot. */
async function countActiveRuns(agent: AgentClient): Promise<number> {
  const isDown = agent.state.peek() !== "ready";
  const own: CommandReply<"count-active-runs"> | null = isDown ? null : await agent.call("count-active-runs", null);
  const held = await countHeldRuns(navigator.locks);
  return Math.max(own?.ok === true ? own.value.count : 0, held);
}

async function openOutbox(storage: Storage | null, tab: string, errors: ErrorLog): Promise<UiPorts["outbox"]> {
  const openTabs = await readOpenTabs(navigator.locks);
  markTabOpen(navigator.locks, tab);
  return createOutbox({ storage, tab, openTabs, log: errors.report });
}

function openLocalStorage(errors: ErrorLog): Storage | null {
  try {
    return localStorage;
  } catch (cause) {
    errors.report("Messages cannot be kept for a reload before they are committed.", cause);
    return null;
  }
}

/** One resume, however the page came back. */
function followReturns(lifecycle: PageLifecycle, agent: AgentClient, refresh: () => void): void {
  lifecycle.onReturn((from) => {
    agent.check();
    if (from !== "hidden") refresh();
  });
}

function watchOpenings(openings: Openings, lifecycle: PageLifecycle): Openings {
  const timer = setTimeout(openings.settled, OPENED_MS);
  lifecycle.onHide(() => {
    clearTimeout(timer);
    openings.settled();
  });
  return openings;
}

function followUpdates(updates: Updates, lifecycle: PageLifecycle, errors: ErrorLog): void {
  // A chunk of this version is no longer served: the error goes on to whoever asked for it, the prompt says what helps.
  window.addEventListener("vite:preloadError", () => updates.isOutdated());
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = async (): Promise<void> => {
    const { registerServiceWorker } = await import("./service-worker-updates.ts");
    const registered = await registerServiceWorker(updates);
    lifecycle.onReturn(() => registered.check());
  };
  const registerOnce = (): void => {
    register().catch((cause: unknown) => errors.report("The app cannot start without a network from now on.", cause));
  };
  if (document.readyState === "complete") registerOnce();
  else window.addEventListener("load", registerOnce, { once: true });
}

/** `randomUUID` exists in secure contexts only; a page from a machine in the local network is none. */
function unique(): string {
  if ("randomUUID" in crypto) return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  (crypto as Crypto).getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
