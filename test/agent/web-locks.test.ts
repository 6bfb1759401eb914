import { expect, test } from "vitest";

import { webLocks } from "#agent/web-locks.ts";

/** A lock manager that, like WebKitGTK 2.50, takes a request that was given up out of its line some time later. */
function slowManager() {
  let inLine = 0;
  const request = (_name: string, options: LockOptions, granted: (lock: object | null) => unknown) => {
    if (options.ifAvailable === true) return Promise.resolve(granted(inLine === 0 ? {} : null));
    inLine += 1;
    return new Promise((_, reject) => {
      options.signal?.addEventListener("abort", () => {
        setTimeout(() => {
          inLine -= 1;
          reject(new DOMException("given up", "AbortError"));
        });
      });
    });
  };
  return { request } as unknown as LockManager;
}

test("[P1] a lock is had right after the place in its line was given up, also where the browser is slow to see that", async () => {
  const locks = webLocks(slowManager());
  const line = new AbortController();
  const waited = locks.wait("run", line.signal).catch((cause: unknown) => cause);
  line.abort();
  expect(await locks.tryAcquire("run")).not.toBeNull();
  expect(await waited).toBeInstanceOf(DOMException);
});
