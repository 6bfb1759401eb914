import type { Recovery } from "#protocol/commands.ts";
import type { Database } from "#storage/database.ts";
import { listEntries } from "#storage/index-store.ts";
import { readPath, readSession } from "#storage/session-store.ts";

import { readIfReadable } from "./read-if-readable.ts";

/** Where is looked: the newest sessions, and the last turns of each. */
const SESSIONS = 50;
const TURNS = 5;

/** Interruptions that were recovered from, newest first, as the turns themselves tell them. Reads only. */
export async function listRecoveries(db: Database, limit: number): Promise<Recovery[]> {
  const { entries } = await listEntries(db, null, SESSIONS);
  const found = await Promise.all(
    entries.map(async ({ sessionId, title }): Promise<Recovery[]> => {
      const session = await readIfReadable(() => readSession(db, sessionId));
      if (session === null) return [];
      const { turns } = await readPath(db, sessionId, session.head, TURNS);
      return turns.flatMap((turn) =>
        turn.runs.flatMap(({ outcome, endedAt }): Recovery[] => {
          if (outcome?.kind !== "interrupted") return [];
          const { cause, savedUpTo, mayMiss } = outcome;
          return [{ sessionId, turnSeq: turn.seq, title, at: endedAt ?? savedUpTo, cause, savedUpTo, mayMiss }];
        }),
      );
    }),
  );
  return found
    .flat()
    .toSorted((a, b) => b.at - a.at)
    .slice(0, limit);
}
