import type { Channel } from "#protocol/endpoint.ts";

import { browserEnvironment } from "./browser-environment.ts";
import { AgentHost } from "./host.ts";

declare const self: DedicatedWorkerGlobalScope;

/** The one page of a dedicated worker. */
const page: Channel = {
  post(message, transfer) {
    self.postMessage(message, transfer ?? []);
  },
  listen(receive) {
    self.addEventListener("message", (event: MessageEvent) => {
      receive(event.data);
    });
  },
  close() {
    self.close();
  },
};

const host = new AgentHost(browserEnvironment(self));
host.connect(page);
host.start();
