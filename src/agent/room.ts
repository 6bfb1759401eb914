import type { StorageUsage } from "#protocol/commands.ts";
import type { Workspace } from "#tools/tool.ts";
import { WorkspaceError } from "#tools/tool.ts";
import type { Workspaces } from "#tools/workspaces.ts";

import type { Environment } from "./environment.ts";

/** What is left is kept for messages and answers from here on: hundreds of long ones. */
export const KEPT_FOR_TEXT_BYTES = 20_000_000;
/** A file of this size is a note, which counts as text. */
const SMALL_FILE_BYTES = 16_384;

export type Space = Pick<Environment, "db" | "readStorageUsage">;

/** Bytes that may still be written; null where the browser does not say. */
export function leftOf({ usedBytes, allowedBytes }: StorageUsage): number | null {
  return usedBytes === null || allowedBytes === null ? null : Math.max(0, allowedBytes - usedBytes);
}

/**
 * Refuses a file before text has to be refused. Throws WorkspaceError `quota` where these bytes would take what is kept
 * for text, or where space has run out before.
 */
export async function requireRoom(space: Space, bytes: number): Promise<void> {
  if (bytes <= SMALL_FILE_BYTES) return;
  const left = leftOf(await space.readStorageUsage());
  const isShort = space.db.shortage !== null || (left !== null && left - bytes < KEPT_FOR_TEXT_BYTES);
  if (!isShort) return;
  throw new WorkspaceError(
    "quota",
    "This file was not stored: hardly any space is left, and that is kept for your messages. Free some space in Settings, Storage, then try again.",
  );
}

/** Workspaces that take no large file when space runs low. Reading, renaming and removing go on. */
export function withRoom(workspaces: Workspaces, space: Space): Workspaces {
  return {
    kind: workspaces.kind,
    open: (sessionId) => roomy(workspaces.open(sessionId), space),
    usage: (sessionId) => workspaces.usage(sessionId),
    removeAll: (sessionId) => workspaces.removeAll(sessionId),
  };
}

function roomy(workspace: Workspace, space: Space): Workspace {
  return {
    list: () => workspace.list(),
    read: (path) => workspace.read(path),
    async write(path, bytes) {
      await requireRoom(space, bytes.byteLength);
      await workspace.write(path, bytes);
    },
    rename: (from, to) => workspace.rename(from, to),
    remove: (path) => workspace.remove(path),
  };
}
