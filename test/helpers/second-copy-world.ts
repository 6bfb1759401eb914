import { IDBFactory } from "fake-indexeddb";

import { memoryLocks } from "#journal/memory-locks.ts";
import { Database } from "#storage/database.ts";
import { secondCopyDoor, type SecondCopyDoor } from "#storage/database-guard.ts";
import { memoryMirrorFolder, type MemoryMirrorFolder } from "#storage/mirror-folder-memory.ts";
import type { RestoreReport } from "#storage/mirror-restore.ts";
import { SecondCopy } from "#storage/second-copy.ts";

/** A day later than the samples of test/storage, so that what they save lies in the past. */
const START = new Date(2026, 10, 20, 12).getTime();

/** One device: a database that can be lost, and a second copy that outlives it. Time stands still unless it is told. */
export interface SecondCopyWorld {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  now: number;
  /** A worker that starts: its database, with the copy behind it. */
  start(): Life;
  /** The browser loses the origin's whole IndexedDB. */
  loseDatabase(): void;
}

export interface Life {
  readonly db: Database;
  readonly door: SecondCopyDoor;
  readonly folder: MemoryMirrorFolder;
  readonly reports: RestoreReport[];
  copy(): Promise<SecondCopy>;
  /** What was committed until now is in the copy when it resolves. */
  settle(): Promise<void>;
  /** Runs what waits for time to pass, until nothing does. */
  passTime(): Promise<void>;
  /** Runs only what waits for no time. */
  atOnce(): Promise<void>;
  /** The process ends: its locks come free, its timers never ring, its marks stay. */
  die(): Promise<void>;
}

export function secondCopyWorld(): SecondCopyWorld {
  globalThis.indexedDB = new IDBFactory();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const shared = memoryLocks();
  let ids = 0;
  const world: SecondCopyWorld = {
    files,
    now: START,
    loseDatabase() {
      globalThis.indexedDB = new IDBFactory();
    },
    start() {
      const releases: (() => void)[] = [];
      const timers = new Map<() => void, number>();
      const folder = memoryMirrorFolder(files);
      const reports: RestoreReport[] = [];
      const after = (delayMs: number, run: () => void) => {
        timers.set(run, delayMs);
        return () => timers.delete(run);
      };
      const keep = <Held extends { release(): void } | null>(held: Held): Held => {
        if (held !== null) releases.push(() => held.release());
        return held;
      };
      const load = async () => {
        const copy = new SecondCopy({
          folder,
          openDatabase: () => new Database({}),
          locks: {
            tryAcquire: async (name) => keep(await shared.tryAcquire(name)),
            wait: async (name, signal) => keep(await shared.wait(name, signal)),
            heldNames: () => shared.heldNames(),
          },
          now: () => world.now,
          after,
          unique: () => `id-${ids++}`,
        });
        await copy.feed.begin();
        return copy;
      };
      const door = secondCopyDoor({ storage: storageOf(files), load, after });
      door.onRestored((report) => reports.push(report));
      const db = new Database({ guard: door });
      const copy = async (): Promise<SecondCopy> => {
        const opened = await door.open();
        if (opened === null) throw new Error("There is no second copy.");
        return opened;
      };
      return {
        db,
        door,
        folder,
        reports,
        copy,
        settle: () => door.flush(),
        async passTime() {
          while (timers.size > 0) {
            const due = [...timers.keys()];
            timers.clear();
            for (const run of due) run();
            await (await copy()).feed.flush();
          }
        },
        async atOnce() {
          await copy();
          for (const [run, delayMs] of timers) {
            if (delayMs > 0) continue;
            timers.delete(run);
            run();
          }
          // Behind what was begun just now.
          await (await copy()).feed.idle();
        },
        async die() {
          timers.clear();
          folder.dieAfter(0);
          await db.close();
          for (const release of releases) release();
        },
      };
    },
  };
  return world;
}

/** Just enough of a file system to be looked into. */
export function storageOf(files: ReadonlyMap<string, unknown>): StorageManager {
  const folder = (path: string): unknown => ({
    getDirectoryHandle: async (name: string) => {
      const inner = path === "" ? `${name}/` : `${path}${name}/`;
      // The part that the platform knows as the folder of the copy.
      const prefix = inner.replace(/^mirror\//, "");
      if (![...files.keys()].some((key) => key.startsWith(prefix))) throw new DOMException("none", "NotFoundError");
      return folder(inner);
    },
    async *keys() {
      const prefix = path.replace(/^mirror\//, "");
      for (const key of files.keys()) if (key.startsWith(prefix)) yield key.slice(prefix.length);
    },
  });
  return { getDirectory: async () => folder("") } as unknown as StorageManager;
}
