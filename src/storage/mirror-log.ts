import type { BlobId, SessionId } from "#domain/ids.ts";

import type { MirrorFile, MirrorFolder } from "./mirror-folder.ts";
import { decodeFrames, encodeFrames } from "./mirror-frame.ts";
import { nameOfRecord, readRecordText, recordText } from "./mirror-record.ts";
import type { MirrorRecord } from "./mirror-record.ts";
import { neededVersions } from "./mirror-versions.ts";

/** A file of records. Written once; a compaction writes another and removes it. */
export interface Segment {
  readonly name: string;
  readonly tier: number;
  /** Epoch ms of its newest record. */
  readonly at: number;
}

export interface SegmentContent {
  readonly segment: Segment;
  readonly records: readonly MirrorRecord[];
  readonly damaged: number;
  readonly bytes: number;
}

/** Do not change without a migration. */
const SEGMENT_NAME = /^(\d)-(\d{1,15})-([A-Za-z0-9-]{1,64})$/;
/** Files of one tier that make one of the next. */
const MERGED_AT_ONCE = 12;
/** A file of this size is not merged any more, so that what is in memory at once stays small. */
const LARGE_BYTES = 4_000_000;
const HIGHEST_TIER = 9;
/** A compaction of another tab may remove a file between the look into the folder and the reading. */
const LOOKS = 5;

export function segmentsAmong(names: readonly string[]): Segment[] {
  return names.flatMap((name) => {
    const [, tier, at] = SEGMENT_NAME.exec(name) ?? [];
    return tier === undefined || at === undefined ? [] : [{ name, tier: Number(tier), at: Number(at) }];
  });
}

/** Epoch ms of the newest record; 0: there is none. */
export function newestAt(segments: readonly Segment[]): number {
  return segments.reduce((at, segment) => Math.max(at, segment.at), 0);
}

/** The records that were copied, over all segments. Reading changes nothing. */
export class MirrorLog {
  readonly #folder: MirrorFolder;
  readonly #unique: () => string;

  constructor(folder: MirrorFolder, unique: () => string) {
    this.#folder = folder;
    this.#unique = unique;
  }

  async append(records: readonly MirrorRecord[], tier = 0): Promise<void> {
    const at = records.reduce((newest, { head }) => Math.max(newest, head.at), 0);
    const name = `${tier}-${at}-${this.#unique()}`;
    await this.#folder.write("log", name, encodeFrames(records.map(recordText)));
  }

  async segments(): Promise<Segment[]> {
    return segmentsAmong(await this.#folder.list("log"));
  }

  /** Null where it is gone: a compaction put it into another one. */
  async read(segment: Segment): Promise<SegmentContent | null> {
    const bytes = await this.#folder.read("log", segment.name);
    if (bytes === null) return null;
    const { texts, damaged } = decodeFrames(bytes);
    const records = texts.map(readRecordText).filter((record) => record !== null);
    return { segment, records, damaged: damaged + texts.length - records.length, bytes: bytes.length };
  }

  /**
   * Calls `visit` with every segment, one in memory at a time. Each record is seen at least once, though segments come
   * and go meanwhile; one may be seen twice.
   */
  async forEach(visit: (content: SegmentContent) => void | Promise<void>): Promise<void> {
    const seen = new Set<string>();
    for (let look = 0; look < LOOKS; look += 1) {
      let hasMissed = false;
      const segments = (await this.segments()).filter(({ name }) => !seen.has(name));
      for (const segment of segments) {
        const content = await this.read(segment);
        seen.add(segment.name);
        if (content === null) hasMissed = true;
        else await visit(content);
      }
      if (!hasMissed) return;
    }
    throw new DOMException("The second copy changes faster than it can be read", "InvalidStateError");
  }

  /**
   * Merges small segments into larger ones and leaves out what nobody can ask for any more. May end between any two
   * steps: the merged file is whole before the first of its sources goes, and what lies twice counts once.
   */
  async compact(cuts: readonly number[]): Promise<boolean> {
    const files = new Map((await this.#folder.measure("log")).map((file) => [file.name, file]));
    const segments = segmentsAmong([...files.keys()]);
    for (let tier = 0; tier < HIGHEST_TIER; tier += 1) {
      const ready = segments.filter((segment) => segment.tier === tier && isSmall(files.get(segment.name)));
      if (ready.length < MERGED_AT_ONCE) continue;
      const whole = (await Promise.all(ready.map((segment) => this.read(segment)))).filter(
        (content) => content !== null,
      );
      if (await this.#merge(whole, tier + 1, cuts)) return true;
    }
    return false;
  }

  async #merge(contents: readonly SegmentContent[], tier: number, cuts: readonly number[]): Promise<boolean> {
    // What could not be read is never thrown away: somebody may find out what is wrong with it.
    const sound = contents.filter(({ damaged }) => damaged === 0);
    if (sound.length < MERGED_AT_ONCE / 2) return false;
    const records = needed(
      sound.flatMap((content) => content.records),
      cuts,
    );
    if (records.length > 0) await this.append(records, tier);
    for (const { segment } of sound) await this.#folder.remove("log", segment.name);
    return true;
  }

  /** Takes the content of sessions that were removed for good out of every segment. Their tombstones stay. */
  async sweep(purged: ReadonlySet<SessionId>): Promise<void> {
    for (const segment of await this.segments()) {
      const content = await this.read(segment);
      if (content === null) continue;
      const kept = content.records.filter(({ head }) => !isPurged(head, purged));
      if (kept.length === content.records.length) continue;
      if (kept.length > 0) await this.append(kept, segment.tier);
      // A damaged one goes too: it may hold what the person wanted gone.
      await this.#folder.remove("log", segment.name);
    }
  }

  /** Removes the bytes that no record refers to. Those in `fresh` stay: their record is on its way. */
  async collectBlobs(fresh: ReadonlySet<BlobId>): Promise<number> {
    const names = await this.#folder.list("blobs");
    if (names.length === 0) return 0;
    const used = new Set<string>(fresh);
    await this.forEach(({ records }) => {
      for (const { head } of records) for (const id of head.blobs ?? []) used.add(id);
    });
    const unused = names.filter((name) => !used.has(name));
    for (const name of unused) await this.#folder.remove("blobs", name);
    return unused.length;
  }
}

export function isPurged(head: MirrorRecord["head"], purged: ReadonlySet<SessionId>): boolean {
  return head.store !== "tombstones" && head.sessionId !== null && purged.has(head.sessionId);
}

function isSmall(file: MirrorFile | undefined): boolean {
  return file !== undefined && file.bytes < LARGE_BYTES;
}

/** In the order in which they were, without the versions that nobody needs. */
function needed(records: readonly MirrorRecord[], cuts: readonly number[]): MirrorRecord[] {
  const byName = new Map<string, MirrorRecord[]>();
  for (const record of records) {
    const name = nameOfRecord(record.head);
    byName.set(name, [...(byName.get(name) ?? []), record]);
  }
  const kept = new Set([...byName.values()].flatMap((versions) => neededVersions(versions, cuts)));
  return records.filter((record) => kept.has(record));
}
