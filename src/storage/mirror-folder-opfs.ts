import { MIRROR_PARTS } from "./mirror-folder.ts";
import type { MirrorFile, MirrorFolder, MirrorPart } from "./mirror-folder.ts";
import { nameOf } from "./storage-error.ts";

/** Folder of the origin private file system. Do not change without a migration. */
export const MIRROR_FOLDER = "mirror";

type Write = (file: FileSystemFileHandle, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

/**
 * Its bytes go to a copy that replaces the file on close, so a file is whole or empty: the better way, and the only one
 * in shared workers. For a small new file 4 ms (measured in Chromium), which nobody waits for.
 */
const writeByStream: Write = async (file, bytes) => {
  const stream = await file.createWritable();
  try {
    await stream.write(bytes);
    await stream.close();
  } catch (failure) {
    await stream.abort().catch((abortFailure: unknown) => {
      console.warn("A failed write to the second copy could not be given up cleanly.", nameOf(abortFailure));
    });
    throw failure;
  }
};

/** Dedicated workers of WebKit have no other. A death in the middle leaves a torn file, which its reader notices. */
const writeByHandle: Write = async (file, bytes) => {
  const handle = await file.createSyncAccessHandle();
  try {
    handle.truncate(0);
    // Some browsers write less than asked on a full disk instead of throwing.
    if (handle.write(bytes, { at: 0 }) !== bytes.length) {
      throw new DOMException("The disk is full", "QuotaExceededError");
    }
    handle.flush();
  } finally {
    handle.close();
  }
};

/**
 * The second copy's place in the origin private file system, or null where it cannot be had: the interface missing,
 * storage refused (private windows), or no way of writing that gives back what was written.
 */
export async function openOpfsMirrorFolder(storage: StorageManager): Promise<MirrorFolder | null> {
  try {
    const root = await storage.getDirectory();
    const folder = await root.getDirectoryHandle(MIRROR_FOLDER, { create: true });
    const parts = new Map<MirrorPart, FileSystemDirectoryHandle>();
    for (const part of MIRROR_PARTS) parts.set(part, await folder.getDirectoryHandle(part, { create: true }));
    const write = await workingWrite(folder);
    return write === null ? null : new OpfsMirrorFolder(parts, write);
  } catch (failure) {
    console.info("The browser gives no private file system here; there is no second copy.", nameOf(failure));
    return null;
  }
}

/** Found out by trying: what an engine has and what works in this place are two things. */
async function workingWrite(folder: FileSystemDirectoryHandle): Promise<Write | null> {
  for (const write of [writeByStream, writeByHandle]) if (await isWorking(folder, write)) return write;
  return null;
}

async function isWorking(folder: FileSystemDirectoryHandle, write: Write): Promise<boolean> {
  // A name of its own for each try: two tabs that start at once would lock each other out.
  const name = `probe-${crypto.randomUUID()}`;
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  try {
    const file = await folder.getFileHandle(name, { create: true });
    await write(file, bytes);
    return String(await bytesOf(file)) === String(bytes);
  } catch {
    // Missing, refused or broken: whichever it is, this way is not to be used here.
    return false;
  } finally {
    await folder.removeEntry(name).catch(() => {
      // It never came to be. One that stays is eight bytes that nobody reads.
    });
  }
}

class OpfsMirrorFolder implements MirrorFolder {
  readonly #parts: ReadonlyMap<MirrorPart, FileSystemDirectoryHandle>;
  readonly #write: Write;

  constructor(parts: ReadonlyMap<MirrorPart, FileSystemDirectoryHandle>, write: Write) {
    this.#parts = parts;
    this.#write = write;
  }

  async list(part: MirrorPart): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.#part(part).keys()) if (!isLeftOver(name)) names.push(name);
    return names;
  }

  async measure(part: MirrorPart): Promise<MirrorFile[]> {
    const names = await this.list(part);
    const sizes = await Promise.all(names.map(async (name) => (await this.#find(part, name))?.getFile()));
    return sizes.flatMap((file, index) => (file === undefined ? [] : [{ name: names[index] ?? "", bytes: file.size }]));
  }

  async read(part: MirrorPart, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const file = await this.#find(part, name);
    return file === null ? null : bytesOf(file);
  }

  async write(part: MirrorPart, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const file = await this.#part(part).getFileHandle(name, { create: true });
    if (bytes.length > 0) await this.#write(file, bytes);
  }

  async remove(part: MirrorPart, name: string): Promise<void> {
    await orNull(this.#part(part).removeEntry(name));
  }

  #find(part: MirrorPart, name: string): Promise<FileSystemFileHandle | null> {
    return orNull(this.#part(part).getFileHandle(name));
  }

  #part(part: MirrorPart): FileSystemDirectoryHandle {
    const folder = this.#parts.get(part);
    if (folder === undefined) throw new RangeError(`The second copy has no part ${part}.`);
    return folder;
  }
}

/** Chromium leaves the copy of a stream that a death interrupted. */
function isLeftOver(name: string): boolean {
  return name.endsWith(".crswap");
}

async function bytesOf(file: FileSystemFileHandle): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await file.getFile()).arrayBuffer());
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (failure) {
    if (nameOf(failure) === "NotFoundError") return null;
    throw failure;
  }
}
