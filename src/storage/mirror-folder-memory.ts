import type { MirrorFile, MirrorFolder, MirrorPart } from "./mirror-folder.ts";

/** The twin in memory, with what a disk can do to it. */
export interface MemoryMirrorFolder extends MirrorFolder {
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Every change fails from the given number on, as if the process were gone. */
  dieAfter(changes: number): void;
  /** Files can be read and removed, and nothing can be written. */
  isFull: boolean;
}

export function memoryMirrorFolder(files = new Map<string, Uint8Array<ArrayBuffer>>()): MemoryMirrorFolder {
  let left = Number.POSITIVE_INFINITY;
  const spend = (): void => {
    if (left-- <= 0) throw new DOMException("The process is gone", "InvalidStateError");
  };
  const measure = async (part: MirrorPart): Promise<MirrorFile[]> =>
    [...files]
      .filter(([path]) => path.startsWith(`${part}/`))
      .map(([path, bytes]) => ({ name: path.slice(part.length + 1), bytes: bytes.length }));
  const folder: MemoryMirrorFolder = {
    files,
    isFull: false,
    dieAfter(changes) {
      left = changes;
    },
    measure,
    list: async (part) => (await measure(part)).map(({ name }) => name),
    read: async (part, name) => files.get(`${part}/${name}`)?.slice() ?? null,
    async write(part, name, bytes) {
      if (folder.isFull) throw new DOMException("The disk is full", "QuotaExceededError");
      spend();
      files.set(`${part}/${name}`, bytes.slice());
    },
    async remove(part, name) {
      spend();
      files.delete(`${part}/${name}`);
    },
  };
  return folder;
}
