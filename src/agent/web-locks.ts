import type { HeldLock, Locks } from "#journal/ports.ts";

/** Web Locks behind the port. The browser frees them when the worker dies, which is the proof that recovery needs. */
export function webLocks(manager: LockManager): Locks {
  function hold(name: string, options: LockOptions): Promise<HeldLock | null> {
    return new Promise((resolve, reject) => {
      manager
        .request(name, options, (lock) => {
          if (lock === null) {
            resolve(null);
            return undefined;
          }
          return new Promise<void>((free) => {
            resolve({ release: () => free() });
          });
        })
        .catch(reject);
    });
  }

  /**
   * Requests that were given up and may still stand in line. WebKitGTK 2.50 takes them out some time after the signal, and
   * until then says of a free lock that it is not available (measured): a message would wait behind its own tab.
   */
  const leaving = new Set<Promise<unknown>>();

  return {
    async tryAcquire(name) {
      await Promise.all(leaving);
      return hold(name, { ifAvailable: true });
    },
    async wait(name, signal) {
      const asked = hold(name, { signal });
      let isOver = false;
      const over = (): void => {
        isOver = true;
        leaving.delete(ended);
      };
      const ended = asked.then(over, over);
      // Afterwards the signal means nothing any more: nobody stands in line.
      signal.addEventListener("abort", () => void (isOver || leaving.add(ended)), { once: true });
      const held = await asked;
      if (held === null) throw new Error("A lock that was waited for cannot be missing.");
      return held;
    },
    async steal(name) {
      const held = await hold(name, { steal: true });
      if (held === null) throw new Error("A lock that was stolen cannot be missing.");
      return held;
    },
    async heldNames() {
      const { held } = await manager.query();
      return new Set((held ?? []).flatMap((lock) => (lock.name === undefined ? [] : [lock.name])));
    },
  };
}
