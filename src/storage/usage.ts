import { byteSize } from "./byte-size.ts";
import type { Database } from "./database.ts";
import type { StoreName } from "./schema.ts";

/** Records whose size is measured in each store; the rest is taken to be like them. */
const SAMPLE = 20;

const COUNTED = [
  "sessions",
  "turns",
  "journal",
  "index",
  "drafts",
  "queue",
  "approvals",
  "blobs",
  "files",
] as const satisfies readonly StoreName[];

export interface StoreUsage {
  readonly store: StoreName;
  readonly records: number;
  /** Estimated from a sample; what the browser takes on disk differs. */
  readonly bytes: number;
}

/** About how much lies in each of these stores. Costs the same whatever is stored. */
export function estimateUsage(db: Database, stores: readonly StoreName[] = COUNTED): Promise<StoreUsage[]> {
  return db.read([...stores], (tx) =>
    Promise.all(
      stores.map(async (store) => {
        const [records, sample] = await Promise.all([
          tx.objectStore(store).count(),
          tx.objectStore(store).getAll(null, SAMPLE),
        ]);
        const sampled = sample.reduce((sum, record) => sum + byteSize(record), 0);
        const bytes = sample.length === 0 ? 0 : Math.round((sampled / sample.length) * records);
        return { store, records, bytes };
      }),
    ),
  );
}
