import type { MirrorFolder } from "./mirror-folder.ts";
import type { MirrorLocks } from "./mirror-feed.ts";

/** A writer that has been quiet this long has left no half-written record in the database's log. */
const QUIET_MS = 2_000;
const WRITER_LOCK = "holdfast:second-copy-writer:";

interface MarkParts {
  readonly folder: MirrorFolder;
  readonly locks: MirrorLocks;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Unique among all workers that ever were. */
  readonly name: string;
  /** Runs work one after the other. Never rejects. */
  readonly inOrder: (work: () => Promise<void>) => Promise<void>;
}

/**
 * From the first write on until it is quiet a file says that somebody writes to the database. One that is left behind,
 * while nobody holds its lock, tells the next start of a death in the middle of a write.
 */
export class WriterMark {
  readonly #parts: MarkParts;
  #isMarked = false;
  #cancelQuiet: (() => void) | null = null;
  #lock: Promise<unknown> | null = null;

  constructor(parts: MarkParts) {
    this.#parts = parts;
  }

  /** With every write. */
  renew(): void {
    const { after, inOrder, folder, name } = this.#parts;
    this.#cancelQuiet?.();
    this.#cancelQuiet = after(QUIET_MS, () => {
      this.#cancelQuiet = null;
      void inOrder(() => this.#unmark());
    });
    if (this.#isMarked) return;
    this.#isMarked = true;
    void inOrder(async () => {
      await this.#holdLock();
      await folder.write("writers", name, new Uint8Array());
    });
  }

  async #unmark(): Promise<void> {
    if (this.#cancelQuiet !== null) return;
    this.#isMarked = false;
    await this.#parts.folder.remove("writers", this.#parts.name);
  }

  /** Held for life: while it is, the mark belongs to somebody who lives. */
  #holdLock(): Promise<unknown> {
    this.#lock ??= this.#parts.locks.tryAcquire(`${WRITER_LOCK}${this.#parts.name}`);
    return this.#lock;
  }
}

/** Marks of writers that died. */
export async function deadWriters(folder: MirrorFolder, locks: MirrorLocks): Promise<string[]> {
  // First the marks, then the locks: a mark is only made under its lock.
  const names = await folder.list("writers");
  const held = await locks.heldNames();
  return names.filter((name) => !held.has(`${WRITER_LOCK}${name}`));
}
