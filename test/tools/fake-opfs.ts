/**
 * The origin private file system as the specification has it, in memory, to be killed between any two operations. It
 * has only what src/tools uses. The real one runs the same contract in test/browser/workspace.test.ts.
 */
export type Writing = "sync-handle" | "writable" | "forgetful";

export class FakeDirectory {
  readonly #writing: Writing;
  readonly #files = new Map<string, FakeFile>();
  readonly #folders = new Map<string, FakeDirectory>();
  readonly #root: FakeDirectory;
  #left = Number.POSITIVE_INFINITY;
  isFull = false;

  constructor(writing: Writing, root?: FakeDirectory) {
    this.#writing = writing;
    this.#root = root ?? this;
  }

  /** Every operation that changes something fails from the given number on, as if the process were gone. */
  dieAfter(operations: number): void {
    this.#left = operations;
  }

  revive(): void {
    this.#left = Number.POSITIVE_INFINITY;
  }

  spend(): void {
    const root = this.#root;
    if (root.#left-- <= 0) throw new DOMException("The process is gone", "InvalidStateError");
  }

  /** Files in this folder and below. */
  get fileCount(): number {
    const below = [...this.#folders.values()].reduce((sum, folder) => sum + folder.fileCount, 0);
    return this.#files.size + below;
  }

  get isDiskFull(): boolean {
    return this.#root.isFull;
  }

  async getDirectoryHandle(name: string, options: { create?: boolean } = {}): Promise<FakeDirectory> {
    const known = this.#folders.get(name);
    if (known !== undefined) return known;
    if (options.create !== true) throw new DOMException("none", "NotFoundError");
    const made = new FakeDirectory(this.#writing, this.#root);
    this.#folders.set(name, made);
    return made;
  }

  async getFileHandle(name: string, options: { create?: boolean } = {}): Promise<FakeFile> {
    const known = this.#files.get(name);
    if (known !== undefined) return known;
    if (options.create !== true) throw new DOMException("none", "NotFoundError");
    this.spend();
    const made = new FakeFile(this, this.#writing);
    this.#files.set(name, made);
    return made;
  }

  async removeEntry(name: string): Promise<void> {
    this.spend();
    const isKnown = this.#files.delete(name) || this.#folders.delete(name);
    if (!isKnown) throw new DOMException("none", "NotFoundError");
  }

  async *keys(): AsyncGenerator<string> {
    yield* [...this.#files.keys(), ...this.#folders.keys()];
  }
}

class FakeFile {
  bytes = new Uint8Array();
  readonly #folder: FakeDirectory;
  readonly #writing: Writing;
  #isLocked = false;

  constructor(folder: FakeDirectory, writing: Writing) {
    this.#folder = folder;
    this.#writing = writing;
  }

  async getFile(): Promise<File> {
    return new File([this.bytes.slice()], "file");
  }

  async createSyncAccessHandle() {
    if (this.#writing !== "sync-handle") throw new TypeError("not a function");
    if (this.#isLocked) throw new DOMException("locked", "NoModificationAllowedError");
    this.#isLocked = true;
    return {
      truncate: (size: number) => this.#change(() => (this.bytes = this.bytes.slice(0, size))),
      write: (bytes: Uint8Array, { at }: { at: number }) => {
        // A full disk takes a part, as some systems do.
        const taken = this.#folder.isDiskFull ? Math.floor(bytes.length / 2) : bytes.length;
        // A death during a write may leave the room for it, filled with zeros: the length alone proves nothing.
        const room = overwritten(
          this.bytes,
          new Uint8Array(Math.max(0, at + taken - this.bytes.length)),
          this.bytes.length,
        );
        const whole = overwritten(this.bytes, bytes.subarray(0, taken), at);
        this.bytes = room;
        this.#change(() => (this.bytes = whole));
        return taken;
      },
      flush: () => this.#folder.spend(),
      close: () => (this.#isLocked = false),
    };
  }

  async createWritable() {
    if (this.#writing === "sync-handle") throw new TypeError("not a function");
    let copy = new Uint8Array();
    return {
      write: async (bytes: Uint8Array) => {
        if (this.#folder.isDiskFull) throw new DOMException("full", "QuotaExceededError");
        this.#folder.spend();
        copy = overwritten(copy, bytes, copy.length);
      },
      close: async () => this.#change(() => (this.bytes = this.#writing === "forgetful" ? new Uint8Array() : copy)),
      abort: async () => {
        copy = new Uint8Array();
      },
    };
  }

  #change(change: () => void): void {
    this.#folder.spend();
    change();
  }
}

function overwritten(old: Uint8Array, bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(Math.max(old.length, at + bytes.length));
  changed.set(old);
  changed.set(bytes, at);
  return changed;
}

export function fakeStorage(root: FakeDirectory): StorageManager {
  return { getDirectory: async () => root } as unknown as StorageManager;
}
