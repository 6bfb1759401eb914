import type { IDBPIndex, IndexNames, StoreValue } from "idb";
import { unwrap } from "idb";

import type { HoldfastSchema, StoreName } from "./schema.ts";
import { nameOf } from "./storage-error.ts";

/** Whether this browser's getAll takes a direction. Found out by trying once: WebKit's does not. */
let canReadBackwards: boolean | null = null;

/** getAll with options is newer than the type library. */
interface BackwardReader<Value> {
  getAll(options: { query: IDBKeyRange | null; direction: "prev"; count: number }): IDBRequest<Value[]>;
}

/** The last `count` records of an index within `range`, last first. */
export async function readNewestFirst<Store extends StoreName, Index extends IndexNames<HoldfastSchema, Store>>(
  index: IDBPIndex<HoldfastSchema, StoreName[], Store, Index>,
  range: IDBKeyRange | null,
  count: number,
): Promise<StoreValue<HoldfastSchema, Store>[]> {
  if (canReadBackwards !== false) {
    const records = readBackwards<StoreValue<HoldfastSchema, Store>>(unwrap(index), range, count);
    if (records !== null) return records;
  }
  const records: StoreValue<HoldfastSchema, Store>[] = [];
  let cursor = await index.openCursor(range, "prev");
  while (cursor !== null && records.length < count) {
    records.push(cursor.value);
    // oxlint-disable-next-line no-await-in-loop
    cursor = records.length < count ? await cursor.continue() : null;
  }
  return records;
}

/** Null where the browser does not know the options: it takes them for a key, and says that they are none. */
function readBackwards<Value>(index: IDBIndex, range: IDBKeyRange | null, count: number): Promise<Value[]> | null {
  let request: IDBRequest<Value[]>;
  try {
    request = (index as unknown as BackwardReader<Value>).getAll({ query: range, direction: "prev", count });
  } catch (failure) {
    if (nameOf(failure) !== "DataError") throw failure;
    canReadBackwards = false;
    return null;
  }
  canReadBackwards = true;
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new DOMException("failed", "UnknownError")));
  });
}
