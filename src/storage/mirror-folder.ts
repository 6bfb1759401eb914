/**
 * Where the second copy lies: small files in a few folders, outside IndexedDB. A name is written once and never changed.
 *
 *     log      segments: batches of records, each a file of its own
 *     blobs    bytes of attachments, under their hash
 *     writers  one empty file for each worker while it writes; left behind only by a death
 *     points   moments that were named, so that one can come back to them
 *     notes    when the copy was last compared; what was last brought back
 */
export const MIRROR_PARTS = ["log", "blobs", "writers", "points", "notes"] as const;
export type MirrorPart = (typeof MIRROR_PARTS)[number];

export interface MirrorFile {
  readonly name: string;
  readonly bytes: number;
}

/** Every method rejects with what the platform says; a disk that is full with a QuotaExceededError. */
export interface MirrorFolder {
  /** Names, in no order. */
  list(part: MirrorPart): Promise<string[]>;
  /** As `list`, with sizes: it looks at every file. */
  measure(part: MirrorPart): Promise<MirrorFile[]>;
  /** Null where there is none (any more). */
  read(part: MirrorPart, name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Resolves when the file is whole on the disk. */
  write(part: MirrorPart, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Does nothing where there is none. */
  remove(part: MirrorPart, name: string): Promise<void>;
}
