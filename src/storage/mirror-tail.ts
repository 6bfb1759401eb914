import type { SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import type { MirrorLog } from "./mirror-log.ts";

/** What was written last lies in them; reading all of a large copy would hold up the first write. */
const NEWEST_SEGMENTS = 16;

/** Whether the database lacks what was copied last: a torn log can drop the writes of a whole sitting without a word. */
export async function isBehind(db: Database, log: MirrorLog): Promise<boolean> {
  const segments = (await log.segments()).toSorted((a, b) => b.at - a.at).slice(0, NEWEST_SEGMENTS);
  const revisions = new Map<SessionId, number>();
  for (const segment of segments) {
    const content = await log.read(segment);
    for (const { head } of content?.records ?? []) {
      if (head.store !== "sessions" || head.sessionId === null) continue;
      revisions.set(head.sessionId, Math.max(head.revision, revisions.get(head.sessionId) ?? 0));
    }
  }
  return db.read(["sessions", "tombstones"], async (tx) => {
    for (const [id, revision] of revisions) {
      const session = await tx.objectStore("sessions").get(id);
      if (session !== undefined && session.revision < revision) return true;
      if (session === undefined && (await tx.objectStore("tombstones").get(id)) === undefined) return true;
    }
    return false;
  });
}
