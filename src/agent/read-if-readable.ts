import { StorageError } from "#storage/storage-error.ts";

/** A record that cannot be read is as good as none here, and stays where it is. */
export async function readIfReadable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof StorageError && cause.problem.kind === "corrupt") return null;
    throw cause;
  }
}
