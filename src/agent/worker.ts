import type { Channel } from "#protocol/endpoint.ts";

import { browserEnvironment } from "./browser-environment.ts";
import { AgentHost } from "./host.ts";
import { connectPages } from "./shared-pages.ts";

declare const self: DedicatedWorkerGlobalScope | SharedWorkerGlobalScope;

/** The one page of a dedicated worker. */
function onlyPage(scope: DedicatedWorkerGlobalScope): Channel {
  return {
    post(message, transfer) {
      scope.postMessage(message, transfer ?? []);
    },
    listen(receive) {
      scope.addEventListener("message", (event: MessageEvent) => {
        receive(event.data);
      });
    },
    close() {
      scope.close();
    },
  };
}

/** One script for both kinds: what is loaded once serves whichever of the two the browser has. */
const host = new AgentHost(browserEnvironment(self));
if ("onconnect" in self) connectPages(self, host);
else {
  host.connect(onlyPage(self));
  host.start();
}
