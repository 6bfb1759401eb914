import type { BlobId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import { StorageError } from "./storage-error.ts";

/** Blobs looked at in one transaction of a collection, so that no write waits long. */
const COLLECT_PAGE = 100;

/**
 * Stores bytes under the hash of their content and gives their id. The same bytes are stored once. `now`: epoch ms, from
 * which on the blob counts as fresh. Throws StorageError quota, unavailable (no hashing on an insecure page), closed.
 */
export async function putBlob(db: Database, bytes: Uint8Array<ArrayBuffer>, now: number): Promise<BlobId> {
  const id = await blobIdOf(bytes);
  await db.write(["blobs"], "strict", async (writing) => {
    const stored = await writing.get("blobs", id);
    if (stored !== undefined && stored.addedAt >= now) return;
    // A copy of its own buffer: a view would store all that lies beneath it.
    writing.put("blobs", { id, bytes: stored?.bytes ?? bytes.slice(), addedAt: now });
  });
  return id;
}

/** The bytes, or null. They are never changed in place. */
export function readBlob(db: Database, id: BlobId): Promise<Uint8Array<ArrayBuffer> | null> {
  return db.read(["blobs"], async (tx) => (await tx.objectStore("blobs").get(id))?.bytes ?? null);
}

/**
 * Removes blobs that no turn, draft or queue item refers to. Those put since `before` (epoch ms) stay: the record that
 * will refer to them may still be on its way. Gives the number removed.
 */
export async function collectBlobs(db: Database, before: number): Promise<number> {
  const old = await db.read(["blobs"], (tx) =>
    tx.objectStore("blobs").index("added").getAllKeys(IDBKeyRange.upperBound(before, true)),
  );
  let removed = 0;
  for (let at = 0; at < old.length; at += COLLECT_PAGE) {
    // oxlint-disable-next-line no-await-in-loop
    removed += await collectPage(db, old.slice(at, at + COLLECT_PAGE), before);
  }
  return removed;
}

/** References are counted in the transaction that removes, so a message sent meanwhile keeps its files. */
function collectPage(db: Database, ids: readonly BlobId[], before: number): Promise<number> {
  return db.write(["blobs", "turns", "drafts", "queue"], "relaxed", async (writing) => {
    let removed = 0;
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop
      const counts = await Promise.all([
        writing.tx.objectStore("turns").index("blobs").count(id),
        writing.tx.objectStore("drafts").index("blobs").count(id),
        writing.tx.objectStore("queue").index("blobs").count(id),
      ]);
      // oxlint-disable-next-line no-await-in-loop
      const stored = await writing.get("blobs", id);
      if (stored === undefined || stored.addedAt >= before || counts.some((count) => count > 0)) continue;
      writing.remove("blobs", id);
      removed += 1;
    }
    return removed;
  });
}

async function blobIdOf(bytes: Uint8Array<ArrayBuffer>): Promise<BlobId> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) throw new StorageError({ kind: "unavailable", detail: "files need https or localhost" });
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return readId<BlobId>(`sha256-${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}
