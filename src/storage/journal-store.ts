import type { RunId, SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import { mergeDeltas } from "#domain/run-event.ts";

import { journalCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { JournalRow } from "./schema.ts";
import { StorageError } from "./storage-error.ts";
import type { Writing } from "./transaction.ts";
import { keysUnder } from "./transaction.ts";

/** The stored events of a run, in order. */
export interface Journal {
  readonly events: RunEvent[];
  /** Epoch ms of the last checkpoint that stored something; null: none did. */
  readonly savedAt: number | null;
  /** Batches that cannot be read. They stay where they are. */
  readonly unreadable: number;
}

/** Reads what a run had stored before it settled. Throws StorageError newer-version and closed. */
export function readJournal(db: Database, sessionId: SessionId, runId: RunId): Promise<Journal> {
  return db.read(["journal"], async (tx) => {
    const records = await tx.objectStore("journal").getAll(keysUnder(sessionId, runId));
    const rows = records.map((record) => journalCodec.decode(record)).flatMap((row) => (row.ok ? [row.value] : []));
    return {
      events: rows.flatMap((row) => row.events),
      savedAt: rows.at(-1)?.savedAt ?? null,
      unreadable: records.length - rows.length,
    };
  });
}

/**
 * Adds one batch as one row, neighbouring deltas merged. A checkpoint whose fate was unknown (the connection died while it committed) is sent again with
 * newer events behind it; what is stored already is found by its seq, so nothing comes twice.
 */
export async function appendJournal(writing: Writing, batch: Omit<JournalRow, "seq">): Promise<void> {
  const { sessionId, runId } = batch;
  const first = firstSeqOf(batch.events);
  const last = batch.events.at(-1)?.seq;
  if (first === undefined || last === undefined) return;
  const overlap = await writing.tx
    .objectStore("journal")
    .getAll(IDBKeyRange.bound([sessionId, runId, first], [sessionId, runId, []]));
  const stored = overlap.at(-1)?.seq;
  if (stored !== undefined && stored >= last) return;
  const covered = overlap.every((row) => (firstSeqOf(row.events) ?? first) >= first);
  const events = covered ? batch.events : batch.events.filter((event) => event.seq > (stored ?? 0));
  if (!covered && (firstSeqOf(events) ?? 0) <= (stored ?? 0)) {
    throw new StorageError({ kind: "aborted", detail: "a batch of events begins inside a stored one" });
  }
  for (const row of covered ? overlap : []) writing.remove("journal", [sessionId, runId, row.seq]);
  writing.put("journal", journalCodec.encode({ ...batch, events: mergeDeltas(events), seq: last }));
}

function firstSeqOf(events: readonly RunEvent[]): number | undefined {
  const event = events[0];
  return event === undefined ? undefined : (event.firstSeq ?? event.seq);
}
