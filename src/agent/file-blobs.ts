import type { Database } from "#storage/database.ts";
import { listFiles, readFile, removeFile, writeFile } from "#storage/file-store.ts";
import { StorageError } from "#storage/storage-error.ts";
import { WorkspaceError } from "#tools/tool.ts";
import type { FileBlobs } from "#tools/workspace-blobs.ts";

/** Files in the database: the workspace's fallback where the browser gives no file system. */
export function fileBlobs(db: Database): FileBlobs {
  return {
    list: (sessionId) => orWorkspaceError(listFiles(db, sessionId)),
    get: (sessionId, path) => orWorkspaceError(readFile(db, sessionId, path)),
    put: (sessionId, path, bytes, modifiedAt) =>
      orWorkspaceError(writeFile(db, { sessionId, path, bytes, modifiedAt })),
    delete: (sessionId, path) => orWorkspaceError(removeFile(db, sessionId, path)),
  };
}

async function orWorkspaceError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof StorageError && cause.problem.kind === "quota") {
      throw new WorkspaceError("quota", "There is no space left for this file. Free some space and try again.", {
        cause,
      });
    }
    throw new WorkspaceError("unavailable", "This browser does not let the app store files now.", { cause });
  }
}
