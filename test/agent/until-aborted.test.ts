import { expect, test } from "vitest";

import { untilAborted } from "#agent/until-aborted.ts";

test("[Z3] work that was begun after the stop and fails by it is heard: nothing is left to fail unhandled", async () => {
  const unheard: unknown[] = [];
  const listen = (reason: unknown): void => void unheard.push(reason);
  process.on("unhandledRejection", listen);
  try {
    const reason = new DOMException("Stopped", "AbortError");
    await expect(untilAborted(Promise.reject(reason), AbortSignal.abort(reason))).rejects.toBe(reason);
    // Node tells of unheard rejections after the microtasks of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unheard).toEqual([]);
  } finally {
    process.off("unhandledRejection", listen);
  }
});
