import type { Channel } from "./endpoint.ts";

interface MemoryEnd extends Channel {
  deliver(message: unknown): void;
}

function memoryEnd(): MemoryEnd & { peer: MemoryEnd | null } {
  let receive: ((message: unknown) => void) | null = null;
  const early: unknown[] = [];
  return {
    peer: null,
    post(message) {
      const copy: unknown = structuredClone(message);
      const { peer } = this;
      queueMicrotask(() => {
        peer?.deliver(copy);
      });
    },
    listen(listener) {
      receive = listener;
      for (const message of early.splice(0)) listener(message);
    },
    deliver(message) {
      if (receive === null) early.push(message);
      else receive(message);
    },
    close() {
      this.peer = null;
      receive = null;
    },
  };
}

/** The two ends of a channel in memory: copies like a port does, delivers in order and never in the same task. */
export function memoryChannel(): { readonly page: Channel; readonly worker: Channel } {
  const page = memoryEnd();
  const worker = memoryEnd();
  page.peer = worker;
  worker.peer = page;
  return { page, worker };
}
