import type { ModelMessage } from "#domain/model.ts";
import type { Locks } from "#journal/ports.ts";
import { SELF_TEST_PAUSE_MS, SELF_TEST_WORDS, selfTestWord } from "#protocol/self-test.ts";
import type { ModelRequest, Provider, StreamPart } from "#providers/provider.ts";
import { secondCopyDoor } from "#storage/database-guard.ts";
import { Database } from "#storage/database.ts";
import { createMemoryWorkspaces } from "#tools/workspace-memory.ts";

import type { Environment } from "./environment.ts";
import { settingsFrom } from "./settings.ts";

/**
 * The platform of a test of durability: the browser's own database, locks and worker, under names of the test, so that it
 * neither sees nor touches anything of the person's. Other tabs are told nothing, and there is no second copy to hide behind.
 */
export function selfTestEnvironment(env: Environment, name: string): Environment {
  const workspaces = createMemoryWorkspaces(() => env.clock.now());
  const { timers } = env;
  return {
    ...env,
    db: new Database({ name }),
    secondCopy: secondCopyDoor({
      storage: undefined,
      load: () => Promise.resolve(null),
      after: (delayMs, run) => timers.after(delayMs, run),
    }),
    locks: locksNamed(env.locks, `${name}:`),
    peers: { tell: () => undefined, listen: () => undefined, close: () => undefined },
    loadTools: () => Promise.resolve([]),
    openWorkspace: (sessionId) => Promise.resolve(workspaces.open(sessionId)),
    removeWorkspace: (sessionId) => workspaces.removeAll(sessionId),
    openProvider: () => Promise.resolve(countingProvider(env)),
    // Asked and not by itself: the test looks at what was saved before the answer goes on.
    readSettings: () => Promise.resolve(settingsFrom({ continueAfterInterruption: "ask", hasSeenIntro: true })),
    noteIntroduced: () => Promise.resolve(),
    openReserve: () => Promise.resolve(null),
  };
}

/** Counts in words, and goes on after the last one that it is shown. */
function countingProvider({ timers }: Environment): Provider {
  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<StreamPart> {
    yield { type: "text-start", id: "text" };
    for (let n = lastWord(request.messages) + 1; n <= SELF_TEST_WORDS; n++) {
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => timers.after(SELF_TEST_PAUSE_MS, resolve));
      signal.throwIfAborted();
      yield { type: "text-delta", id: "text", text: `${selfTestWord(n)} ` };
    }
    yield { type: "text-end", id: "text" };
    const usage = { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null };
    yield { type: "finish", reason: "stop", usage };
  }
  return { continuation: "prefill", stream };
}

function lastWord(messages: readonly ModelMessage[]): number {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return 0;
  const text = last.content.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
  return Number(/(\d+)\s*$/.exec(text)?.[1] ?? 0);
}

function locksNamed(locks: Locks, prefix: string): Locks {
  return {
    tryAcquire: (name) => locks.tryAcquire(prefix + name),
    wait: (name, signal) => locks.wait(prefix + name, signal),
    steal: (name) => locks.steal(prefix + name),
    async heldNames() {
      const held = await locks.heldNames();
      return new Set([...held].flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])));
    },
  };
}
