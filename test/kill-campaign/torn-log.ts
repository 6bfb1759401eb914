import { appendFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";

/** A record's header as LevelDB writes it (checksum, length, type) without the record that it announces. */
const TORN_HEADER = Buffer.from([0x12, 0x34, 0x56, 0x78, 100, 0, 1]);

/** A database of the same origin that only tells whether the browser has deleted all of them. */
const CANARY = "campaign-canary";

/**
 * Leaves the log of the origin's IndexedDB as a kill in the middle of a write does (measured: 3 of 450). The browser must
 * not be running. It reads such a log once, appends to it, finds the checksum wrong at the start after that, and
 * deletes every database of the origin without a word.
 */
export function tearLog(profile: string, origin: string): void {
  const { port } = new URL(origin);
  const folder = path.join(profile, "Default", "IndexedDB", `http_127.0.0.1_${port}.indexeddb.leveldb`);
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".log"))
    .toSorted()
    .at(-1);
  if (newest === undefined) throw new Error("The database has no log.");
  appendFileSync(path.join(folder, newest), TORN_HEADER);
}

/** Puts something into a database beside the app's: into the same log. Call it from any page of the origin. */
export async function writeCanary(page: Page): Promise<void> {
  await page.evaluate(
    (name) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name, 1);
        opening.addEventListener("upgradeneeded", () =>
          opening.result.createObjectStore("rows", { autoIncrement: true }),
        );
        opening.addEventListener("error", () => reject(new Error("The canary's database cannot be opened.")));
        opening.addEventListener("success", () => {
          const tx = opening.result.transaction("rows", "readwrite");
          tx.objectStore("rows").add("x".repeat(2000));
          tx.addEventListener("complete", () => {
            opening.result.close();
            resolve();
          });
        });
      }),
    CANARY,
  );
}

/** Whether the origin's databases are those of before: false once the browser has deleted them. */
export async function isCanaryAlive(page: Page): Promise<boolean> {
  return page.evaluate(async (name) => (await indexedDB.databases()).some((each) => each.name === name), CANARY);
}
