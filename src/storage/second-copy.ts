import type { Database } from "./database.ts";
import { rotateLog } from "./log-rotation.ts";
import { compareWithDatabase } from "./mirror-check.ts";
import type { MirrorFolder } from "./mirror-folder.ts";
import { MirrorLog, segmentsAmong } from "./mirror-log.ts";
import type { Segment } from "./mirror-log.ts";
import { keepNote, readNote } from "./mirror-notes.ts";
import type { CheckNote } from "./mirror-notes.ts";
import { concernsCopy, field, nameOfRecord, recordsOf, SECOND_COPY_NOTE } from "./mirror-record.ts";
import type { MirrorRecord } from "./mirror-record.ts";
import { restoreFrom } from "./mirror-restore.ts";
import type { RestoreReport } from "./mirror-restore.ts";
import { isBehind } from "./mirror-tail.ts";
import { cutsAt, KEPT_DAYS } from "./mirror-versions.ts";
import { addPoint, dropOldPoints, pointTimes } from "./named-points.ts";
import { nameOf } from "./storage-error.ts";
import type { Commit } from "./transaction.ts";
import { deadWriters, WriterMark } from "./writer-mark.ts";

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

export interface SecondCopyStatus {
  /** Epoch ms of the newest record; null: nothing has been copied yet. */
  readonly newestAt: number | null;
  readonly bytes: number;
  readonly files: number;
  /** Commits that are not in the copy yet. */
  readonly waiting: number;
  /** Why the last try to write failed; null: it did not. */
  readonly trouble: unknown;
  readonly lastCheck: CheckNote | null;
  readonly lastRestore: RestoreReport | null;
}

/** One copy at most a second: what comes in one go is one small file. */
const BATCH_MS = 1_000;
/** Typing: what counts is where it ends. */
const DRAFT_BATCH_MS = 5_000;
const RETRY_MS = 30_000;
/** After that many the comparison brings the copy up, which needs no memory. */
const MOST_WAITING = 2_000;
/** Batches of this worker between two looks whether there is something to merge. */
const BATCHES_TO_COMPACT = 12;
const CHECK_AFTER_MS = 24 * 3_600_000;
const CLOCK_ERROR_MS = 24 * 3_600_000;
const LOCK = "holdfast:second-copy";

/**
 * The second copy of what is saved, outside IndexedDB. Off the path of every save: `take` only remembers, everything
 * else happens later, and a failure is told by `status` and stops nothing. Several workers may write at once: each
 * writes files of its own.
 */
export class SecondCopy {
  readonly log: MirrorLog;
  readonly parts: SecondCopyParts;
  readonly #mark: WriterMark;
  #waiting: { readonly commit: Commit; readonly at: number }[] = [];
  #writing: Promise<void> = Promise.resolve();
  #cancelFlush: (() => void) | null = null;
  #flushAt = Number.POSITIVE_INFINITY;
  #isNoted = false;
  #needsCheck = false;
  #batches = 0;
  #lastAt = 0;
  #trouble: unknown = null;

  constructor(parts: SecondCopyParts) {
    this.parts = parts;
    this.log = new MirrorLog(parts.folder, parts.unique);
    this.#mark = new WriterMark({ ...parts, name: parts.unique(), inOrder: (work) => this.#inOrder(work) });
  }

  /** Looks how far the copy goes. A clock that was far ahead once is not followed for ever. */
  async begin(): Promise<void> {
    const newest = newestAt(await this.log.segments());
    this.#lastAt = Math.min(newest, this.parts.now() + CLOCK_ERROR_MS);
  }

  /** Takes note of a commit. Does nothing else now, and never throws. */
  take(commit: Commit): void {
    this.#mark.renew();
    if (!concernsCopy(commit)) return;
    const at = this.nextAt();
    if (this.#waiting.length >= MOST_WAITING) this.#needsCheck = true;
    else this.#waiting.push({ commit, at });
    const isDraft = commit.stores.includes("drafts") && !commit.stores.includes("sessions");
    this.#flushSoon(this.#trouble === null ? (isDraft ? DRAFT_BATCH_MS : BATCH_MS) : RETRY_MS);
  }

  /** What was not taken note of is found by the next comparison. */
  missed(): void {
    this.#needsCheck = true;
  }

  /** Copies what waits, now. Never rejects. */
  flush(): Promise<void> {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#flushAt = Number.POSITIVE_INFINITY;
    return this.#inOrder(() => this.#copy());
  }

  /** One after the other: what is copied, compared, brought back. Failures are told by `status`. */
  #inOrder(work: () => Promise<void>): Promise<void> {
    const run = this.#writing.then(work).catch((failure: unknown) => {
      this.#trouble = failure;
      console.warn("The second copy could not be written:", nameOf(failure));
    });
    this.#writing = run;
    return run;
  }

  /**
   * Brings back what the database has not got. Two tabs that start at once: the second waits and finds it done.
   * Rejects with what the platform says; the database is used as it is then, and the next start tries again.
   */
  async restore(): Promise<RestoreReport | null> {
    const lock = await this.parts.locks.wait(LOCK, new AbortController().signal);
    const db = this.parts.openDatabase();
    try {
      if (await hasNote(db)) return null;
      const report = await restoreFrom({ db, log: this.log, folder: this.parts.folder, now: this.parts.now() });
      await this.#note(db);
      if (report !== null) await keepNote(this.parts.folder, "restored", report);
      return report;
    } finally {
      lock.release();
      await db.close();
    }
  }

  /**
   * After a death in the middle of a write: makes the browser begin a new log before anything is written behind the
   * torn end of the old one, and brings back what the database then has not got. Gives what came back.
   */
  async recoverFromDeath(): Promise<RestoreReport | null> {
    const { folder, locks, now, unique } = this.parts;
    const dead = await deadWriters(folder, locks);
    if (dead.length === 0) return null;
    const db = this.parts.openDatabase();
    try {
      await rotateLog(db, unique(), now());
      for (const name of dead) await folder.remove("writers", name);
      this.#needsCheck = true;
      if (!(await isBehind(db, this.log))) return null;
      const report = await restoreFrom({ db, log: this.log, folder, now: now() });
      if (report !== null) await keepNote(folder, "restored", report);
      return report;
    } finally {
      await db.close();
    }
  }

  /** Whether a comparison is due: once a day, after a death and after a failure. */
  async isCheckDue(): Promise<boolean> {
    const last = await readNote(this.parts.folder, "checked");
    return this.#needsCheck || last === null || this.parts.now() - last.at >= CHECK_AFTER_MS;
  }

  /**
   * Compares with the database, copies what was missed, clears away what nobody needs. Null: another tab is at it, or it
   * failed, which `status` tells. Never rejects.
   */
  async check(): Promise<CheckNote | null> {
    await this.flush();
    const lock = await this.parts.locks.tryAcquire(LOCK);
    if (lock === null) return null;
    const { folder, now } = this.parts;
    const db = this.parts.openDatabase();
    try {
      // Never compared with a database that has not got back what it lost: its gaps would pass for removals.
      if (!(await hasNote(db))) await restoreFrom({ db, log: this.log, folder, now: now() });
      const found = await compareWithDatabase({ db, log: this.log, folder, at: this.nextAt() });
      if (found.isDatabaseBehind) await restoreFrom({ db, log: this.log, folder, now: now() });
      await this.#note(db);
      await dropOldPoints(folder, now() - KEPT_DAYS * 24 * 3_600_000);
      await this.#compactAll();
      await this.log.collectBlobs(found.blobsInDatabase);
      const note: CheckNote = { at: now(), ...found.note };
      await keepNote(folder, "checked", note);
      this.#needsCheck = false;
      this.#trouble = null;
      return note;
    } catch (failure) {
      this.#trouble = failure;
      return null;
    } finally {
      lock.release();
      await db.close();
    }
  }

  /** The present state gets a name, so that one can come back to it. Gives its time. */
  async namePresent(label: string): Promise<number> {
    await this.flush();
    if (this.#trouble !== null) throw this.#trouble;
    const at = this.nextAt();
    await addPoint(this.parts.folder, { at, label });
    return at;
  }

  async status(): Promise<SecondCopyStatus> {
    const [log, blobs] = await Promise.all([this.parts.folder.measure("log"), this.parts.folder.measure("blobs")]);
    const newest = newestAt(segmentsAmong(log.map(({ name }) => name)));
    return {
      newestAt: newest === 0 ? null : newest,
      bytes: [...log, ...blobs].reduce((sum, file) => sum + file.bytes, 0),
      files: log.length + blobs.length,
      waiting: this.#waiting.length,
      trouble: this.#trouble,
      lastCheck: await readNote(this.parts.folder, "checked"),
      lastRestore: await readNote(this.parts.folder, "restored"),
    };
  }

  #flushSoon(delayMs: number): void {
    const at = this.parts.now() + delayMs;
    if (at >= this.#flushAt) return;
    this.#cancelFlush?.();
    this.#flushAt = at;
    this.#cancelFlush = this.parts.after(delayMs, () => void this.flush());
  }

  async #copy(): Promise<void> {
    const taken = this.#waiting;
    if (taken.length === 0) return;
    this.#waiting = [];
    try {
      await this.#copyBlobs(taken.map(({ commit }) => commit));
      const records = newestOf(taken.flatMap(({ commit, at }) => recordsOf(commit, at)));
      if (records.length > 0) await this.log.append(records);
    } catch (failure) {
      this.#waiting = [...taken, ...this.#waiting];
      this.#flushSoon(RETRY_MS);
      throw failure;
    }
    this.#trouble = null;
    if (!this.#isNoted) await this.#noteOnce();
    this.#batches += 1;
    if (this.#batches % BATCHES_TO_COMPACT === 0) await this.#compactOnce();
  }

  async #copyBlobs(commits: readonly Commit[]): Promise<void> {
    for (const { store, record } of commits.flatMap((commit) => commit.writes)) {
      if (store !== "blobs") continue;
      const [id, bytes] = [field(record, "id"), field(record, "bytes")];
      if (typeof id !== "string" || !(bytes instanceof Uint8Array)) continue;
      await this.parts.folder.write("blobs", id, new Uint8Array(bytes));
    }
  }

  async #compactOnce(): Promise<void> {
    const lock = await this.parts.locks.tryAcquire(LOCK);
    if (lock === null) return;
    try {
      await this.log.compact(cutsAt(this.parts.now(), await pointTimes(this.parts.folder)));
    } finally {
      lock.release();
    }
  }

  async #compactAll(): Promise<void> {
    const cuts = cutsAt(this.parts.now(), await pointTimes(this.parts.folder));
    while (await this.log.compact(cuts));
  }

  async #noteOnce(): Promise<void> {
    const db = this.parts.openDatabase();
    try {
      await this.#note(db);
    } finally {
      await db.close();
    }
  }

  /** From now on a database without this row has lost what it had. */
  async #note(db: Database): Promise<void> {
    this.#isNoted = true;
    if (await hasNote(db)) return;
    const value = { since: this.parts.now() };
    await db.write(["settings"], "strict", async (writing) => {
      writing.put("settings", { key: SECOND_COPY_NOTE, value, revision: 1 });
    });
  }

  /** Always a later one, also when the clock is set back, so that what was copied later counts as later. */
  nextAt(): number {
    this.#lastAt = Math.max(this.parts.now(), this.#lastAt + 1);
    return this.#lastAt;
  }
}

async function hasNote(db: Database): Promise<boolean> {
  const row = await db.read(["settings"], (tx) => tx.objectStore("settings").get(SECOND_COPY_NOTE));
  return row !== undefined;
}

function newestAt(segments: readonly Segment[]): number {
  return segments.reduce((at, segment) => Math.max(at, segment.at), 0);
}

/** Of one batch the last state of each record is enough. */
function newestOf(records: readonly MirrorRecord[]): MirrorRecord[] {
  return [...new Map(records.map((record) => [nameOfRecord(record.head), record])).values()];
}
