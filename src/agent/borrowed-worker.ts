import { lentWorkerChannel, type FromLentWorker, type ToLentWorker } from "#protocol/lent-worker.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import type { SideWorker } from "#tools/side-worker.ts";

/** A page that is there answers in a few ms; one that is frozen never does. */
const READY_LIMIT_MS = 2000;

/** A worker that one of the pages starts for this shared worker. Null where no page is there or none answers in time. */
export function borrowWorker(
  address: string,
  id: string,
  askOnePage: (event: WorkerEvent) => boolean,
): Promise<SideWorker | null> {
  const channel = lentWorkerChannel(id);
  const tell = (message: ToLentWorker): void => channel.postMessage(message);
  let receive: (message: unknown) => void = () => undefined;
  let failed: (reason: string) => void = () => undefined;
  return new Promise((resolve) => {
    const giveUp = (): void => {
      // It may come up after all.
      tell({ kind: "end" });
      channel.close();
      resolve(null);
    };
    const timer = setTimeout(giveUp, READY_LIMIT_MS);
    channel.addEventListener("message", ({ data }: MessageEvent<FromLentWorker>) => {
      switch (data.kind) {
        case "ready":
          clearTimeout(timer);
          resolve({
            post: (message) => tell({ kind: "message", message }),
            listen(onMessage, onFailure) {
              receive = onMessage;
              failed = onFailure;
            },
            end() {
              tell({ kind: "end" });
              channel.close();
            },
          });
          return;
        case "message":
          receive(data.message);
          return;
        case "failed":
          failed(data.reason);
      }
    });
    if (askOnePage({ type: "worker-wanted", id, address })) return;
    clearTimeout(timer);
    channel.close();
    resolve(null);
  });
}
