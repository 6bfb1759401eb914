import type { SessionId } from "#domain/ids.ts";
import type { Workspace, WorkspaceFile } from "./tool.ts";
import { alreadyThere, byPath, normalisePath, notFound } from "./workspace-path.ts";
import type { Workspaces, WorkspaceUsage } from "./workspaces.ts";
import { usageOf } from "./workspaces.ts";

/**
 * A key-value store for whole files, to be had everywhere: the owner of the database puts one behind it.
 * Each call is one transaction that resolves after its commit. Failures are WorkspaceErrors: `quota` for a full disk,
 * `unavailable` for all else.
 */
export interface FileBlobs {
  list(sessionId: SessionId): Promise<readonly WorkspaceFile[]>;
  /** Null where there is none. */
  get(sessionId: SessionId, path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Creates or replaces. */
  put(sessionId: SessionId, path: string, bytes: Uint8Array<ArrayBuffer>, modifiedAt: number): Promise<void>;
  /** Does nothing where there is none. */
  delete(sessionId: SessionId, path: string): Promise<void>;
}

/** Workspaces on a FileBlobs: the fallback in the browser, and with a Map behind it the twin for tests. */
export class BlobWorkspaces implements Workspaces {
  readonly kind: Workspaces["kind"];
  readonly #blobs: FileBlobs;
  readonly #now: () => number;

  constructor(blobs: FileBlobs, now: () => number, kind: Workspaces["kind"] = "blobs") {
    this.kind = kind;
    this.#blobs = blobs;
    this.#now = now;
  }

  open(sessionId: SessionId): Workspace {
    return new BlobWorkspace(this.#blobs, sessionId, this.#now);
  }

  async usage(sessionId: SessionId): Promise<WorkspaceUsage> {
    return usageOf(await this.#blobs.list(sessionId));
  }

  async removeAll(sessionId: SessionId): Promise<void> {
    for (const { path } of await this.#blobs.list(sessionId)) await this.#blobs.delete(sessionId, path);
  }
}

class BlobWorkspace implements Workspace {
  readonly #blobs: FileBlobs;
  readonly #sessionId: SessionId;
  readonly #now: () => number;

  constructor(blobs: FileBlobs, sessionId: SessionId, now: () => number) {
    this.#blobs = blobs;
    this.#sessionId = sessionId;
    this.#now = now;
  }

  async list(): Promise<readonly WorkspaceFile[]> {
    return [...(await this.#blobs.list(this.#sessionId))].sort(byPath);
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const key = normalisePath(path);
    const bytes = await this.#blobs.get(this.#sessionId, key);
    if (bytes === null) throw notFound(key);
    return bytes;
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#blobs.put(this.#sessionId, normalisePath(path), bytes, this.#now());
  }

  async rename(from: string, to: string): Promise<void> {
    const source = normalisePath(from);
    const target = normalisePath(to);
    const bytes = await this.read(source);
    const files = await this.#blobs.list(this.#sessionId);
    if (files.some((file) => file.path === target)) throw alreadyThere(target);
    const modifiedAt = files.find((file) => file.path === source)?.modifiedAt ?? this.#now();
    // The copy is stored before the original goes: a death in between leaves two files, never none.
    await this.#blobs.put(this.#sessionId, target, bytes, modifiedAt);
    await this.#blobs.delete(this.#sessionId, source);
  }

  async remove(path: string): Promise<void> {
    const key = normalisePath(path);
    const files = await this.#blobs.list(this.#sessionId);
    if (!files.some((file) => file.path === key)) throw notFound(key);
    await this.#blobs.delete(this.#sessionId, key);
  }
}
