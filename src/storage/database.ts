import { openDB } from "idb";

import { Gate } from "./gate.ts";
import { DATABASE_VERSION, migrate } from "./migrations.ts";
import type { MigrationStep } from "./migrations.ts";
import type { HoldfastSchema, StoreName } from "./schema.ts";
import { DATABASE_NAME } from "./schema.ts";
import { isConnectionLost, nameOf, StorageError, toStorageError } from "./storage-error.ts";
import type { Commit, Connection, Durability, ObservedWrite, ReadTransaction, Writing } from "./transaction.ts";
import { ConnectionLost, runRead, runWrite } from "./transaction.ts";
import { byteSize } from "./byte-size.ts";
import { withinRunningTime } from "./time-limit.ts";

export interface DatabaseOptions {
  readonly name?: string;
  /** A newer version of the app wants to upgrade: this tab has let go and from now on every call is refused. */
  readonly onNewerVersion?: () => void;
  /** The browser ended the connection. The next call opens a new one by itself. */
  readonly onLost?: () => void;
  /** How long other tabs may block the upgrade before opening fails with `blocked`. */
  readonly blockedMs?: number;
  /** How much running time one read or write may take before it fails with `no-answer`. */
  readonly answerLimitMs?: number;
  readonly guard?: DatabaseGuard;
  /** Only tests pass others. */
  readonly migrations?: { readonly version: number; readonly steps: readonly MigrationStep[] };
}

/** Looks after a database from outside (the second copy). None of it throws. */
export interface DatabaseGuard {
  /** Before the first use. Resolves when the database may be used: what was lost is back then. */
  beforeUse(connection: Connection): Promise<void>;
  /** Before the first write, while reads go on. */
  beforeWrite(): Promise<void>;
  /** After each commit. */
  committed(commit: Commit): void;
}

/** Other tabs close on `versionchange` within a frame or two; one that is frozen does not answer at all. */
const BLOCKED_MS = 5_000;

/** A thousand times what a write takes: a slow phone is not punished, and a hung browser does not hold up a session for ever. */
const ANSWER_LIMIT_MS = 20_000;
/** After one call without an answer, until one is answered: those that wait behind it are not to wait as long each. */
const DOUBTFUL_LIMIT_MS = 5_000;

/** Opens the database, creates or migrates it. Throws StorageError: blocked, newer-version, unavailable, quota. */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const database = new Database(options);
  await database.connect();
  return database;
}

/**
 * The one connection of this worker. All that the stores do goes through `read` and `write`.
 * Reads may overlap each other; a write overlaps nothing of this connection, because WebKit can lose a worker's
 * transactions when a readonly and a readwrite one overlap.
 * Neither may be called from inside the other's work: it would wait for itself.
 */
export class Database {
  /** Whether opening found nothing and made a new, empty database. */
  wasCreated = false;
  /** Asked when a write over these stores found no space: true if some was freed, and the write is tried once more. */
  whenFull: (stores: readonly StoreName[]) => Promise<boolean> = () => Promise.resolve(false);
  /** What is short although everything is still saved; null: nothing. Told to the person where no other trouble is. */
  shortage: StorageError | null = null;
  readonly #options: DatabaseOptions;
  readonly #gate = new Gate();
  readonly #listeners = new Set<(write: ObservedWrite) => void>();
  #connection: Promise<Connection> | null = null;
  /** Which request for a connection is the newest: the end of an older one is no news. */
  #attempt = 0;
  #hasOpened = false;
  #isUpgrading = false;
  #isGuarding = false;
  #mayUse: Promise<void> | undefined;
  #mayWrite: Promise<void> | undefined;
  #isDoubtful = false;
  #refusal: StorageError | null = null;

  constructor(options: DatabaseOptions) {
    this.#options = options;
  }

  /** Runs `work` in one readonly transaction over `stores`. */
  read<T>(stores: readonly StoreName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return this.#gate.shared(() =>
      this.#onConnection((connection, signal) => runRead(connection, stores, work, signal)),
    );
  }

  /** Runs `work` in one readwrite transaction over `stores` and resolves when it has committed. `work` may run twice. */
  write<T>(stores: readonly StoreName[], durability: Durability, work: (writing: Writing) => Promise<T>): Promise<T> {
    return this.#gate.exclusive(async () => {
      const attempt = () =>
        this.#onConnection(async (connection, signal) => {
          await (this.#mayWrite ??= this.#guarding((guard) => guard.beforeWrite()));
          return runWrite(connection, stores, durability, work, signal);
        });
      const { value, commit } = await attempt().catch(async (failure: unknown) => {
        const isFull = failure instanceof StorageError && failure.problem.kind === "quota";
        if (!isFull || !(await this.whenFull(stores))) throw failure;
        return attempt();
      });
      this.#options.guard?.committed(commit);
      for (const { store, record } of this.#listeners.size === 0 ? [] : commit.writes) {
        const bytes = byteSize(record);
        for (const listener of this.#listeners) listener({ store, bytes });
      }
      return value;
    });
  }

  /** Hears every record after it was committed. Measuring costs nothing while nobody listens. */
  observeWrites(listener: (write: ObservedWrite) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of the database once what runs has ended. Later calls fail with `closed`. */
  async close(): Promise<void> {
    await this.#gate.exclusive(async () => {
      this.#refusal ??= new StorageError({ kind: "closed" });
      const connection = await this.#connection?.catch(() => null);
      connection?.close();
      this.#connection = null;
    });
  }

  /** Opens the connection if there is none. */
  connect(): Promise<Connection> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    if (this.#connection !== null) return this.#connection;
    const opening = this.#open().then(async (connection) => {
      // Asked once: a connection that is replaced later leads to the same database.
      await (this.#mayUse ??= this.#guarding((guard) => guard.beforeUse(connection)));
      return connection;
    });
    this.#connection = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  /** A connection that died is replaced once; work that had not been asked to commit is done again on the new one. */
  async #onConnection<T>(work: (connection: Connection, signal: AbortSignal) => Promise<T>): Promise<T> {
    const opening = this.connect();
    try {
      return await this.#inTime(opening, work);
    } catch (failure) {
      if (!(failure instanceof ConnectionLost)) throw failure;
    }
    this.#forget(opening);
    try {
      return await this.#inTime(this.connect(), work);
    } catch (failure) {
      throw failure instanceof ConnectionLost ? new StorageError({ kind: "closed" }, failure) : failure;
    }
  }

  /**
   * A database that does not answer is let go of: what has not been asked to commit is rolled back, the call fails, and
   * the next one opens a new connection. A write that was committing may still land; sending it again is safe.
   */
  async #inTime<T>(
    opening: Promise<Connection>,
    work: (connection: Connection, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const givenUp = new AbortController();
    const usual = this.#options.answerLimitMs ?? ANSWER_LIMIT_MS;
    const limitMs = this.#isDoubtful ? Math.min(usual, DOUBTFUL_LIMIT_MS) : usual;
    const answered = opening.then((connection) => {
      // Nobody waits any more for work that would only begin now.
      givenUp.signal.throwIfAborted();
      return work(connection, givenUp.signal);
    });
    const value = await withinRunningTime(answered, limitMs, () => {
      if (this.#isUpgrading || this.#isGuarding) return null;
      this.#isDoubtful = true;
      this.#forget(opening);
      givenUp.abort();
      opening.then((connection) => connection.close()).catch(() => undefined); // it never came to be
      return new StorageError({ kind: "no-answer" });
    });
    this.#isDoubtful = false;
    return value;
  }

  /** Bringing a lost database back takes as long as it takes. */
  async #guarding(work: (guard: DatabaseGuard) => Promise<void>): Promise<void> {
    const { guard } = this.#options;
    if (guard === undefined) return;
    this.#isGuarding = true;
    await work(guard);
    this.#isGuarding = false;
  }

  #forget(opening: Promise<Connection>): void {
    if (this.#connection === opening) this.#connection = null;
  }

  #open(): Promise<Connection> {
    const version = this.#options.migrations?.version ?? DATABASE_VERSION;
    return new Promise<Connection>((resolve, reject) => {
      let isWanted = true;
      let timer: ReturnType<typeof setTimeout> | null = null;
      const giveUp = (failure: StorageError): void => {
        isWanted = false;
        reject(failure);
      };
      const settle = (): void => {
        this.#isUpgrading = false;
        if (timer !== null) clearTimeout(timer);
      };
      let opening: Promise<Connection>;
      try {
        opening = this.#request(version, () => {
          timer = setTimeout(
            () => giveUp(new StorageError({ kind: "blocked" })),
            this.#options.blockedMs ?? BLOCKED_MS,
          );
        });
      } catch (failure) {
        giveUp(new StorageError({ kind: "unavailable", detail: nameOf(failure) }, failure));
        return;
      }
      opening.then(
        (connection) => {
          settle();
          // Too late: whoever asked was told `blocked`, so holding on would block the next one.
          if (!isWanted) connection.close();
          else resolve(connection);
          this.#hasOpened ||= isWanted;
        },
        async (failure: unknown) => {
          settle();
          giveUp(await openingProblem(this.#options.name ?? DATABASE_NAME, version, failure));
        },
      );
    });
  }

  #request(version: number, onBlocked: () => void): Promise<Connection> {
    const attempt = ++this.#attempt;
    const forget = (): void => {
      if (this.#attempt === attempt) this.#connection = null;
    };
    const opening = openDB<HoldfastSchema>(this.#options.name ?? DATABASE_NAME, version, {
      upgrade: (database, oldVersion, _newVersion, tx) => {
        if (oldVersion === 0 && this.#hasOpened) {
          // It was there a moment ago. An empty one in its place would look like "there are no sessions".
          tx.done.catch(() => undefined);
          tx.abort();
          return;
        }
        this.#isUpgrading = true;
        this.wasCreated = oldVersion === 0;
        migrate(database, tx, oldVersion, this.#options.migrations?.steps).catch(() => {
          // The open request fails with the abort; half a migration is rolled back.
          tx.done.catch(() => undefined);
          tx.abort();
        });
      },
      blocked: onBlocked,
      blocking: (_current, wanted) => {
        void opening.then((connection) => connection.close());
        forget();
        if (wanted === null) {
          this.#options.onLost?.();
          return;
        }
        this.#refusal = new StorageError({ kind: "newer-version", found: wanted, known: version });
        this.#options.onNewerVersion?.();
      },
      terminated: () => {
        forget();
        this.#options.onLost?.();
      },
    });
    return opening;
  }
}

async function openingProblem(name: string, known: number, failure: unknown): Promise<StorageError> {
  switch (nameOf(failure)) {
    case "VersionError":
      return new StorageError({ kind: "newer-version", found: await storedVersion(name), known }, failure);
    case "QuotaExceededError":
      return toStorageError(failure);
    case "AbortError":
      return new StorageError(
        { kind: "unavailable", detail: "the database could not be created or upgraded" },
        failure,
      );
    default:
      return isConnectionLost(failure)
        ? new StorageError({ kind: "closed" }, failure)
        : new StorageError({ kind: "unavailable", detail: nameOf(failure) }, failure);
  }
}

async function storedVersion(name: string): Promise<number | null> {
  try {
    const databases = await indexedDB.databases();
    return databases.find((database) => database.name === name)?.version ?? null;
  } catch (failure) {
    // Only the number in the message is missing then.
    console.warn("The stored database's version is not known:", nameOf(failure));
    return null;
  }
}
