import { forceCloseDatabase, IDBFactory } from "fake-indexeddb";

/** What a transaction is for, told from the stores that it is opened over and from its durability. */
export type Purpose = "full-save" | "checkpoint" | "claim" | "delete" | "queue" | "draft" | "approval" | "other";

/** A transaction, or the opening of a connection, that is about to happen. */
export interface Operation {
  /** The client's number, in the order in which `join` was called. */
  readonly client: number;
  readonly what: "open" | "read" | "write";
  readonly purpose: Purpose;
  /** From 1: which of this purpose and kind it is, over all clients of the disk. */
  readonly nth: number;
  readonly stores: readonly string[];
}

/** Names that browsers give to a request or an abort. */
export type FaultName = "QuotaExceededError" | "UnknownError" | "DataError" | "AbortError";

export type Fault =
  /** The first request fails and takes its transaction with it; or everything succeeds and the commit does not. */
  | { readonly kind: "fail"; readonly at: "request" | "commit"; readonly name: FaultName }
  /** The connection is gone: before the transaction, in its commit, or after it was stored but before that was told. */
  | { readonly kind: "lose"; readonly at: "begin" | "commit" | "committed" }
  /** The process of the client dies there: what is not committed is not there, and the client hears of nothing more. */
  | { readonly kind: "die"; readonly at: "begin" | "commit" | "committed" }
  /** Begins when `release` of the disk is called with this name, and holds up what overlaps it meanwhile. */
  | { readonly kind: "hold" }
  /** Happens as it should, but the client, which hangs, hears of its end only when the disk is told to `release`. */
  | { readonly kind: "stall" };

/** Says what goes wrong with an operation; null: nothing. Called once for each. */
export type FaultPlan = (operation: Operation) => Fault | null;

/** One process with connections of its own. */
export interface DiskClient {
  /** To be opened under this name. */
  readonly name: string;
  /** Ends the process: open transactions are rolled back, committed ones stay, nothing is ever told again. */
  die(): void;
}

/**
 * A disk that is allowed to fail: one fake IndexedDB that several processes share, each under a name of its own. Put
 * `factory` in the place of `indexedDB`. Works on what fake-indexeddb has inside, because IndexedDB itself gives no way
 * to make a commit fail; everything that may fail in a browser fails here as it does there.
 */
export interface FaultyDisk {
  /** Of the database, for what looks at it past all faults. */
  readonly name: string;
  readonly factory: IDBFactory;
  /** What goes wrong from now on. */
  plan: FaultPlan;
  /** Called when a fault has killed a client, in the moment of its death. */
  onDeath: (client: number) => void;
  /** Faults that were injected so far. */
  readonly injected: readonly { readonly operation: Operation; readonly fault: Fault }[];
  /** Transactions that are held now, and ends of transactions that are not told yet. */
  readonly held: number;
  join(): DiskClient;
  /** Lets everything that is held begin, and tells what was not told yet. */
  release(): void;
  /** All records of a store in the order of their keys, as they are on the disk now. To be asked while nothing runs. */
  records(store: string): readonly unknown[];
}

/** What fake-indexeddb has inside of a transaction. */
interface InnerTransaction extends IDBTransaction {
  _abort(name: string | null): void;
  _start(): void;
  _started: boolean;
  _state: string;
  _execRequestAsync(request: { operation: () => unknown }): IDBRequest;
  error: DOMException | null;
}

interface InnerConnection extends IDBDatabase {
  _rawDatabase: { processTransactions: unknown };
}

interface InnerFactory {
  _databases: Map<string, { rawObjectStores: Map<string, { records: { values(): Iterable<{ value: unknown }> } }> }>;
}

type Listener = (event: Event) => void;

/** The words by which a lost connection is known: Safari's, and Chromium's are like them. */
const LOST = "Connection to Indexed Database server lost. Refresh the page to try again";

/** The package's own type asks for its class where it takes a connection. */
const forceClose = forceCloseDatabase as unknown as (connection: IDBDatabase) => void;

interface Client {
  readonly number: number;
  isDead: boolean;
  readonly transactions: Set<InnerTransaction>;
  readonly connections: Set<IDBDatabase>;
}

export function faultyDisk(name: string): FaultyDisk {
  const factory = new IDBFactory();
  const clients = new Map<string, Client>();
  const counts = new Map<string, number>();
  const injected: { operation: Operation; fault: Fault }[] = [];
  const held = new Set<() => void>();

  function next(client: Client, what: Operation["what"], stores: readonly string[], purpose: Purpose): Fault | null {
    const key = `${what} ${purpose}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const operation: Operation = { client: client.number, what, purpose, nth, stores };
    const fault = disk.plan(operation);
    if (fault !== null) injected.push({ operation, fault });
    return fault;
  }

  function die(client: Client): void {
    if (client.isDead) return;
    client.isDead = true;
    for (const tx of client.transactions) if (tx._state !== "finished") tx._abort(null);
    for (const connection of client.connections) connection.close();
    disk.onDeath(client.number);
  }

  /** All that runs on a connection ends with it. */
  function lose(client: Client, connection: InnerConnection): void {
    for (const tx of client.transactions) {
      if (tx._state === "finished") continue;
      tx._abort("UnknownError");
      tx.error = new DOMException(LOST, "UnknownError");
    }
    forceClose(connection);
  }

  const open = factory.open.bind(factory);
  factory.open = (alias, version) => {
    const client = clients.get(alias);
    const request = open(client === undefined ? alias : name, version);
    if (client === undefined) return request;
    // A process that dies while it makes the database leaves none.
    request.addEventListener("upgradeneeded", () => {
      const tx = request.transaction as InnerTransaction;
      if (client.isDead) tx._abort(null);
      else client.transactions.add(tx);
    });
    muteWhenDead(request, client);
    const fault = client.isDead ? null : next(client, "open", [], "other");
    // Before the caller's own listener, so that the connection is this disk's when the caller first sees it.
    request.addEventListener("success", () => {
      if (!client.isDead) watchConnection(request.result as InnerConnection, client);
    });
    if (fault?.kind === "die") die(client);
    else if (fault !== null) failOpening(request, fault);
    return request;
  };

  function watchConnection(connection: InnerConnection, client: Client): void {
    muteWhenDead(connection, client);
    client.connections.add(connection);
    const begin = connection.transaction.bind(connection);
    connection.transaction = (stores, mode, options) => {
      const names = typeof stores === "string" ? [stores] : [...stores];
      const what = mode === "readwrite" ? "write" : "read";
      const fault = client.isDead ? null : next(client, what, names, purposeOf(names, options?.durability));
      if (fault?.kind === "lose" && fault.at === "begin") lose(client, connection);
      const tx = begin(stores, mode, options) as InnerTransaction;
      client.transactions.add(tx);
      watchTransaction(tx, client, connection, fault);
      if (client.isDead) tx._abort(null);
      if (fault?.kind === "die" && fault.at === "begin") die(client);
      return tx;
    };
  }

  function watchTransaction(
    tx: InnerTransaction,
    client: Client,
    connection: InnerConnection,
    fault: Fault | null,
  ): void {
    const told = muteTransaction(tx, client, connection);
    told("complete", () => client.transactions.delete(tx));
    told("abort", () => client.transactions.delete(tx));
    muteRequests(tx, client, fault?.kind === "fail" && fault.at === "request" ? fault.name : null);
    if (fault?.kind === "hold") told("abort", hold(tx, held));
    if (fault?.kind === "stall") tellLater(tx, connection, held);
    if (fault !== null && "at" in fault && fault.at === "committed") {
      told("complete", () => {
        if (fault.kind === "die") die(client);
        else lose(client, connection);
      });
    }
    const commit = tx.commit.bind(tx);
    tx.commit = () => {
      if (fault === null || !("at" in fault) || fault.at !== "commit") commit();
      else if (fault.kind === "fail") tx._abort(fault.name);
      else if (fault.kind === "die") die(client);
      else lose(client, connection);
    };
    if (fault?.kind === "lose" && fault.at === "committed") tellAsLost(tx, connection);
  }

  const disk: FaultyDisk = {
    name,
    factory,
    plan: () => null,
    onDeath: () => undefined,
    injected,
    get held() {
      return held.size;
    },
    join() {
      const client: Client = { number: clients.size, isDead: false, transactions: new Set(), connections: new Set() };
      const alias = `${name} of ${client.number}`;
      clients.set(alias, client);
      return { name: alias, die: () => die(client) };
    },
    release() {
      for (const start of Array.from(held)) start();
    },
    records(store) {
      const inner = (factory as unknown as InnerFactory)._databases.get(name)?.rawObjectStores.get(store);
      return inner === undefined ? [] : Array.from(inner.records.values(), (record) => record.value);
    },
  };
  return disk;
}

/** One full disk, or one broken in another way: every write fails so, at its commit. */
export function everyWrite(name: FaultName): FaultPlan {
  return ({ what }) => (what === "write" ? { kind: "fail", at: "commit", name } : null);
}

/** One fault: at the nth operation that fits, counted from now on. */
export function oneFault(fault: Fault, nth: number, fits: (operation: Operation) => boolean): FaultPlan {
  let seen = 0;
  return (operation) => (fits(operation) && ++seen === nth ? fault : null);
}

function purposeOf(stores: readonly string[], durability: string | undefined): Purpose {
  const has = (name: string): boolean => stores.includes(name);
  if (has("index")) return has("turns") ? "full-save" : has("tombstones") ? "delete" : "other";
  if (has("sessions")) return durability === "relaxed" ? "checkpoint" : stores.length === 1 ? "claim" : "other";
  if (has("queue")) return "queue";
  if (has("drafts")) return "draft";
  return has("approvals") ? "approval" : "other";
}

/** Gives the way to forget it, for a transaction that ends before it has begun. */
function hold(tx: InnerTransaction, held: Set<() => void>): () => void {
  const start = tx._start.bind(tx);
  tx._start = () => {
    // It has begun for those that overlap it, and does nothing yet.
    tx._started = true;
    held.add(release);
  };
  const release = (): void => {
    held.delete(release);
    tx._start = start;
    start();
  };
  return () => held.delete(release);
}

/** What is added to an event target by the client is not called any more once the client is dead. */
function muteWhenDead(target: EventTarget, client: Client): void {
  const add = target.addEventListener.bind(target);
  const remove = target.removeEventListener.bind(target);
  const muted = new Map<string, Map<unknown, Listener>>();
  target.addEventListener = (type: string, listener: EventListenerOrEventListenerObject | null) => {
    const call = (event: Event): void => {
      if (client.isDead || listener === null) return;
      if (typeof listener === "function") listener(event);
      else listener.handleEvent(event);
    };
    const ofType = muted.get(type) ?? new Map<unknown, Listener>();
    muted.set(type, ofType.set(listener, call));
    add(type, call);
  };
  // Removing what was never added takes the last listener away in fake-indexeddb.
  target.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject | null) => {
    const call = muted.get(type)?.get(listener);
    if (call !== undefined) remove(type, call);
  };
}

/** As `muteWhenDead`, but the database itself still hears of the end. Gives the way to hear it before the client. */
function muteTransaction(
  tx: InnerTransaction,
  client: Client,
  connection: InnerConnection,
): (type: "complete" | "abort", listener: () => void) => void {
  const add = tx.addEventListener.bind(tx) as (type: string, listener: Listener) => void;
  muteWhenDead(tx, client);
  const addMuted = tx.addEventListener.bind(tx) as (type: string, listener: Listener) => void;
  tx.addEventListener = (type: string, listener: unknown) => {
    const isDatabase = listener === connection._rawDatabase.processTransactions;
    (isDatabase ? add : addMuted)(type, listener as Listener);
  };
  return add;
}

function muteRequests(tx: InnerTransaction, client: Client, failure: FaultName | null): void {
  const execute = tx._execRequestAsync.bind(tx);
  let isFirst = true;
  tx._execRequestAsync = (request) => {
    const fails = failure !== null && isFirst;
    isFirst = false;
    const operation = (): never => {
      throw new DOMException("The disk is allowed to fail", failure ?? "UnknownError");
    };
    const made = execute(fails ? { ...request, operation } : request);
    // A cursor uses its request again.
    if (!Object.hasOwn(made, "addEventListener")) muteWhenDead(made, client);
    return made;
  };
}

/** It is stored, but the client hears the opposite: the connection was lost before the good news came. */
function tellAsLost(tx: InnerTransaction, connection: InnerConnection): void {
  const add = tx.addEventListener.bind(tx) as (type: string, listener: Listener) => void;
  const listeners: Listener[] = [];
  tx.addEventListener = (type: string, listener: unknown) => {
    if (type === "abort") listeners.push(listener as Listener);
    const isDatabase = listener === connection._rawDatabase.processTransactions;
    if (type !== "complete" || isDatabase) add(type, listener as Listener);
  };
  add("complete", () => {
    tx.error = new DOMException(LOST, "UnknownError");
    for (const listener of listeners) listener(new Event("abort"));
  });
}

function tellLater(tx: InnerTransaction, connection: InnerConnection, held: Set<() => void>): void {
  const add = tx.addEventListener.bind(tx) as (type: string, listener: Listener) => void;
  tx.addEventListener = (type: string, listener: unknown) => {
    const isDatabase = listener === connection._rawDatabase.processTransactions;
    const later: Listener = (event) => {
      const tell = (): void => {
        held.delete(tell);
        (listener as Listener)(event);
      };
      held.add(tell);
    };
    add(type, isDatabase ? (listener as Listener) : later);
  };
}

function failOpening(request: IDBOpenDBRequest, fault: Fault): void {
  if (fault.kind === "hold" || fault.kind === "stall") return;
  const name = fault.kind === "fail" ? fault.name : "UnknownError";
  const dispatch = request.dispatchEvent.bind(request);
  request.dispatchEvent = (event) => {
    if (event.type !== "success") return dispatch(event);
    const connection = request.result;
    const inner = request as unknown as { result: undefined; error: DOMException; listeners: readonly unknown[] };
    inner.result = undefined;
    inner.error = new DOMException(fault.kind === "fail" ? "The disk is allowed to fail" : LOST, name);
    connection.close();
    for (const entry of inner.listeners as readonly { type: string; callback: Listener }[]) {
      if (entry.type === "error") entry.callback(new Event("error"));
    }
    return true;
  };
}
