import type { Channel } from "#protocol/endpoint.ts";
import { agentLifeLock, type PageGreeting } from "#protocol/shared-worker.ts";

import type { AgentHost } from "./host.ts";

/**
 * The pages of a shared worker: each connects by a port and is let go when its lock is free, which is when it is closed,
 * reloaded or dead. A page is answered once this worker holds the lock of its own life, so that no page waits for the
 * end of a worker that has none.
 */
export function connectPages(scope: SharedWorkerGlobalScope, host: AgentHost): void {
  const { locks } = scope.navigator;
  const isAlive = new Promise<void>((held) => {
    void locks.request(agentLifeLock(scope.location.href, scope.name), () => {
      held();
      return new Promise<never>(() => {});
    });
  });
  // Synchronously: a page that connects while this script runs is told only to listeners that are there when it ends.
  scope.addEventListener("connect", ({ ports: [port] }) => {
    if (port === undefined) return;
    port.addEventListener("message", ({ data }: MessageEvent<PageGreeting>) => void welcome(port, data), {
      once: true,
    });
    port.start();
  });
  // As in a dedicated worker: nobody can vouch for the state that an uncaught error leaves. Pages start the next one.
  scope.addEventListener("error", () => scope.close());
  void isAlive.then(() => host.start());

  async function welcome(port: MessagePort, { pageLock }: PageGreeting): Promise<void> {
    await isAlive;
    const letGo = host.connect(portChannel(port));
    await locks.request(pageLock, letGo);
  }
}

function portChannel(port: MessagePort): Channel {
  return {
    post(message, transfer) {
      port.postMessage(message, transfer ?? []);
    },
    listen(receive) {
      port.addEventListener("message", (event: MessageEvent) => {
        receive(event.data);
      });
    },
    close() {
      port.close();
    },
  };
}
