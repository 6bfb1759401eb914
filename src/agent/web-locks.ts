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

  return {
    tryAcquire: (name) => hold(name, { ifAvailable: true }),
    async wait(name, signal) {
      const held = await hold(name, { signal });
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
