import type { SessionId } from "#domain/ids.ts";
import type { WorkspaceFile } from "./tool.ts";
import type { FileBlobs } from "./workspace-blobs.ts";
import { BlobWorkspaces } from "./workspace-blobs.ts";
import type { Workspaces } from "./workspaces.ts";

interface StoredFile extends WorkspaceFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A FileBlobs in memory. Copies bytes in and out: a caller that changes its buffer later changes no file. */
export function createMemoryBlobs(): FileBlobs {
  const sessions = new Map<SessionId, Map<string, StoredFile>>();
  const filesOf = (sessionId: SessionId) => sessions.get(sessionId) ?? new Map<string, StoredFile>();
  return {
    list: async (sessionId) =>
      [...filesOf(sessionId).values()].map(({ path, size, modifiedAt }) => ({ path, size, modifiedAt })),
    get: async (sessionId, path) => filesOf(sessionId).get(path)?.bytes.slice() ?? null,
    put: async (sessionId, path, bytes, modifiedAt) => {
      const files = filesOf(sessionId);
      files.set(path, { path, size: bytes.length, modifiedAt, bytes: bytes.slice() });
      sessions.set(sessionId, files);
    },
    delete: async (sessionId, path) => {
      filesOf(sessionId).delete(path);
    },
  };
}

/** Workspaces that last as long as the page: the twin for tests. */
export function createMemoryWorkspaces(now: () => number): Workspaces {
  return new BlobWorkspaces(createMemoryBlobs(), now, "memory");
}
