import type { Channel } from "#protocol/endpoint.ts";

import { agentWorkerUrl } from "./trusted-urls.ts";

/** One life of the worker: the channel to it, whose `close` ends it, and the news of its death. */
export interface WorkerLife {
  readonly channel: Channel;
  /** One listener. `reason` is for the log. Not called after `channel.close()`. */
  onDeath(listener: (reason: string) => void): void;
}

/** Starts the agent's worker. Throws where the browser refuses to. */
export function startAgentWorker(): WorkerLife {
  const worker = new Worker(agentWorkerUrl(), { type: "module", name: "agent" });
  const ended = new AbortController();
  const { signal } = ended;
  return {
    channel: {
      post(message, transfer = []) {
        worker.postMessage(message, transfer);
      },
      listen(receive) {
        worker.addEventListener("message", (event) => receive(event.data), { signal });
      },
      close() {
        ended.abort();
        worker.terminate();
      },
    },
    onDeath(listener) {
      // An uncaught error leaves the worker in a state that nobody can vouch for, and an unreadable message is an
      // answer that somebody waits for for ever. What is committed is safe: a new worker is the honest way on.
      worker.addEventListener("error", (event) => listener(event.message || "its script could not be loaded"), {
        signal,
      });
      worker.addEventListener("messageerror", () => listener("a message could not be read"), { signal });
    },
  };
}
