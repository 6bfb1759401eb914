import type { Page } from "playwright-core";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

/** What lies in the database, read beside the app by a connection of the page's own. */
export interface StoredWork {
  readonly sessions: readonly Session[];
  readonly turns: readonly Turn[];
  readonly journal: readonly { readonly sessionId: string; readonly runId: string; readonly seq: number }[];
  readonly index: readonly IndexEntry[];
  readonly queue: readonly QueueItem[];
  readonly drafts: readonly { readonly sessionId: string; readonly draft: { readonly text: string } | null }[];
  readonly tombstones: readonly { readonly sessionId: string }[];
  readonly settings: readonly { readonly key: string; readonly value: unknown }[];
}

const STORES = ["sessions", "turns", "journal", "index", "queue", "drafts", "tombstones", "settings"] as const;

/** Everything in one transaction. Call it once the app has opened its database: this must not be what creates it. */
export async function readStored(page: Page): Promise<StoredWork> {
  const found = await page.evaluate(
    (stores) =>
      new Promise<Record<string, unknown[]>>((resolve, reject) => {
        const opening = indexedDB.open("holdfast");
        opening.addEventListener("error", () => reject(new Error("The database cannot be opened.")));
        opening.addEventListener("upgradeneeded", () => opening.transaction?.abort());
        opening.addEventListener("success", () => {
          const db = opening.result;
          const tx = db.transaction(stores);
          const requests = stores.map((store) => [store, tx.objectStore(store).getAll()] as const);
          tx.addEventListener("abort", () => reject(new Error("The database cannot be read.")));
          tx.addEventListener("complete", () => {
            db.close();
            resolve(Object.fromEntries(requests.map(([store, request]) => [store, request.result])));
          });
        });
      }),
    [...STORES],
  );
  return found as unknown as StoredWork;
}
