import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";

/**
 * Removes the IndexedDB of every origin from a profile whose browser is not running: what Chromium does by itself when
 * it finds a log torn. The private file system, Cache Storage and localStorage stay. Gives the folders that went.
 */
export function loseDatabases(profile: string): string[] {
  const folders = readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /\.indexeddb\.(?:leveldb|blob)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const folder of folders) rmSync(folder, { recursive: true });
  return folders;
}

/** All that the second copy holds now, as text. */
export function readSecondCopy(page: Page): Promise<string> {
  return page.evaluate(async () => {
    try {
      const root = await navigator.storage.getDirectory();
      const log = await (await root.getDirectoryHandle("mirror")).getDirectoryHandle("log");
      const texts: string[] = [];
      for await (const handle of log.values()) {
        if (handle.kind === "file") texts.push(await (await handle.getFile()).text());
      }
      return texts.join("\n");
    } catch {
      // It is not there yet.
      return "";
    }
  });
}
