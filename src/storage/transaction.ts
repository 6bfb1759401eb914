import type { IDBPDatabase, IDBPTransaction, StoreKey, StoreValue } from "idb";
import { unwrap } from "idb";

import type { HoldfastSchema, StoreName } from "./schema.ts";
import { isConnectionLost, isEnded, toStorageError } from "./storage-error.ts";

export type Connection = IDBPDatabase<HoldfastSchema>;
/** Typed over every store; a store that the transaction was not opened over throws NotFoundError when it is asked for. */
export type ReadTransaction = IDBPTransaction<HoldfastSchema, StoreName[]>;
export type WriteTransaction = IDBPTransaction<HoldfastSchema, StoreName[], "readwrite">;

/** `relaxed` survives the death of the browser, `strict` also the death of the machine. */
export type Durability = "relaxed" | "strict";

/** One record that was committed, with the size of its JSON in UTF-8 (binary by its own length). */
export interface ObservedWrite {
  readonly store: StoreName;
  readonly bytes: number;
}

/** What one transaction changed, told after its commit. */
export interface Commit {
  readonly stores: readonly StoreName[];
  readonly writes: readonly { readonly store: StoreName; readonly record: unknown }[];
  /** Ranges are not among them. */
  readonly removals: readonly { readonly store: StoreName; readonly key: unknown }[];
}

/** The connection died before anything was asked to commit, so the same work can be done again on a new one. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/**
 * What the work inside a readwrite transaction gets. Puts and removals are only issued, never awaited: a failing one
 * aborts the transaction, and the abort carries its error.
 */
export class Writing {
  readonly tx: WriteTransaction;
  readonly writes: { readonly store: StoreName; readonly record: unknown }[] = [];
  readonly removals: { readonly store: StoreName; readonly key: unknown }[] = [];

  constructor(tx: WriteTransaction) {
    this.tx = tx;
  }

  get<Name extends StoreName>(
    store: Name,
    key: StoreKey<HoldfastSchema, Name>,
  ): Promise<StoreValue<HoldfastSchema, Name> | undefined> {
    return this.tx.objectStore(store).get(key);
  }

  put<Name extends StoreName>(store: Name, record: StoreValue<HoldfastSchema, Name>): void {
    leaveToAbort(this.tx.objectStore(store).put(record));
    this.writes.push({ store, record });
  }

  remove<Name extends StoreName>(store: Name, key: StoreKey<HoldfastSchema, Name> | IDBKeyRange): void {
    leaveToAbort(this.tx.objectStore(store).delete(key));
    this.removals.push({ store, key });
  }
}

/** The failure of a request is heard once, through the transaction's abort. */
function leaveToAbort(request: Promise<unknown>): void {
  request.catch(ignore);
}

function ignore(): void {
  // Heard elsewhere: see the callers.
}

/** The key range of all records whose array key begins with `prefix`: an empty array sorts after every string and number. */
export function keysUnder(...prefix: readonly IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound([...prefix], [...prefix, []]);
}

/**
 * The one way in which anything is written. Resolves only when the transaction has completed; rejects with a
 * StorageError when it has not, and with ConnectionLost when it never came as far as a commit.
 * `work` awaits nothing but requests of this transaction, or the browser commits it halfway.
 * commit() is called in the same turn as the last request: without it, puts made while the page goes away were lost in
 * 6 of 6 reloads, with it in none.
 */
export async function runWrite<T>(
  connection: Connection,
  stores: readonly StoreName[],
  durability: Durability,
  work: (writing: Writing) => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly value: T; readonly commit: Commit }> {
  const tx = begin(() => connection.transaction([...stores], "readwrite", { durability }));
  const ended = endOf(tx, signal);
  const writing = new Writing(tx);
  let value: T;
  try {
    value = await work(writing);
  } catch (failure) {
    abort(tx);
    const cause = (await ended) ?? failure;
    throw toFailure(moreTelling(cause, failure));
  }
  commit(tx);
  const failure = await ended;
  if (failure !== null) throw toStorageError(failure);
  return { value, commit: { stores, writes: writing.writes, removals: writing.removals } };
}

/** A readonly transaction, awaited to its end so that no write has to overlap it. Changes nothing. */
export async function runRead<T>(
  connection: Connection,
  stores: readonly StoreName[],
  work: (tx: ReadTransaction) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const tx = begin(() => connection.transaction([...stores], "readonly"));
  const ended = endOf(tx, signal);
  try {
    const value = await work(tx);
    commit(tx);
    await ended;
    return value;
  } catch (failure) {
    abort(tx);
    await ended;
    throw toFailure(failure);
  }
}

function begin<Tx>(open: () => Tx): Tx {
  try {
    return open();
  } catch (failure) {
    if (isEnded(failure)) throw new ConnectionLost("connection closed", { cause: failure });
    throw toStorageError(failure);
  }
}

/** What IndexedDB failed with becomes a StorageError; a mistake in the work itself stays what it is. */
function toFailure(failure: unknown): unknown {
  if (!(failure instanceof DOMException)) return failure;
  return isConnectionLost(failure)
    ? new ConnectionLost("connection lost", { cause: failure })
    : toStorageError(failure);
}

/** An abort that we asked for says nothing; one by the browser (a full disk) says more than the request it broke. */
function moreTelling(fromTransaction: unknown, fromWork: unknown): unknown {
  return toStorageError(fromTransaction).problem.kind === "aborted" ? fromWork : fromTransaction;
}

/**
 * Resolves at the end of the transaction: with null when it has completed, else with what it failed with.
 * Not idb's `done`: that rejects on a request's error event, before the transaction knows its own error, and a full
 * disk would become a nameless abort.
 * The caller's `signal` says that nobody waits any more: what was not asked to commit is rolled back, so that it neither
 * lands late nor holds up the next transaction.
 */
function endOf(tx: ReadTransaction | WriteTransaction, signal: AbortSignal): Promise<unknown> {
  tx.done.catch(ignore);
  signal.addEventListener("abort", () => abort(tx));
  const raw = unwrap(tx);
  return new Promise((resolve) => {
    raw.addEventListener("complete", () => resolve(null));
    raw.addEventListener("abort", () => resolve(raw.error ?? new DOMException("aborted", "AbortError")));
  });
}

function commit(tx: ReadTransaction | WriteTransaction): void {
  try {
    tx.commit();
  } catch (failure) {
    // It has ended by itself, which endOf reports.
    if (!isEnded(failure)) throw failure;
  }
}

function abort(tx: ReadTransaction | WriteTransaction): void {
  try {
    tx.abort();
  } catch (failure) {
    // It has ended by itself, which endOf reports.
    if (!isEnded(failure)) throw failure;
  }
}
