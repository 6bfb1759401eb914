import { lentWorkerChannel, type FromLentWorker, type ToLentWorker } from "#protocol/lent-worker.ts";

import { ownScriptUrl } from "./trusted-urls.ts";

const lent = new Set<() => void>();

/** Starts a worker for the shared agent and passes on what they say to each other. The page ends it when it is told to. */
export function lendWorker(id: string, address: string): void {
  const channel = lentWorkerChannel(id);
  const tell = (message: FromLentWorker): void => channel.postMessage(message);
  let worker: Worker;
  try {
    worker = new Worker(ownScriptUrl(address), { type: "module", name: id });
  } catch (cause) {
    tell({ kind: "failed", reason: String(cause) });
    channel.close();
    return;
  }
  const end = (): void => {
    worker.terminate();
    channel.close();
    lent.delete(end);
  };
  lent.add(end);
  worker.addEventListener("message", (event) => tell({ kind: "message", message: event.data }));
  worker.addEventListener("error", (event) => tell({ kind: "failed", reason: event.message }));
  channel.addEventListener("message", ({ data }: MessageEvent<ToLentWorker>) => {
    if (data.kind === "end") end();
    else worker.postMessage(data.message);
  });
  tell({ kind: "ready" });
}

/** The agent that borrowed them is dead: nobody else would end them. */
export function endLentWorkers(): void {
  for (const end of lent) end();
}
