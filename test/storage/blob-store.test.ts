import { beforeEach, expect, test, vi } from "vitest";

import type { BlobId } from "#domain/ids.ts";
import type { Attachment } from "#domain/message.ts";
import { collectBlobs, putBlob, readBlob } from "#storage/blob-store.ts";
import type { Database } from "#storage/database.ts";
import { removeDraft, saveDraft } from "#storage/draft-store.ts";
import { addQueueItem, removeQueueItem } from "#storage/queue-store.ts";

import {
  acceptTurn,
  freshDatabase,
  id,
  problemOf,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  T0,
} from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const bytes = (...values: number[]) => new Uint8Array(values);
const fileOf = (blobId: BlobId): Attachment => ({ blobId, name: "a", mediaType: "text/plain", size: 1, path: "a" });

test("[D2] a blob is named after its content: the same bytes are one blob, other bytes another", async () => {
  const first = await putBlob(db, bytes(1, 2, 3), T0);
  expect(first).toBe("sha256-039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
  expect(await putBlob(db, bytes(1, 2, 3), T0 + 1)).toBe(first);
  const second = await putBlob(db, bytes(1, 2), T0);
  expect(second).not.toBe(first);
  expect(await readBlob(db, first)).toEqual(bytes(1, 2, 3));
  expect(await readBlob(db, id("sha256-unknown"))).toBeNull();
  expect(await db.read(["blobs"], (tx) => tx.objectStore("blobs").count())).toBe(2);
});

test("[D2] a view of a larger buffer stores only what it shows, and later changes of it change nothing", async () => {
  const buffer = new Uint8Array(1000).fill(7);
  const blobId = await putBlob(db, buffer.subarray(10, 12), T0);
  buffer.fill(9);
  const stored = await readBlob(db, blobId);
  expect(stored).toEqual(bytes(7, 7));
  expect(stored?.buffer.byteLength).toBe(2);
});

test("[D2] a blob that a turn, a draft or a queue item refers to is never collected; one that nothing refers to is", async () => {
  const [inTurn, inDraft, inQueue, orphan] = await Promise.all(
    [1, 2, 3, 4].map((value) => putBlob(db, bytes(value), T0)),
  );
  if (inTurn === undefined || inDraft === undefined || inQueue === undefined || orphan === undefined)
    throw new Error("no id");
  const turn = sampleTurn();
  await acceptTurn(db, { ...turn, user: { ...turn.user, attachments: [fileOf(inTurn)] } });
  await saveDraft(db, sampleDraft({ attachments: [fileOf(inDraft)] }));
  await addQueueItem(db, sampleQueueItem({ attachments: [fileOf(inQueue)] }));
  expect(await collectBlobs(db, T0 + 1)).toBe(1);
  expect(await readBlob(db, orphan)).toBeNull();
  for (const kept of [inTurn, inDraft, inQueue]) expect(await readBlob(db, kept)).not.toBeNull();
  await removeDraft(db, SESSION);
  await removeQueueItem(db, id("queued-1"));
  expect(await collectBlobs(db, T0 + 1)).toBe(2);
  expect(await readBlob(db, inTurn)).not.toBeNull();
});

test("[D2] a blob whose message is still on its way is not collected", async () => {
  const blobId = await putBlob(db, bytes(1), T0);
  expect(await collectBlobs(db, T0)).toBe(0);
  await putBlob(db, bytes(1), T0 + 10);
  expect(await collectBlobs(db, T0 + 5)).toBe(0);
  expect(await readBlob(db, blobId)).not.toBeNull();
});

test("many blobs are collected, more than one page of them", async () => {
  for (let value = 0; value < 230; value += 1) await putBlob(db, bytes(value, 1), T0);
  expect(await collectBlobs(db, T0 + 1)).toBe(230);
});

test("on a page that may not hash, storing a file says why", async () => {
  vi.stubGlobal("crypto", {});
  expect((await problemOf(putBlob(db, bytes(1), T0))).kind).toBe("unavailable");
  vi.unstubAllGlobals();
});
