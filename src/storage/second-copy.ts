import type { Database } from "./database.ts";
import { rotateLog } from "./log-rotation.ts";
import { compareWithDatabase } from "./mirror-check.ts";
import { MirrorFeed, SECOND_COPY_LOCK } from "./mirror-feed.ts";
import type { SecondCopyParts } from "./mirror-feed.ts";
import { MirrorLog, newestAt, segmentsAmong } from "./mirror-log.ts";
import { keepNote, readNote } from "./mirror-notes.ts";
import type { CheckNote } from "./mirror-notes.ts";
import { SECOND_COPY_NOTE } from "./mirror-record.ts";
import { restoreFrom } from "./mirror-restore.ts";
import type { RestoreReport } from "./mirror-restore.ts";
import { isBehind } from "./mirror-tail.ts";
import { cutsAt, KEPT_DAYS } from "./mirror-versions.ts";
import { addPoint, dropOldPoints, pointTimes } from "./named-points.ts";
import { deadWriters } from "./writer-mark.ts";

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

const CHECK_AFTER_MS = 24 * 3_600_000;

export interface CheckResult extends CheckNote {
  /** What the database had not got; null: nothing. */
  readonly restored: RestoreReport | null;
}

/** The second copy of what is saved, outside IndexedDB: filled by its feed, compared, and brought back from. */
export class SecondCopy {
  readonly log: MirrorLog;
  readonly parts: SecondCopyParts;
  /** What is saved comes in here. */
  readonly feed: MirrorFeed;
  #isNoted = false;

  constructor(parts: SecondCopyParts) {
    this.parts = parts;
    this.log = new MirrorLog(parts.folder, parts.unique);
    this.feed = new MirrorFeed(parts, this.log, () => this.#noteOnce());
  }

  /**
   * Brings back what the database has not got. Two tabs that start at once: the second waits and finds it done.
   * Rejects with what the platform says; the database is used as it is then, and the next start tries again.
   */
  async restore(): Promise<RestoreReport | null> {
    const lock = await this.parts.locks.wait(SECOND_COPY_LOCK, new AbortController().signal);
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
      this.feed.missed();
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
    return this.feed.needsCheck || last === null || this.parts.now() - last.at >= CHECK_AFTER_MS;
  }

  /**
   * Compares with the database, copies what was missed, clears away what nobody needs. Null: another tab is at it, or it
   * failed, which `status` tells. Never rejects. `db`: the app's own connection, so that nothing overlaps its writes.
   */
  async check(db: Database): Promise<CheckResult | null> {
    await this.feed.flush();
    const lock = await this.parts.locks.tryAcquire(SECOND_COPY_LOCK);
    if (lock === null) return null;
    const { folder, now } = this.parts;
    try {
      // Never compared with a database that has not got back what it lost: its gaps would pass for removals.
      const parts = { db, log: this.log, folder };
      let restored = (await hasNote(db)) ? null : await restoreFrom({ ...parts, now: now() });
      const found = await compareWithDatabase({ ...parts, at: this.feed.nextAt() });
      if (found.isDatabaseBehind) restored ??= await restoreFrom({ ...parts, now: now() });
      await this.#note(db);
      await dropOldPoints(folder, now() - KEPT_DAYS * 24 * 3_600_000);
      await this.#compactAll();
      await this.log.collectBlobs(found.blobsInDatabase);
      const note: CheckNote = { at: now(), ...found.note };
      await keepNote(folder, "checked", note);
      if (restored !== null) await keepNote(folder, "restored", restored);
      this.feed.caughtUp();
      return { ...note, restored };
    } catch (failure) {
      this.feed.trouble = failure;
      return null;
    } finally {
      lock.release();
    }
  }

  /** The present state gets a name, so that one can come back to it. Gives its time. */
  async namePresent(label: string): Promise<number> {
    await this.feed.flush();
    if (this.feed.trouble !== null) throw this.feed.trouble;
    const at = this.feed.nextAt();
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
      waiting: this.feed.waiting,
      trouble: this.feed.trouble,
      lastCheck: await readNote(this.parts.folder, "checked"),
      lastRestore: await readNote(this.parts.folder, "restored"),
    };
  }

  async #compactAll(): Promise<void> {
    const cuts = cutsAt(this.parts.now(), await pointTimes(this.parts.folder));
    while (await this.log.compact(cuts));
  }

  async #noteOnce(): Promise<void> {
    if (this.#isNoted) return;
    const db = this.parts.openDatabase();
    try {
      await this.#note(db);
    } finally {
      await db.close();
    }
  }

  /** From now on a database without this row has lost what it had. */
  async #note(db: Database): Promise<void> {
    if (!(await hasNote(db))) {
      const value = { since: this.parts.now() };
      await db.write(["settings"], "strict", async (writing) => {
        writing.put("settings", { key: SECOND_COPY_NOTE, value, revision: 1 });
      });
    }
    this.#isNoted = true;
  }
}

async function hasNote(db: Database): Promise<boolean> {
  const row = await db.read(["settings"], (tx) => tx.objectStore("settings").get(SECOND_COPY_NOTE));
  return row !== undefined;
}
