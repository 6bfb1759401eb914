import { nameOf } from "./storage-error.ts";

/** File of the origin private file system. Do not change without a migration. */
export const RESERVE_FILE = "reserve";

/** Enough for the longest answers of several sessions; little beside what any device has. */
export const RESERVE_BYTES = 1_500_000;

/** Most random bytes that a browser gives at a time. */
const RANDOM_BYTES = 65_536;

/**
 * Space that is kept taken, so that it can be given back in the moment in which a message or an answer finds none.
 * One for all tabs.
 */
export interface Reserve {
  readonly isLaid: () => Promise<boolean>;
  /** Takes the space. Throws where there is none. */
  readonly lay: () => Promise<void>;
  /** Gives it back. Throws only where it is there and cannot be removed. */
  readonly drop: () => Promise<void>;
}

/**
 * The reserve as a file of the private file system: its space is free as soon as it is removed, which that of a deleted
 * IndexedDB record is not. Null where the browser gives no such place; there is no reserve then.
 */
export async function openReserve(storage: StorageManager): Promise<Reserve | null> {
  let root: FileSystemDirectoryHandle;
  try {
    root = await storage.getDirectory();
  } catch (failure) {
    console.info("The browser gives no private file system here; there is no reserve.", nameOf(failure));
    return null;
  }
  async function drop(): Promise<void> {
    try {
      await root.removeEntry(RESERVE_FILE);
    } catch (failure) {
      // Another tab has given it back already.
      if (nameOf(failure) !== "NotFoundError") throw failure;
    }
  }
  return {
    async isLaid() {
      try {
        return (await (await root.getFileHandle(RESERVE_FILE)).getFile()).size === RESERVE_BYTES;
      } catch {
        return false; // not there, or not to be had: the same for whoever needs it
      }
    },
    async lay() {
      try {
        await write(await root.getFileHandle(RESERVE_FILE, { create: true }));
      } catch (failure) {
        await drop();
        throw failure;
      }
    },
    drop,
  };
}

async function write(file: FileSystemFileHandle): Promise<void> {
  const bytes = incompressible();
  if ("createWritable" in file) {
    const stream = await file.createWritable();
    await stream.write(bytes);
    await stream.close();
    return;
  }
  // Dedicated workers of older WebKit have only this one.
  const handle = await (file as FileSystemFileHandle).createSyncAccessHandle();
  try {
    if (handle.write(bytes, { at: 0 }) !== bytes.length) throw new DOMException("full", "QuotaExceededError");
    handle.flush();
  } finally {
    handle.close();
  }
}

/** A file system may store a long row of zeros in no space at all. */
function incompressible(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(RESERVE_BYTES);
  for (let at = 0; at < bytes.length; at += RANDOM_BYTES) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES));
  return bytes;
}
