import { agentLifeLock, type PageGreeting } from "#protocol/shared-worker.ts";

import { agentWorkerUrl, unusableUrl } from "./trusted-urls.ts";
import type { WorkerLife } from "./worker-life.ts";

/** Do not change without a migration: all tabs must count in the same place. */
const GENERATION_KEY = "holdfast:agent-generation";

/** For a worker that runs already: it answers within milliseconds, unless it hangs. */
const RUNNING_HELLO_LIMIT_MS = 5_000;

export interface SharedAgentParts {
  /** localStorage, which all tabs share; null where the browser denies it. */
  readonly storage: Pick<Storage, "getItem" | "setItem"> | null;
  readonly unique: () => string;
}

/** TypeScript does not know the option yet. */
interface ExtendedOptions extends WorkerOptions {
  readonly extendedLifetime: boolean;
}

/**
 * Joins the one agent of all tabs, or starts it: a shared worker that lives on for some minutes after its last tab, so
 * that a reload does not even interrupt a run. Null where the browser has no such workers (README.md says why one that
 * dies with its last tab is no use here).
 */
export function openSharedAgent({ storage, unique }: SharedAgentParts): WorkerLife | null {
  if (!knowsExtendedLifetime()) return null;
  const generation = readGeneration(storage);
  const name = `agent-${generation}`;
  const url = agentWorkerUrl();
  const lifeLock = agentLifeLock(new URL(url, document.baseURI).href, name);
  const helloLimitMs = isHeld(lifeLock).then((isRunning) => (isRunning ? RUNNING_HELLO_LIMIT_MS : null));
  const { port } = join(url, name);
  const ended = new AbortController();
  const { signal } = ended;
  void greet(port, unique, signal);
  return {
    kind: "shared",
    channel: {
      post(message, transfer = []) {
        port.postMessage(message, transfer);
      },
      listen(receive) {
        port.addEventListener("message", (event) => receive(event.data), { signal });
        port.start();
      },
      close() {
        ended.abort();
        port.close();
      },
    },
    helloLimitMs,
    onDeath(listener) {
      port.addEventListener("messageerror", () => listener("a message could not be read"), { signal });
      // The worker says hello when it holds the lock of its life; whoever waits for that lock gets it when it is dead.
      port.addEventListener("message", () => waitForDeath(lifeLock, signal, () => listener("it ended")), {
        signal,
        once: true,
      });
    },
    giveUp() {
      // Also for one that ended by itself: for a moment the browser would still connect a page to it, and nobody answers.
      // Another tab may have counted already.
      if (readGeneration(storage) === generation) storage?.setItem(GENERATION_KEY, String(generation + 1));
      return true;
    },
  };
}

function join(url: string, name: string): SharedWorker {
  const options: ExtendedOptions = { type: "module", name, extendedLifetime: true };
  return new SharedWorker(url, options);
}

/**
 * Whether the browser reads the option, found out without starting anything: options are read before the address is
 * looked at, and this address is none.
 */
function knowsExtendedLifetime(): boolean {
  if (typeof SharedWorker === "undefined" || navigator.locks === undefined) return false;
  let isRead = false;
  const options: ExtendedOptions = {
    get extendedLifetime() {
      isRead = true;
      return true;
    },
  };
  try {
    new SharedWorker(unusableUrl(), options).port.close();
  } catch {
    // What it was made for.
  }
  return isRead;
}

/** Tells the worker by which lock it learns that this page is gone: ports do not tell (measured in Chromium 156). */
async function greet(port: MessagePort, unique: () => string, signal: AbortSignal): Promise<void> {
  const pageLock = `holdfast:page:${unique()}`;
  await new Promise<void>((held) => {
    void navigator.locks.request(pageLock, () => {
      held();
      return new Promise<void>((left) => signal.addEventListener("abort", () => left()));
    });
  });
  port.postMessage({ pageLock } satisfies PageGreeting);
}

function waitForDeath(lifeLock: string, signal: AbortSignal, died: () => void): void {
  navigator.locks.request(lifeLock, { signal }, died).catch((cause: unknown) => {
    if (!signal.aborted) console.error("The agent's end cannot be noticed.", cause);
  });
}

async function isHeld(lock: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lock);
}

function readGeneration(storage: SharedAgentParts["storage"]): number {
  const generation = Number(storage?.getItem(GENERATION_KEY));
  return Number.isSafeInteger(generation) ? generation : 0;
}
