import type { DraftId, SessionId } from "#domain/ids.ts";
import type { Draft } from "#domain/session.ts";

import { draftCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { DraftPlace } from "./schema.ts";
import { deletedSessions, refuseDeleted } from "./tombstones.ts";
import type { Writing } from "./transaction.ts";

/** Late saves of a sent draft arrive within seconds; a page that sends more than this in that time does not exist. */
const REMEMBERED_CONSUMED = 16;

/** `older`: a newer state is stored. `consumed`: it was sent. `removed`: the person removed this or a later state. */
export type DraftSaved = "saved" | "older" | "consumed" | "removed";

/**
 * Stores the unsent text of a session. Between two drafts the newer one wins, so a late save changes nothing.
 * Throws StorageError: deleted, quota, aborted, closed, corrupt.
 */
export function saveDraft(db: Database, draft: Draft): Promise<DraftSaved> {
  return db.write(["drafts", "tombstones"], "relaxed", async (writing) => {
    const place = await readPlace(writing, draft.sessionId);
    await refuseDeleted(writing, draft.sessionId);
    if (place.consumed.includes(draft.id)) return "consumed";
    if (place.removed?.id === draft.id && draft.revision <= place.removed.revision) return "removed";
    if (place.draft !== null && isNewer(place.draft, draft)) return "older";
    writing.put("drafts", draftCodec.encode({ ...place, draft }));
    return "saved";
  });
}

/** The draft of a session, or null. An unreadable one is none: the composer must open. */
export function readDraft(db: Database, sessionId: SessionId): Promise<Draft | null> {
  return db.read(["drafts"], async (tx) => {
    const decoded = draftCodec.decode((await tx.objectStore("drafts").get(sessionId)) ?? emptyPlace(sessionId));
    return decoded.ok ? decoded.value.draft : null;
  });
}

/** Removes the draft because the person did. With an id only that one. Later changes of the same draft are welcome. */
export function removeDraft(db: Database, sessionId: SessionId, draftId?: DraftId): Promise<void> {
  return db.write(["drafts"], "relaxed", async (writing) => {
    const place = await readPlace(writing, sessionId);
    if (place.draft === null || (draftId !== undefined && place.draft.id !== draftId)) return;
    const { id, revision } = place.draft;
    writing.put("drafts", draftCodec.encode({ ...place, draft: null, removed: { id, revision } }));
  });
}

/** Sessions with something in their composer, deleted ones left out. */
export function listDrafted(db: Database): Promise<SessionId[]> {
  return db.read(["drafts", "tombstones"], async (tx) => {
    const records = await tx.objectStore("drafts").index("drafted").getAll();
    const deleted = await deletedSessions(tx);
    return records
      .map((record) => draftCodec.decode(record))
      .flatMap((place) => (place.ok && place.value.draft !== null ? [place.value.draft] : []))
      .filter((draft) => draft.text !== "" || draft.attachments.length > 0)
      .map((draft) => draft.sessionId)
      .filter((sessionId) => !deleted.has(sessionId));
  });
}

/** The draft became a message: it goes, and a save of it that comes late is refused. */
export async function consumeDraft(writing: Writing, sessionId: SessionId, draftId: DraftId): Promise<void> {
  const place = await readPlace(writing, sessionId);
  writing.put(
    "drafts",
    draftCodec.encode({
      ...place,
      draft: place.draft?.id === draftId ? null : place.draft,
      consumed: [...place.consumed.filter((id) => id !== draftId), draftId].slice(-REMEMBERED_CONSUMED),
    }),
  );
}

/** A place that cannot be read makes room: it must not keep the person from typing or sending. */
async function readPlace(writing: Writing, sessionId: SessionId): Promise<DraftPlace> {
  const record = await writing.get("drafts", sessionId);
  const decoded = record === undefined ? null : draftCodec.decode(record);
  return decoded?.ok === true ? decoded.value : emptyPlace(sessionId);
}

function emptyPlace(sessionId: SessionId): DraftPlace {
  return { sessionId, draft: null, removed: null, consumed: [] };
}

/** Within one draft the revision decides. Two drafts at once are two tabs: the one that was typed in last. */
function isNewer(stored: Draft, offered: Draft): boolean {
  return stored.id === offered.id ? stored.revision >= offered.revision : stored.updatedAt > offered.updatedAt;
}
