/** Runs the contract where the agent may live: in a dedicated or in a shared worker. */
import type { ContractResult } from "./run-contract.ts";

declare global {
  interface Window {
    runSecondCopyContractIn(place: "dedicated" | "shared"): Promise<ContractResult>;
  }
}

window.runSecondCopyContractIn = (place) =>
  new Promise((resolve, reject) => {
    const receive = (event: MessageEvent<ContractResult>) => resolve(event.data);
    if (place === "dedicated") {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
      worker.addEventListener("message", receive);
      worker.addEventListener("error", (event) => reject(new Error(event.message)));
    } else {
      const worker = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module" });
      worker.port.addEventListener("message", receive);
      worker.port.start();
      worker.addEventListener("error", () => reject(new Error("The shared worker failed.")));
    }
  });
