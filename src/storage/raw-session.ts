import type { SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import type { StoreName } from "./schema.ts";
import type { ReadTransaction } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

/** The records of one session in one store, as they are stored. */
export interface RawRecords {
  readonly store: StoreName;
  readonly records: readonly unknown[];
  /** Records that the browser itself could not read. */
  readonly unreadable: number;
}

/** Where a session's records lie: under its id, at the beginning of their key, or in an index. */
const BY_ID = ["sessions", "index", "drafts", "markers", "tombstones"] as const;
const BY_PREFIX = ["turns", "journal", "files"] as const;

/**
 * All that is stored of a session, past every check: for the person whose session the app cannot open. Changes nothing;
 * a record that cannot be read takes no other with it. Throws only where there is no database to read from.
 */
export async function readRawSession(db: Database, id: SessionId): Promise<RawRecords[]> {
  await db.connect();
  const under = keysUnder(id);
  const found = [
    ...BY_ID.map((store) => readStore(db, store, (tx) => inStore(tx, store, IDBKeyRange.only(id)))),
    ...BY_PREFIX.map((store) => readStore(db, store, (tx) => inStore(tx, store, under))),
    readStore(db, "queue", (tx) => inIndex(tx.objectStore("queue").index("order"), under)),
    readStore(db, "approvals", (tx) => inIndex(tx.objectStore("approvals").index("session"), IDBKeyRange.only(id))),
  ];
  return (await Promise.all(found)).filter(({ records, unreadable }) => records.length > 0 || unreadable > 0);
}

/** What a store or an index is asked for the records of a session. */
interface Place {
  all(): Promise<readonly unknown[]>;
  keys(): Promise<readonly IDBValidKey[]>;
}

function inStore(tx: ReadTransaction, store: StoreName, range: IDBKeyRange): Place {
  return { all: () => tx.objectStore(store).getAll(range), keys: () => tx.objectStore(store).getAllKeys(range) };
}

function inIndex(index: IndexLike, range: IDBKeyRange): Place {
  return { all: () => index.getAll(range), keys: () => index.getAllKeys(range) };
}

interface IndexLike {
  getAll(range: IDBKeyRange): Promise<readonly unknown[]>;
  getAllKeys(range: IDBKeyRange): Promise<readonly IDBValidKey[]>;
}

/** All at once; where one of them breaks that, each in a transaction of its own. */
async function readStore(db: Database, store: StoreName, placeIn: (tx: ReadTransaction) => Place): Promise<RawRecords> {
  try {
    return { store, records: await db.read([store], (tx) => placeIn(tx).all()), unreadable: 0 };
  } catch {
    return readOneByOne(db, store, placeIn);
  }
}

async function readOneByOne(
  db: Database,
  store: StoreName,
  placeIn: (tx: ReadTransaction) => Place,
): Promise<RawRecords> {
  const records: unknown[] = [];
  let unreadable = 0;
  const keys = await db.read([store], (tx) => placeIn(tx).keys()).catch(() => null);
  if (keys === null) return { store, records, unreadable: 1 };
  for (const key of keys) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      const record: unknown = await db.read([store], (tx) => tx.objectStore(store).get(IDBKeyRange.only(key)));
      if (record !== undefined) records.push(record);
    } catch {
      unreadable += 1; // counted, and told to the person with the rest
    }
  }
  return { store, records, unreadable };
}
