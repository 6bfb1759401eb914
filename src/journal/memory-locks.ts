import type { HeldLock, Locks } from "./ports.ts";

/** The in-memory twin of Web Locks: several workers in one process share one instance. First come, first served. */
export function memoryLocks(): Locks {
  const lines = new Map<string, (() => void)[]>();
  const holders = new Map<string, HeldLock>();

  function hold(name: string): HeldLock {
    const held: HeldLock = {
      release() {
        // Released before, or stolen.
        if (holders.get(name) !== held) return;
        holders.delete(name);
        const next = lines.get(name)?.shift();
        if (next === undefined) lines.delete(name);
        else next();
      },
    };
    holders.set(name, held);
    return held;
  }

  return {
    tryAcquire(name) {
      if (lines.has(name)) return Promise.resolve(null);
      lines.set(name, []);
      return Promise.resolve(hold(name));
    },
    wait(name, signal) {
      signal.throwIfAborted();
      const line = lines.get(name);
      if (line === undefined) {
        lines.set(name, []);
        return Promise.resolve(hold(name));
      }
      return new Promise((resolve, reject) => {
        const enter = () => {
          signal.removeEventListener("abort", leave);
          resolve(hold(name));
        };
        const leave = () => {
          line.splice(line.indexOf(enter), 1);
          reject(signal.reason as Error);
        };
        line.push(enter);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    steal(name) {
      const line = lines.get(name) ?? [];
      lines.set(name, line);
      return Promise.resolve(hold(name));
    },
    heldNames() {
      return Promise.resolve(new Set(lines.keys()));
    },
  };
}
