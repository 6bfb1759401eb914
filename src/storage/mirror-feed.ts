import type { SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import type { MirrorFolder } from "./mirror-folder.ts";
import { newestAt } from "./mirror-log.ts";
import type { MirrorLog } from "./mirror-log.ts";
import { concernsCopy, field, nameOfRecord, readValue, recordsOf } from "./mirror-record.ts";
import type { MirrorRecord } from "./mirror-record.ts";
import { cutsAt } from "./mirror-versions.ts";
import { pointTimes } from "./named-points.ts";
import { nameOf } from "./storage-error.ts";
import type { Commit } from "./transaction.ts";
import { WriterMark } from "./writer-mark.ts";

/** As src/journal has them: shared by all tabs, released by the platform when their holder dies. */
export interface MirrorLocks {
  tryAcquire(name: string): Promise<{ release(): void } | null>;
  wait(name: string, signal: AbortSignal): Promise<{ release(): void }>;
  heldNames(): Promise<ReadonlySet<string>>;
}

export interface SecondCopyParts {
  readonly folder: MirrorFolder;
  /** A connection of its own, without a guard: the app's own waits while this one brings things back. */
  readonly openDatabase: () => Database;
  readonly locks: MirrorLocks;
  /** Epoch ms. */
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly unique: () => string;
}

/** A message that was accepted and an answer that has settled are lost by no wipe: they do not wait for company. */
const TURN_BATCH_MS = 0;
/** Of the rest one copy at most a second: what comes in one go is one small file. */
const BATCH_MS = 1_000;
/** Typing: what counts is where it ends. */
const DRAFT_BATCH_MS = 5_000;
const RETRY_MS = 30_000;
/** After that many the comparison brings the copy up, which needs no memory. */
const MOST_WAITING = 2_000;
/** Batches of this worker between two looks whether there is something to merge. */
const BATCHES_TO_COMPACT = 12;
/** A clock that was further ahead once is not followed. */
const CLOCK_ERROR_MS = 24 * 3_600_000;
/** One worker at a time merges, sweeps, compares and brings back. */
export const SECOND_COPY_LOCK = "holdfast:second-copy";

/**
 * From commits to files. Off the path of every save: `take` only remembers, everything else happens later, and a failure
 * is told by `trouble` and stops nothing. Several workers may do so at once: each writes files of its own.
 */
export class MirrorFeed {
  /** Why the last try to write failed; null: it did not. */
  trouble: unknown = null;
  /** The copy may have missed something: only a comparison tells. */
  needsCheck = false;
  readonly #parts: SecondCopyParts;
  readonly #log: MirrorLog;
  readonly #copied: () => Promise<void>;
  readonly #mark: WriterMark;
  #waiting: { readonly commit: Commit; readonly at: number }[] = [];
  #writing: Promise<void> = Promise.resolve();
  #cancelFlush: (() => void) | null = null;
  #flushAt = Number.POSITIVE_INFINITY;
  #batches = 0;
  #lastAt = 0;

  /** `copied` runs after each batch. */
  constructor(parts: SecondCopyParts, log: MirrorLog, copied: () => Promise<void>) {
    this.#parts = parts;
    this.#log = log;
    this.#copied = copied;
    this.#mark = new WriterMark({ ...parts, name: parts.unique(), inOrder: (work) => this.#inOrder(work) });
  }

  /** Commits that are not in the copy yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Looks how far the copy goes. A clock that was far ahead once is not followed for ever. */
  async begin(): Promise<void> {
    const newest = newestAt(await this.#log.segments());
    this.#lastAt = Math.min(newest, this.#parts.now() + CLOCK_ERROR_MS);
  }

  /** Takes note of a commit. Does nothing else now, and never throws. */
  take(commit: Commit): void {
    this.#mark.renew();
    if (!concernsCopy(commit)) return;
    const at = this.nextAt();
    if (this.#waiting.length >= MOST_WAITING) this.needsCheck = true;
    else this.#waiting.push({ commit, at });
    this.#flushSoon(this.trouble === null ? batchMsOf(commit) : RETRY_MS);
  }

  /** What was not taken note of is found by the next comparison. */
  missed(): void {
    this.needsCheck = true;
  }

  /** A comparison has found what was missed. */
  caughtUp(): void {
    this.needsCheck = false;
    this.trouble = null;
  }

  /** Copies what waits, now. Never rejects. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#flushAt = Number.POSITIVE_INFINITY;
    return this.#inOrder(() => this.#copy());
  }

  /** Resolves when nothing is being written. */
  idle(): Promise<void> {
    return this.#writing;
  }

  /** Always a later one, also when the clock is set back, so that what was copied later counts as later. */
  nextAt(): number {
    this.#lastAt = Math.max(this.#parts.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  /** One after the other: what is copied, compared, brought back. Failures are told by `status`. */
  #inOrder(work: () => Promise<void>): Promise<void> {
    const run = this.#writing.then(work).catch((failure: unknown) => {
      this.trouble = failure;
      console.warn("The second copy could not be written:", nameOf(failure));
    });
    this.#writing = run;
    return run;
  }

  #flushSoon(delayMs: number): void {
    const at = this.#parts.now() + delayMs;
    if (at >= this.#flushAt) return;
    this.#cancelFlush?.();
    this.#flushAt = at;
    this.#cancelFlush = this.#parts.after(delayMs, () => void this.flush());
  }

  async #copy(): Promise<void> {
    const taken = this.#waiting;
    if (taken.length === 0) return;
    this.#waiting = [];
    try {
      await this.#copyBlobs(taken.map(({ commit }) => commit));
      const records = newestOf(taken.flatMap(({ commit, at }) => recordsOf(commit, at)));
      if (records.length > 0) await this.#log.append(records);
      await this.#sweep(purgedBy(records));
    } catch (failure) {
      this.#waiting = [...taken, ...this.#waiting];
      this.#flushSoon(RETRY_MS);
      throw failure;
    }
    this.trouble = null;
    await this.#copied();
    this.#batches += 1;
    if (this.#batches % BATCHES_TO_COMPACT === 0) await this.#compactOnce();
  }

  /** What a person removed for good does not wait for the next comparison. */
  async #sweep(purged: ReadonlySet<SessionId>): Promise<void> {
    if (purged.size === 0) return;
    const lock = await this.#parts.locks.tryAcquire(SECOND_COPY_LOCK);
    if (lock === null) {
      this.needsCheck = true;
      return;
    }
    const db = this.#parts.openDatabase();
    try {
      await this.#log.sweep(purged);
      await this.#log.collectBlobs(new Set(await db.read(["blobs"], (tx) => tx.objectStore("blobs").getAllKeys())));
    } finally {
      lock.release();
      await db.close();
    }
  }

  async #copyBlobs(commits: readonly Commit[]): Promise<void> {
    for (const { store, record } of commits.flatMap((commit) => commit.writes)) {
      if (store !== "blobs") continue;
      const [id, bytes] = [field(record, "id"), field(record, "bytes")];
      if (typeof id !== "string" || !(bytes instanceof Uint8Array)) continue;
      await this.#parts.folder.write("blobs", id, new Uint8Array(bytes));
    }
  }

  async #compactOnce(): Promise<void> {
    const lock = await this.#parts.locks.tryAcquire(SECOND_COPY_LOCK);
    if (lock === null) return;
    try {
      await this.#log.compact(cutsAt(this.#parts.now(), await pointTimes(this.#parts.folder)));
    } finally {
      lock.release();
    }
  }
}

function batchMsOf({ stores }: Commit): number {
  if (stores.includes("turns") || stores.includes("queue")) return TURN_BATCH_MS;
  return stores.includes("drafts") && !stores.includes("sessions") ? DRAFT_BATCH_MS : BATCH_MS;
}

function purgedBy(records: readonly MirrorRecord[]): Set<SessionId> {
  return new Set(
    records.flatMap(({ head, json }) =>
      head.store === "tombstones" && head.sessionId !== null && field(readValue(json), "isPurged") === true
        ? [head.sessionId]
        : [],
    ),
  );
}

/** Of one batch the last state of each record is enough. */
function newestOf(records: readonly MirrorRecord[]): MirrorRecord[] {
  return [...new Map(records.map((record) => [nameOfRecord(record.head), record])).values()];
}
