import type { DatabaseGuard } from "./database.ts";
import type { RestoreReport } from "./mirror-restore.ts";
import type { SecondCopy } from "./second-copy.ts";
import type { Commit } from "./transaction.ts";

/** As in mirror-record.ts and mirror-folder-opfs.ts, which a start does not load. */
const NOTE = "secondCopy";
const FOLDER = "mirror";
/** The second copy's code comes after the first screen. */
const LOAD_AFTER_MS = 500;
/** Commits kept for a copy whose code is not there yet. What is more is found by its next comparison. */
const MOST_KEPT = 500;

export interface SecondCopyDoor extends DatabaseGuard {
  /** Something came back later, by a comparison. */
  readonly restored: (report: RestoreReport) => void;
  /** Null: this browser gives no place outside the database. Rejects where its code cannot be loaded now. */
  open(): Promise<SecondCopy | null>;
  /** The page is leaving: what waits is copied now. Never rejects. */
  flush(): Promise<void>;
  /** Called when something came back: before it is used, or as soon as it is there. */
  onRestored(listener: (report: RestoreReport) => void): void;
}

/**
 * Stands between the database and its second copy so that a normal start pays for one row and one look into an empty
 * folder. `load` brings the copy's code; `after` calls once after so many ms.
 */
export function secondCopyDoor(parts: {
  readonly storage: StorageManager | undefined;
  readonly load: () => Promise<SecondCopy | null>;
  readonly after: (delayMs: number, run: () => void) => () => void;
}): SecondCopyDoor {
  let opening: Promise<SecondCopy | null> | null = null;
  let opened: SecondCopy | null = null;
  let isAbsent = false;
  let kept: Commit[] = [];
  let isWaiting = false;
  let hasMissed = false;
  let untold: RestoreReport | null = null;
  let tell = (report: RestoreReport): void => {
    untold = report;
  };

  function open(): Promise<SecondCopy | null> {
    opening ??= parts.load().then(
      (copy) => {
        opened = copy;
        isAbsent = copy === null;
        if (hasMissed) copy?.feed.missed();
        for (const commit of kept) copy?.feed.take(commit);
        kept = [];
        return copy;
      },
      (failure: unknown) => {
        // No network on a first visit: asked again with the next save.
        opening = null;
        throw failure;
      },
    );
    return opening;
  }

  async function ask(work: (copy: SecondCopy) => Promise<RestoreReport | null>): Promise<void> {
    try {
      const copy = await open();
      const report = copy === null ? null : await work(copy);
      if (report !== null) tell(report);
    } catch (failure) {
      // The database is used as it is; the note that would say that all is well is not written, so it is tried again.
      console.warn("The second copy could not be looked at.", failure);
    }
  }

  function openSoon(): void {
    if (isWaiting) return;
    isWaiting = true;
    parts.after(LOAD_AFTER_MS, () => {
      isWaiting = false;
      open().catch(() => undefined); // asked again with the next save
    });
  }

  return {
    open,
    restored: (report) => tell(report),
    async beforeUse(connection) {
      const isKnown = (await connection.get("settings", NOTE).catch(() => null)) !== undefined;
      if (!isKnown && (await hasEntries(parts.storage, FOLDER))) await ask((copy) => copy.restore());
    },
    async beforeWrite() {
      if (await hasEntries(parts.storage, FOLDER, "writers")) await ask((copy) => copy.recoverFromDeath());
    },
    committed(commit) {
      if (isAbsent) return;
      if (opened !== null) {
        opened.feed.take(commit);
        return;
      }
      if (kept.length < MOST_KEPT) kept.push(commit);
      else hasMissed = true;
      openSoon();
    },
    async flush() {
      if (opened === null && kept.length === 0) return;
      await open().then(
        (copy) => copy?.feed.flush(),
        () => undefined, // what was not copied is found by the next comparison
      );
    },
    onRestored(listener) {
      tell = listener;
      if (untold !== null) listener(untold);
    },
  };
}

async function hasEntries(storage: StorageManager | undefined, ...path: readonly string[]): Promise<boolean> {
  try {
    let folder = await storage?.getDirectory();
    for (const name of path) folder = await folder?.getDirectoryHandle(name);
    for await (const _ of folder?.keys() ?? []) return true;
    return false;
  } catch {
    // No such folder, or no file system at all: there is nothing to come back.
    return false;
  }
}
