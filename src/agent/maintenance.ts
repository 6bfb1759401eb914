import { isAnythingRunning } from "#journal/lease.ts";
import { collectBlobs } from "#storage/blob-store.ts";
import { verifyIndex } from "#storage/index-repair.ts";
import { purgeDeleted } from "#storage/session-deletion.ts";

import type { Environment } from "./environment.ts";
import { checkSecondCopy } from "./second-copy-answers.ts";
import { keepReserve } from "./space-keeper.ts";

/** After start: late enough that it never competes with the first screen or with recovery. */
const BEGIN_AFTER_MS = 30_000;
const AGAIN_AFTER_MS = 5 * 60_000;
/** How long a deleted session can be brought back. */
const TRASH_MS = 30 * 24 * 3_600_000;
/** A blob may be older than the record that refers to it by the time it takes to write a message. */
const UNREFERENCED_MS = 24 * 3_600_000;
/** One tab does it at a time. */
const LOCK_NAME = "holdfast:maintenance";

/**
 * Housekeeping: index rows that differ from their sessions, sessions whose time in the trash is over, blobs that nothing
 * refers to. Only while no session runs anywhere, once per start; what fails is tried again later and stops nothing.
 * Beside it the reserve of space is kept. `failed` hears null when nothing is wrong any more.
 */
export function scheduleMaintenance(env: Environment, failed: (cause: unknown) => void): void {
  function later(delayMs: number): void {
    env.timers.after(delayMs, () => {
      maintain(env).then(
        (isDone) => {
          if (!isDone) later(AGAIN_AFTER_MS);
        },
        (cause: unknown) => {
          failed(cause);
          later(AGAIN_AFTER_MS);
        },
      );
    });
  }
  later(BEGIN_AFTER_MS);
  // Without a reserve all works as before; the next start tries again.
  keepReserve(env, () => failed(null)).catch((cause: unknown) => console.warn("There is no reserve of space.", cause));
}

async function maintain(env: Environment): Promise<boolean> {
  if (await isAnythingRunning(env.locks)) return false;
  const lock = await env.locks.tryAcquire(LOCK_NAME);
  if (lock === null) return true;
  try {
    const now = env.clock.now();
    await verifyIndex(env.db);
    for (const sessionId of await purgeDeleted(env.db, now - TRASH_MS)) {
      // oxlint-disable-next-line no-await-in-loop
      await env.removeWorkspace(sessionId);
    }
    await collectBlobs(env.db, now - UNREFERENCED_MS);
    await checkSecondCopy(env);
    return true;
  } finally {
    lock.release();
  }
}
