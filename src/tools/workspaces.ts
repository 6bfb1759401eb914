import type { SessionId } from "#domain/ids.ts";
import type { Workspace, WorkspaceFile } from "./tool.ts";

/** What a session's files take up. */
export interface WorkspaceUsage {
  readonly files: number;
  readonly bytes: number;
}

/** The files of all sessions, one workspace a session. */
export interface Workspaces {
  readonly kind: "opfs" | "blobs" | "memory";
  /** Touches nothing: the folder comes with the first file. */
  open(sessionId: SessionId): Workspace;
  usage(sessionId: SessionId): Promise<WorkspaceUsage>;
  /** Removes a session's files for good. Only for a session that is itself purged. */
  removeAll(sessionId: SessionId): Promise<void>;
}

export function usageOf(files: readonly WorkspaceFile[]): WorkspaceUsage {
  return { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
}
