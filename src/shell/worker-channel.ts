import { agentWorkerUrl } from "./trusted-urls.ts";
import { openSharedAgent, type SharedAgentParts } from "./shared-agent.ts";
import type { WorkerLife } from "./worker-life.ts";

/** Starts the agent's worker, or joins the one that runs. Throws where the browser refuses to. */
export function startAgentWorker(parts: SharedAgentParts): WorkerLife {
  return openSharedAgent(parts) ?? startDedicatedAgent();
}

function startDedicatedAgent(): WorkerLife {
  const worker = new Worker(agentWorkerUrl(), { type: "module", name: "agent" });
  const ended = new AbortController();
  const { signal } = ended;
  return {
    kind: "dedicated",
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
    helloLimitMs: Promise.resolve(null),
    onDeath(listener) {
      // An uncaught error leaves the worker in a state that nobody can vouch for, and an unreadable message is an
      // answer that somebody waits for for ever. What is committed is safe: a new worker is the honest way on.
      worker.addEventListener("error", (event) => listener(event.message || "its script could not be loaded"), {
        signal,
      });
      worker.addEventListener("messageerror", () => listener("a message could not be read"), { signal });
    },
    giveUp: () => false,
  };
}
