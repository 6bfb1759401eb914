import { putBlob } from "#storage/blob-store.ts";
import type { Database } from "#storage/database.ts";
import { saveDraft } from "#storage/draft-store.ts";
import { writeFile } from "#storage/file-store.ts";
import { writeClosingMarker } from "#storage/marker-store.ts";
import { addQueueItem } from "#storage/queue-store.ts";
import { checkpoint } from "#storage/save.ts";

import {
  acceptTurn,
  delta,
  RUN,
  sampleApproval,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  T0,
} from "./samples.ts";

/** A session that has something in every store. */
export async function fillEveryStore(db: Database): Promise<void> {
  const bytes = new Uint8Array([1, 2, 3]);
  const blobId = await putBlob(db, bytes, T0);
  const turn = sampleTurn();
  const attachments = [{ blobId, name: "a", mediaType: "text/plain", size: 3, path: "a" }];
  await acceptTurn(db, { ...turn, user: { ...turn.user, attachments } });
  const approvals = { request: [sampleApproval()] };
  await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], approvals, now: T0 });
  await saveDraft(db, sampleDraft());
  await addQueueItem(db, sampleQueueItem());
  await writeFile(db, { sessionId: SESSION, path: "a", bytes, modifiedAt: T0 });
  await writeClosingMarker(db, { sessionIds: [SESSION], cause: "page-closed", at: T0 });
}
