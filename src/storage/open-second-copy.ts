import { Database } from "./database.ts";
import { openOpfsMirrorFolder } from "./mirror-folder-opfs.ts";
import type { SecondCopyParts } from "./mirror-feed.ts";
import { SecondCopy } from "./second-copy.ts";

/** The second copy of this browser, or null where there is no place outside the database. */
export async function openSecondCopy(
  parts: Omit<SecondCopyParts, "folder" | "openDatabase"> & { readonly storage: StorageManager | undefined },
): Promise<SecondCopy | null> {
  const folder = parts.storage === undefined ? null : await openOpfsMirrorFolder(parts.storage);
  if (folder === null) return null;
  const copy = new SecondCopy({ ...parts, folder, openDatabase: () => new Database({}) });
  await copy.feed.begin();
  return copy;
}
