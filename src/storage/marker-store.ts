import type { SessionId } from "#domain/ids.ts";
import type { InterruptionCause } from "#domain/outcome.ts";

import type { Database } from "./database.ts";
import type { ClosingMarker } from "./schema.ts";

/** Says of each session how its page is leaving, so that the next start can name the cause. Relaxed: nothing waits for it. */
export function writeClosingMarker(
  db: Database,
  marker: { readonly sessionIds: readonly SessionId[]; readonly cause: InterruptionCause; readonly at: number },
): Promise<void> {
  return db.write(["markers"], "relaxed", async (writing) => {
    const { cause, at } = marker;
    for (const sessionId of marker.sessionIds) writing.put("markers", { sessionId, cause, at });
  });
}

export function readClosingMarker(db: Database, sessionId: SessionId): Promise<ClosingMarker | null> {
  return db.read(["markers"], async (tx) => (await tx.objectStore("markers").get(sessionId)) ?? null);
}

/** The page is back, or the cause has been used. Gone already is as good. */
export function clearClosingMarker(db: Database, sessionId: SessionId): Promise<void> {
  return db.write(["markers"], "relaxed", async (writing) => writing.remove("markers", sessionId));
}
