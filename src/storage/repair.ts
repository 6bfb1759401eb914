import { isIdShaped, readId, type SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";

import {
  approvalCodec,
  type Codec,
  connectionCodec,
  draftCodec,
  indexCodec,
  queueCodec,
  sessionCodec,
  turnCodec,
} from "./codec.ts";
import type { Database } from "./database.ts";
import { salvageSession, salvageTurn } from "./salvage.ts";
import { StorageError } from "./storage-error.ts";
import type { Writing } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

/** Keys looked at in one transaction. */
const REPAIR_PAGE = 200;

export interface RecordRepair {
  /** Unreadable records that were moved to the store `aside`, as they are. */
  setAside: number;
  /** Sessions and turns that were put together again from what was left of them. */
  rebuilt: number;
  /** Records that were left alone: the browser cannot read them, or a newer version wrote them. */
  left: number;
}

type Checked = "sessions" | "turns" | "drafts" | "queue" | "approvals" | "connections";

/** Turns before sessions: a session is put together again from its turns. */
const CHECKED: readonly (readonly [Checked, Pick<Codec<unknown, unknown>, "decode">])[] = [
  ["turns", turnCodec],
  ["sessions", sessionCodec],
  ["drafts", draftCodec],
  ["queue", queueCodec],
  ["approvals", approvalCodec],
  ["connections", connectionCodec],
];

/**
 * Sets aside every record that cannot be read, so that it is in nobody's way and still there, and puts sessions and turns
 * together again from what can be read of them. An explicit step for a person who asks for it: reads never do this.
 * Each record is a transaction of its own, decided on the record as it is there. Doing it twice changes nothing.
 */
export async function repairRecords(db: Database, now: number): Promise<RecordRepair> {
  const repair: RecordRepair = { setAside: 0, rebuilt: 0, left: 0 };
  for (const [store, codec] of CHECKED) {
    let after: IDBValidKey | null = null;
    do {
      const from: IDBValidKey | null = after;
      // Page after page: each begins where the one before it ended.
      // oxlint-disable-next-line no-await-in-loop
      const page: Page = await findBroken(db, store, codec, from);
      repair.left += page.left;
      for (const key of page.broken) {
        // oxlint-disable-next-line no-await-in-loop
        await repairRecord(db, { store, codec, key, now }, repair);
      }
      after = page.next;
    } while (after !== null);
  }
  await bringBackOrphans(db, now, repair);
  return repair;
}

interface Page {
  readonly broken: readonly IDBValidKey[];
  readonly left: number;
  readonly next: IDBValidKey | null;
}

type Decoder = Pick<Codec<unknown, unknown>, "decode">;

async function findBroken(db: Database, store: Checked, codec: Decoder, after: IDBValidKey | null): Promise<Page> {
  const range = after === null ? null : IDBKeyRange.lowerBound(after, true);
  const keys: readonly IDBValidKey[] = await db.read([store], (tx) =>
    tx.objectStore(store).getAllKeys(range, REPAIR_PAGE),
  );
  const broken: IDBValidKey[] = [];
  let left = 0;
  for (const key of keys) {
    // One at a time: a record that the browser cannot read ends the transaction that asked for it.
    // oxlint-disable-next-line no-await-in-loop
    const state = await stateOf(db, store, codec, key);
    if (state === "broken") broken.push(key);
    if (state === "left") left += 1;
  }
  return { broken, left, next: keys.length < REPAIR_PAGE ? null : (keys.at(-1) ?? null) };
}

async function stateOf(
  db: Database,
  store: Checked,
  codec: Decoder,
  key: IDBValidKey,
): Promise<"fine" | "broken" | "left"> {
  try {
    const record: unknown = await db.read([store], (tx) => tx.objectStore(store).get(IDBKeyRange.only(key)));
    return record === undefined || codec.decode(record).ok ? "fine" : "broken";
  } catch (failure) {
    // Gone from the disk, or of a newer version, which is the one to read it. Without a database nothing is repaired.
    if (failure instanceof StorageError && isOfRecord(failure)) return "left";
    throw failure;
  }
}

function isOfRecord({ problem }: StorageError): boolean {
  return problem.kind === "newer-version" || problem.kind === "aborted" || problem.kind === "corrupt";
}

interface Broken {
  readonly store: Checked;
  readonly codec: Decoder;
  readonly key: IDBValidKey;
  readonly now: number;
}

async function repairRecord(db: Database, { store, codec, key, now }: Broken, repair: RecordRepair): Promise<void> {
  const outcome = await db.write([store, "turns", "index", "aside"], "strict", async (writing) => {
    const record: unknown = await writing.tx.objectStore(store).get(IDBKeyRange.only(key));
    const decoded = record === undefined ? null : codec.decode(record);
    // Written since it was found.
    if (decoded === null || decoded.ok) return "fine";
    const { detail } = decoded.problem;
    writing.put("aside", { sessionId: sessionOf(key, record), store, key, at: now, detail, record });
    return (await rebuild(writing, store, key, record, now)) ? "rebuilt" : "removed";
  });
  if (outcome === "fine") return;
  repair.setAside += 1;
  if (outcome === "rebuilt") repair.rebuilt += 1;
}

/** Puts in the record's place what is left of it, or nothing. */
async function rebuild(
  writing: Writing,
  store: Checked,
  key: IDBValidKey,
  record: unknown,
  now: number,
): Promise<boolean> {
  if (store === "turns" && Array.isArray(key)) {
    const [id, seq] = key;
    if (typeof id === "string" && isIdShaped(id) && typeof seq === "number") {
      const turn = salvageTurn(record, { sessionId: readId(id), seq }, now);
      writing.put("turns", turnCodec.encode(turn));
      return true;
    }
  }
  if (store === "sessions" && typeof key === "string" && isIdShaped(key)) {
    await putSession(writing, readId(key), record, now);
    return true;
  }
  // Whatever its shape, it is the key that the record was found under.
  writing.remove(store, key as never);
  return false;
}

async function putSession(writing: Writing, id: SessionId, record: unknown, now: number): Promise<void> {
  const rows = await writing.tx.objectStore("turns").getAll(keysUnder(id));
  const turns = rows.flatMap((row) => {
    const turn = decodedOrNull(row);
    return turn === null ? [] : [turn];
  });
  const lastSeq = rows.at(-1)?.seq ?? 0;
  const session = salvageSession(record, { id, turns, lastSeq }, now);
  writing.put("sessions", sessionCodec.encode(session));
  // With its row of the list: what is put together again is saved in full, and copied like every full save.
  if (session.deletedAt === null) writing.put("index", indexCodec.encode(indexEntryOf(session)));
}

function decodedOrNull(row: unknown) {
  try {
    const turn = turnCodec.decode(row);
    return turn.ok ? turn.value : null;
  } catch (failure) {
    if (failure instanceof StorageError) return null;
    throw failure;
  }
}

/** Turns whose session is gone without having been deleted: nobody could ever see them again. */
async function bringBackOrphans(db: Database, now: number, repair: RecordRepair): Promise<void> {
  for (const id of await sessionsWithTurns(db)) {
    // oxlint-disable-next-line no-await-in-loop
    const isBack = await db.write(["sessions", "turns", "index", "tombstones"], "strict", async (writing) => {
      const [count, tombstone] = await Promise.all([
        writing.tx.objectStore("sessions").count(id),
        writing.get("tombstones", id),
      ]);
      if (count > 0 || tombstone !== undefined) return false;
      await putSession(writing, id, null, now);
      return true;
    });
    if (isBack) repair.rebuilt += 1;
  }
}

/** By jumping from session to session: its cost is the number of sessions, not of turns. */
function sessionsWithTurns(db: Database): Promise<SessionId[]> {
  return db.read(["turns"], async (tx) => {
    const ids: SessionId[] = [];
    let cursor = await tx.objectStore("turns").openKeyCursor();
    while (cursor !== null) {
      const [id] = cursor.primaryKey;
      ids.push(id);
      // oxlint-disable-next-line no-await-in-loop
      cursor = await cursor.continue([id, []] as never);
    }
    return ids;
  });
}

/** Whose record it is, as far as key and content tell. */
function sessionOf(key: IDBValidKey, record: unknown): SessionId | "" {
  const named = new Map<string, unknown>(Object.entries(Object(record))).get("sessionId");
  const candidates: unknown[] = [Array.isArray(key) ? key[0] : null, named, key];
  const id = candidates.find((one): one is string => typeof one === "string" && isIdShaped(one));
  return id === undefined ? "" : readId(id);
}
