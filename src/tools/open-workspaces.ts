import type { SessionId } from "#domain/ids.ts";
import type { Workspace, WorkspaceFile } from "./tool.ts";
import type { FileBlobs } from "./workspace-blobs.ts";
import { BlobWorkspaces } from "./workspace-blobs.ts";
import { openOpfsWorkspaces } from "./workspace-opfs.ts";
import type { Workspaces, WorkspaceUsage } from "./workspaces.ts";
import { usageOf } from "./workspaces.ts";

export interface WorkspacesOptions {
  /** Where files live when the browser gives no file system (private windows, older WebKit). */
  readonly blobs: FileBlobs;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** `navigator.storage`, or null to do without. */
  readonly storage: StorageManager | null;
}

/**
 * Files in the origin private file system where that really works, else in `blobs`. Decided by writing and reading
 * back, because a browser may offer the interface and then refuse to store. Never throws.
 */
export async function openWorkspaces(options: WorkspacesOptions): Promise<Workspaces> {
  const blobs = new BlobWorkspaces(options.blobs, options.now);
  const opfs = options.storage === null ? null : await openOpfsWorkspaces(options.storage, options.now);
  return opfs === null ? blobs : new AdoptingWorkspaces(opfs, blobs);
}

/**
 * The file system, which takes over what was stored in the fallback while it was not to be had (a browser update or
 * a repaired profile brings it back): otherwise those files would be gone from view.
 */
class AdoptingWorkspaces implements Workspaces {
  readonly kind: Workspaces["kind"];
  readonly #main: Workspaces;
  readonly #fallback: Workspaces;

  constructor(main: Workspaces, fallback: Workspaces) {
    this.kind = main.kind;
    this.#main = main;
    this.#fallback = fallback;
  }

  open(sessionId: SessionId): Workspace {
    const main = this.#main.open(sessionId);
    const fallback = this.#fallback.open(sessionId);
    let adoption: Promise<void> | null = null;
    const adopted = async (): Promise<Workspace> => {
      adoption ??= adopt(main, fallback);
      await adoption;
      return main;
    };
    return {
      list: async () => (await adopted()).list(),
      read: async (path) => (await adopted()).read(path),
      write: async (path, bytes) => (await adopted()).write(path, bytes),
      rename: async (from, to) => (await adopted()).rename(from, to),
      remove: async (path) => (await adopted()).remove(path),
    };
  }

  async usage(sessionId: SessionId): Promise<WorkspaceUsage> {
    return usageOf(await this.open(sessionId).list());
  }

  async removeAll(sessionId: SessionId): Promise<void> {
    await this.#fallback.removeAll(sessionId);
    await this.#main.removeAll(sessionId);
  }
}

/** Copies first and removes then: a death in between leaves two copies, never none. */
async function adopt(main: Workspace, fallback: Workspace): Promise<void> {
  const waiting = await listOrNothing(fallback);
  if (waiting.length === 0) return;
  const taken = new Set((await main.list()).map((file) => file.path));
  for (const { path } of waiting) {
    const bytes = await fallback.read(path);
    const isSame = taken.has(path) && isEqual(bytes, await main.read(path));
    if (!isSame) await main.write(freeName(path, taken), bytes);
    await fallback.remove(path);
  }
}

/** A fallback that cannot be read (no IndexedDB either) must not take the files that can with it. */
async function listOrNothing(workspace: Workspace): Promise<readonly WorkspaceFile[]> {
  try {
    return await workspace.list();
  } catch (error) {
    console.warn("The fallback file store could not be listed; its files, if any, stay there.", error);
    return [];
  }
}

function freeName(path: string, taken: ReadonlySet<string>): string {
  if (!taken.has(path)) return path;
  for (let copy = 2; ; copy++) {
    const dot = path.lastIndexOf(".");
    const isNamed = dot > path.lastIndexOf("/") + 1;
    const name = isNamed ? `${path.slice(0, dot)} (${String(copy)})${path.slice(dot)}` : `${path} (${String(copy)})`;
    if (!taken.has(name)) return name;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
