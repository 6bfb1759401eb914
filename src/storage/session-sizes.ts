import type { BlobId, SessionId } from "#domain/ids.ts";

import { byteSize } from "./byte-size.ts";
import type { Database } from "./database.ts";

/** Turns read in one transaction, so that no write waits long. */
const PAGE = 100;

/** What the turns of one session take up, with what they refer to. */
export interface SessionSize {
  /** Of the turns' records. */
  readonly turnBytes: number;
  /** Of attachments; one that several turns refer to counts once. */
  readonly attachmentBytes: number;
}

/**
 * How large each session is, deleted ones included. Reads every turn, page by page: some seconds for gigabytes, so it is
 * for a person who asks. Nothing is checked, since a record that cannot be read takes space as well.
 */
export async function measureSessions(db: Database): Promise<Map<SessionId, SessionSize>> {
  const sizes = new Map<SessionId, SessionSize>();
  const seen = new Set<BlobId>();
  let range: IDBKeyRange | null = null;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop
    const page = await readPage(db, range);
    for (const { sessionId, turnBytes, attachments } of page) {
      const known = sizes.get(sessionId) ?? { turnBytes: 0, attachmentBytes: 0 };
      const fresh = attachments.filter(({ blobId }) => !seen.has(blobId));
      for (const { blobId } of fresh) seen.add(blobId);
      const attachmentBytes = known.attachmentBytes + fresh.reduce((sum, { size }) => sum + size, 0);
      sizes.set(sessionId, { turnBytes: known.turnBytes + turnBytes, attachmentBytes });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return sizes;
    range = IDBKeyRange.lowerBound([last.sessionId, last.seq], true);
  }
}

interface MeasuredTurn {
  readonly sessionId: SessionId;
  readonly seq: number;
  readonly turnBytes: number;
  readonly attachments: readonly { readonly blobId: BlobId; readonly size: number }[];
}

function readPage(db: Database, range: IDBKeyRange | null): Promise<MeasuredTurn[]> {
  return db.read(["turns"], async (tx) => {
    const records = await tx.objectStore("turns").getAll(range, PAGE);
    return records.map((record) => ({
      sessionId: record.sessionId,
      seq: record.seq,
      turnBytes: byteSize(record),
      attachments: attachmentsOf(record.user),
    }));
  });
}

function attachmentsOf(user: unknown): MeasuredTurn["attachments"] {
  if (typeof user !== "object" || user === null || !("attachments" in user)) return [];
  const all: unknown[] = Array.isArray(user.attachments) ? user.attachments : [];
  return all.flatMap((file) => {
    if (typeof file !== "object" || file === null || !("blobId" in file) || !("size" in file)) return [];
    return typeof file.size === "number" ? [{ blobId: file.blobId as BlobId, size: file.size }] : [];
  });
}

/** Deleted sessions that can still be brought back. */
export function listTrash(db: Database): Promise<SessionId[]> {
  return db.read(["tombstones"], (tx) => tx.objectStore("tombstones").index("due").getAllKeys());
}
