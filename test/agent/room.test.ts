import { expect, it } from "vitest";

import { KEPT_FOR_TEXT_BYTES, withRoom } from "#agent/room.ts";
import { readId, type SessionId } from "#domain/ids.ts";
import { Database } from "#storage/database.ts";
import { StorageError } from "#storage/storage-error.ts";
import { createMemoryWorkspaces } from "#tools/workspace-memory.ts";

const LARGE = new Uint8Array(1_000_000);

function workspaceWith(left: number | null) {
  const db = new Database({ name: "unopened" });
  const usage = { usedBytes: 0, allowedBytes: left, isPersistent: null };
  const space = { db, readStorageUsage: () => Promise.resolve(usage) };
  const workspaces = withRoom(
    createMemoryWorkspaces(() => 0),
    space,
  );
  return { db, workspace: workspaces.open(readId<SessionId>("s")) };
}

it("[W9] a tool's large file is refused with a sentence where it would take what is kept for text", async () => {
  const { workspace } = workspaceWith(KEPT_FOR_TEXT_BYTES + 500_000);
  await expect(workspace.write("a.bin", LARGE)).rejects.toMatchObject({ name: "WorkspaceError", code: "quota" });
  await workspace.write("a.txt", LARGE.subarray(0, 1_000));
  expect((await workspace.list()).map((file) => file.path)).toEqual(["a.txt"]);
});

it("[W9] it is refused also where the browser promises space that a write did not find", async () => {
  const { db, workspace } = workspaceWith(null);
  await workspace.write("a.bin", LARGE);
  db.shortage = new StorageError({ kind: "low-space" });
  await expect(workspace.write("b.bin", LARGE)).rejects.toMatchObject({ code: "quota" });
  await workspace.rename("a.bin", "c.bin");
  await workspace.remove("c.bin");
  expect(await workspace.list()).toEqual([]);
});
