import type { SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import type { StoredFile } from "./schema.ts";
import { keysUnder } from "./transaction.ts";

/** Paths, sizes and times of a session's files, by path. */
export function listFiles(
  db: Database,
  sessionId: SessionId,
): Promise<{ readonly path: string; readonly size: number; readonly modifiedAt: number }[]> {
  return db.read(["files"], async (tx) => {
    const files = await tx.objectStore("files").getAll(keysUnder(sessionId));
    return files.map(({ path, bytes, modifiedAt }) => ({ path, size: bytes.byteLength, modifiedAt }));
  });
}

export function readFile(db: Database, sessionId: SessionId, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return db.read(["files"], async (tx) => (await tx.objectStore("files").get([sessionId, path]))?.bytes ?? null);
}

/** Creates or replaces. Throws StorageError quota, aborted, closed. */
export function writeFile(db: Database, file: StoredFile): Promise<void> {
  return db.write(["files"], "strict", async (writing) => writing.put("files", file));
}

/** Does nothing where there is none. */
export function removeFile(db: Database, sessionId: SessionId, path: string): Promise<void> {
  return db.write(["files"], "strict", async (writing) => writing.remove("files", [sessionId, path]));
}
