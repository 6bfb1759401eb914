import type { SessionId } from "#domain/ids.ts";
import { normaliseStorageError } from "./opfs-errors.ts";
import { byteWriterFor } from "./opfs-writer.ts";
import type { ByteWriter } from "./opfs-writer.ts";
import {
  decodeHeader,
  encodeHeader,
  hashName,
  MAX_HEADER_BYTES,
  newVersionName,
  parseVersionName,
} from "./opfs-version.ts";
import type { VersionHeader } from "./opfs-version.ts";
import type { Workspace, WorkspaceFile } from "./tool.ts";
import { alreadyThere, byPath, normalisePath, notFound } from "./workspace-path.ts";
import type { Workspaces, WorkspaceUsage } from "./workspaces.ts";
import { usageOf } from "./workspaces.ts";

/** Folder of the origin private file system. Do not change without a migration. */
const ROOT_FOLDER = "workspaces";

/**
 * Workspaces in the origin private file system, or null where it cannot be had: the interface missing, storage
 * refused (private windows), or no way of writing that gives back what was written.
 */
export async function openOpfsWorkspaces(storage: StorageManager, now: () => number): Promise<Workspaces | null> {
  try {
    const root = await storage.getDirectory();
    const folder = await root.getDirectoryHandle(ROOT_FOLDER, { create: true });
    const writer = await byteWriterFor(folder);
    return writer === null ? null : new OpfsWorkspaces(folder, writer, now);
  } catch (error) {
    console.info("The browser gives no private file system here; files go into the database.", error);
    return null;
  }
}

class OpfsWorkspaces implements Workspaces {
  readonly kind = "opfs";
  readonly #root: FileSystemDirectoryHandle;
  readonly #writer: ByteWriter;
  readonly #now: () => number;

  constructor(root: FileSystemDirectoryHandle, writer: ByteWriter, now: () => number) {
    this.#root = root;
    this.#writer = writer;
    this.#now = now;
  }

  open(sessionId: SessionId): Workspace {
    return new OpfsWorkspace(new SessionFolder(this.#root, sessionId), this.#writer, this.#now);
  }

  async usage(sessionId: SessionId): Promise<WorkspaceUsage> {
    return usageOf(await this.open(sessionId).list());
  }

  async removeAll(sessionId: SessionId): Promise<void> {
    await new SessionFolder(this.#root, sessionId).removeAll();
  }
}

/** One stored version of one file. */
interface StoredVersion {
  readonly name: string;
  /** Hash of the path: equal for all versions of one file. */
  readonly hash: string;
  /** Later versions have higher numbers. */
  readonly number: number;
}

/** The flat folder that holds a session's versions. It is made by the first write, so that reading has no effects. */
class SessionFolder {
  readonly #root: FileSystemDirectoryHandle;
  readonly sessionId: SessionId;

  constructor(root: FileSystemDirectoryHandle, sessionId: SessionId) {
    this.#root = root;
    this.sessionId = sessionId;
  }

  async get(): Promise<FileSystemDirectoryHandle | null> {
    try {
      return await this.#root.getDirectoryHandle(await hashName(this.sessionId));
    } catch (error) {
      if (isNotFound(error)) return null;
      throw normaliseStorageError(error);
    }
  }

  async getOrCreate(): Promise<FileSystemDirectoryHandle> {
    return this.#root.getDirectoryHandle(await hashName(this.sessionId), { create: true });
  }

  async removeAll(): Promise<void> {
    try {
      await this.#root.removeEntry(await hashName(this.sessionId), { recursive: true });
    } catch (error) {
      if (!isNotFound(error)) throw normaliseStorageError(error);
    }
  }
}

/**
 * A file is a row of immutable versions, of which the newest whole one counts; a write adds a version and only then
 * drops the older ones. So a file is whole or unchanged whatever dies, without needing an atomic move, which not
 * every browser has. Names are hashes: a path may hold any character and any length, and case counts everywhere.
 */
class OpfsWorkspace implements Workspace {
  readonly #folder: SessionFolder;
  readonly #writer: ByteWriter;
  readonly #now: () => number;

  constructor(folder: SessionFolder, writer: ByteWriter, now: () => number) {
    this.#folder = folder;
    this.#writer = writer;
    this.#now = now;
  }

  list(): Promise<readonly WorkspaceFile[]> {
    return this.#locked("shared", async () => {
      const folder = await this.#folder.get();
      if (folder === null) return [];
      const byHash = new Map<string, StoredVersion[]>();
      for (const version of await versionsIn(folder)) {
        byHash.set(version.hash, [...(byHash.get(version.hash) ?? []), version]);
      }
      const found = await Promise.all([...byHash.values()].map((versions) => newestWhole(folder, versions)));
      return found.flatMap((whole) => (whole === null ? [] : [whole.header])).sort(byPath);
    });
  }

  async read(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const key = normalisePath(path);
    return this.#locked("shared", async () => readBody(await this.#find(key)));
  }

  async write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const key = normalisePath(path);
    await this.#locked("exclusive", () => this.#put(key, bytes, this.#now()));
  }

  async rename(from: string, to: string): Promise<void> {
    const [origin, target] = [normalisePath(from), normalisePath(to)];
    await this.#locked("exclusive", async () => {
      const source = await this.#find(origin);
      if ((await this.#findOrNull(target)) !== null) throw alreadyThere(target);
      await this.#put(target, await readBody(source), source.header.modifiedAt);
      await this.#removeVersions(origin);
    });
  }

  async remove(path: string): Promise<void> {
    const key = normalisePath(path);
    await this.#locked("exclusive", async () => {
      await this.#find(key);
      await this.#removeVersions(key);
    });
  }

  /**
   * One change at a time, over all tabs, and none while somebody reads: a version that is dropped while another tab
   * reads it would look like a file that is not there.
   */
  async #locked<T>(mode: LockMode, work: () => Promise<T>): Promise<T> {
    const { navigator } = globalThis as { navigator?: { locks?: LockManager } };
    const locks = navigator?.locks;
    if (locks === undefined) return work();
    return locks.request(`holdfast-workspace:${this.#folder.sessionId}`, { mode }, work);
  }

  async #removeVersions(path: string): Promise<void> {
    const folder = await this.#folder.getOrCreate();
    const hash = await hashName(path);
    const versions = (await versionsIn(folder)).filter((version) => version.hash === hash);
    // Oldest first: a death half way must not bring an older text back in place of the newest.
    for (const version of versions.toSorted((a, b) => a.number - b.number)) {
      await removeVersion(folder, version.name);
    }
  }

  async #put(path: string, bytes: Uint8Array<ArrayBuffer>, modifiedAt: number): Promise<void> {
    try {
      const folder = await this.#folder.getOrCreate();
      const hash = await hashName(path);
      const older = (await versionsIn(folder)).filter((version) => version.hash === hash);
      const number = older.reduce((highest, version) => Math.max(highest, version.number), 0) + 1;
      const header = encodeHeader({ path, size: bytes.length, modifiedAt });
      await this.#writer.write(folder, newVersionName(hash, number), header, bytes);
      for (const version of older) await removeVersion(folder, version.name);
    } catch (error) {
      throw normaliseStorageError(error);
    }
  }

  async #find(path: string): Promise<WholeVersion> {
    const whole = await this.#findOrNull(path);
    if (whole === null) throw notFound(path);
    return whole;
  }

  async #findOrNull(path: string): Promise<WholeVersion | null> {
    const folder = await this.#folder.get();
    if (folder === null) return null;
    const hash = await hashName(path);
    return newestWhole(
      folder,
      (await versionsIn(folder)).filter((version) => version.hash === hash),
    );
  }
}

interface WholeVersion {
  readonly header: VersionHeader;
  readonly headerBytes: number;
  readonly file: File;
}

async function versionsIn(folder: FileSystemDirectoryHandle): Promise<StoredVersion[]> {
  const versions: StoredVersion[] = [];
  try {
    for await (const name of folder.keys()) {
      const parsed = parseVersionName(name);
      if (parsed !== null) versions.push({ name, ...parsed });
    }
  } catch (error) {
    throw normaliseStorageError(error);
  }
  return versions;
}

/** Skips what a death left half written: such a version never counted. */
async function newestWhole(
  folder: FileSystemDirectoryHandle,
  versions: readonly StoredVersion[],
): Promise<WholeVersion | null> {
  for (const version of versions.toSorted((a, b) => b.number - a.number || (a.name < b.name ? 1 : -1))) {
    const whole = await readVersion(folder, version.name);
    if (whole !== null) return whole;
  }
  return null;
}

async function readVersion(folder: FileSystemDirectoryHandle, name: string): Promise<WholeVersion | null> {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    const start = new Uint8Array(await file.slice(0, MAX_HEADER_BYTES).arrayBuffer());
    const decoded = decodeHeader(start);
    if (decoded === null || file.size < decoded.headerBytes + decoded.header.size) return null;
    return { ...decoded, file };
  } catch (error) {
    // Replaced by a newer version between listing and reading.
    if (isNotFound(error)) return null;
    throw normaliseStorageError(error);
  }
}

async function readBody(whole: WholeVersion): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const end = whole.headerBytes + whole.header.size;
    return new Uint8Array(await whole.file.slice(whole.headerBytes, end).arrayBuffer());
  } catch (error) {
    throw isNotFound(error) ? notFound(whole.header.path) : normaliseStorageError(error);
  }
}

async function removeVersion(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (error) {
    if (!isNotFound(error)) throw normaliseStorageError(error);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}
