import type { Channel } from "#protocol/endpoint.ts";
import { SELF_TEST_NAME } from "#protocol/self-test.ts";

import { browserEnvironment } from "./browser-environment.ts";
import type { Environment } from "./environment.ts";
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
const environment = browserEnvironment(self);
if ("onconnect" in self) connectPages(self, new AgentHost(environment));
else if (self.name.startsWith(SELF_TEST_NAME)) void serveSelfTest(self);
else serve(environment, self);

function serve(env: Environment, scope: DedicatedWorkerGlobalScope): void {
  const host = new AgentHost(env);
  host.connect(onlyPage(scope));
  host.start();
}

async function serveSelfTest(scope: DedicatedWorkerGlobalScope): Promise<void> {
  const { selfTestEnvironment } = await import("./self-test.ts");
  serve(selfTestEnvironment(environment, scope.name), scope);
}
