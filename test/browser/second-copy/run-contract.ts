import { openOpfsMirrorFolder } from "#storage/mirror-folder-opfs.ts";
import type { MirrorFolder } from "#storage/mirror-folder.ts";
import { mirrorFolderContract } from "#test/contracts/mirror-folder.contract.ts";

export interface ContractResult {
  readonly failures: readonly string[];
  readonly passed: number;
}

/** Each case on an empty file system. */
export async function runContract(): Promise<ContractResult> {
  const failures: string[] = [];
  for (const { title, run } of mirrorFolderContract) {
    await clear();
    try {
      await run({ folder: await open(), reopen: open });
    } catch (error) {
      failures.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { failures, passed: mirrorFolderContract.length - failures.length };
}

async function open(): Promise<MirrorFolder> {
  const folder = await openOpfsMirrorFolder(navigator.storage);
  if (folder === null) throw new Error("There is no place for a second copy here.");
  return folder;
}

async function clear(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of root.keys()) names.push(name);
  for (const name of names) await root.removeEntry(name, { recursive: true });
}
