import type { Network } from "./loop.ts";

/** How often to look again where the browser sends no event: hidden pages and some phones. */
const LOOK_AGAIN_MS = 5000;

/** The device's own word on the network. Its "offline" is believed; its "online" only means that trying makes sense. */
export function deviceNetwork(scope: WorkerGlobalScope): Network {
  return {
    isOffline: () => !scope.navigator.onLine,
    waitUntilOnline: (signal) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (scope.navigator.onLine) finish(resolve);
        };
        const abandon = () => {
          finish(() => {
            reject(signal.reason as Error);
          });
        };
        const timer = setInterval(look, LOOK_AGAIN_MS);
        function finish(then: () => void): void {
          clearInterval(timer);
          scope.removeEventListener("online", look);
          signal.removeEventListener("abort", abandon);
          then();
        }
        scope.addEventListener("online", look);
        signal.addEventListener("abort", abandon);
        if (signal.aborted) abandon();
        else look();
      }),
  };
}
