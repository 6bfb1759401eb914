import type { SessionId } from "#domain/ids.ts";
import type { StorageRepair } from "#protocol/commands.ts";
import { rebuildIndex } from "#storage/index-repair.ts";
import { repairRecords } from "#storage/repair.ts";
import { findPendingSessions } from "#storage/session-store.ts";

import type { Environment } from "./environment.ts";
import type { SessionActor } from "./session-actor.ts";

/**
 * Loaded when a person asks for it. Records first, then the list that is made from them, then the runs that nobody
 * works on: each step is useful without those after it. A session that cannot be settled does not stop the others.
 */
export async function repairStorage(env: Environment, actor: (id: SessionId) => SessionActor): Promise<StorageRepair> {
  const records = await repairRecords(env.db, env.clock.now());
  const listed = await rebuildIndex(env.db);
  const pending = await findPendingSessions(env.db);
  let recovered = 0;
  for (const { id } of pending) {
    // One after the other, as at the start.
    // oxlint-disable-next-line no-await-in-loop
    if (
      await actor(id)
        .recoverIfDead()
        .catch(() => false)
    )
      recovered += 1;
  }
  return { ...records, listed, recovered };
}
