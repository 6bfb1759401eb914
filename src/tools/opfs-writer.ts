import { MARK_BYTES } from "./opfs-version.ts";

/** One way of writing bytes to a new file of the private file system. Resolves when they are on the disk. */
export interface ByteWriter {
  readonly kind: "sync-handle" | "writable";
  write(
    folder: FileSystemDirectoryHandle,
    name: string,
    header: Uint8Array<ArrayBuffer>,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<void>;
}

/** Only dedicated workers have it, and it is measured faster (0.2 ms against 4 ms for 2 KB with a flush). */
const syncHandleWriter: ByteWriter = {
  kind: "sync-handle",
  write: async (folder, name, header, body) => {
    const file = await folder.getFileHandle(name, { create: true });
    const handle = await file.createSyncAccessHandle();
    try {
      handle.truncate(0);
      writeWhole(handle, header.subarray(MARK_BYTES), MARK_BYTES);
      writeWhole(handle, body, header.length);
      handle.flush();
      // The mark comes last and after a flush: with it the version counts.
      writeWhole(handle, header.subarray(0, MARK_BYTES), 0);
      handle.flush();
    } finally {
      handle.close();
    }
  },
};

function writeWhole(handle: FileSystemSyncAccessHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  // Some browsers write less than asked on a full disk instead of throwing.
  if (handle.write(bytes, { at }) !== bytes.length) throw new DOMException("The disk is full", "QuotaExceededError");
}

/** Shared workers and pages have only this one. Its bytes go to a copy that replaces the file on close. */
const writableWriter: ByteWriter = {
  kind: "writable",
  write: async (folder, name, header, body) => {
    const file = await folder.getFileHandle(name, { create: true });
    const stream = await file.createWritable();
    try {
      await stream.write(header);
      await stream.write(body);
      await stream.close();
    } catch (error) {
      await stream.abort().catch((abortError: unknown) => {
        console.warn("A failed file write could not be given up cleanly.", abortError);
      });
      throw error;
    }
  },
};

const PROBE_NAME = "probe";

/** The first way that gives back what it wrote, or null. WebKit and Firefox each lack one of them somewhere. */
export async function byteWriterFor(folder: FileSystemDirectoryHandle): Promise<ByteWriter | null> {
  for (const writer of [syncHandleWriter, writableWriter]) {
    if (await isWorking(folder, writer)) return writer;
  }
  return null;
}

async function isWorking(folder: FileSystemDirectoryHandle, writer: ByteWriter): Promise<boolean> {
  // A name of its own for each try: two tabs that start at once would lock each other out.
  const name = `${PROBE_NAME}-${crypto.randomUUID()}`;
  const header = crypto.getRandomValues(new Uint8Array(8));
  const body = crypto.getRandomValues(new Uint8Array(8));
  try {
    await writer.write(folder, name, header, body);
    const stored = new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
    return String([...stored]) === String([...header, ...body]);
  } catch {
    // Missing, refused or broken: whichever it is, this way is not to be used here.
    return false;
  } finally {
    await folder.removeEntry(name).catch(() => {
      // It never came to be. One that stays is eight bytes that no list shows.
    });
  }
}
