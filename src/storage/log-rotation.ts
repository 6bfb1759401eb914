import type { SessionId } from "#domain/ids.ts";

import type { Database } from "./database.ts";
import { keysUnder } from "./transaction.ts";

/**
 * Chromium keeps what was written last in a log of 4 MB. After a death its last record may be torn, and what is then
 * written behind it costs the whole database at a later start, when the browser finds the checksum wrong. More than 4 MB
 * make it begin a new log and drop the old one: 4 MB prevented the loss, 2 MB did not (80 ms, measured in Chromium 156).
 */
const ROWS = 1_280;
const ROW_BYTES = 4_096;
/** A transaction's rows are held in memory until its end. */
const ROWS_AT_ONCE = 256;

/** No session's id has a space in it. */
const ROTATION = "log rotation" as SessionId;

/** Writes small rows once and removes them. `name`: of this worker, so that two may do it at once. `now`: epoch ms. */
export async function rotateLog(db: Database, name: string, now: number): Promise<void> {
  const bytes = new Uint8Array(ROW_BYTES);
  for (let from = 0; from < ROWS; from += ROWS_AT_ONCE) {
    await db.write(["files"], "relaxed", async (writing) => {
      for (let row = from; row < from + ROWS_AT_ONCE; row += 1) {
        writing.put("files", { sessionId: ROTATION, path: `${name} ${row}`, bytes, modifiedAt: now });
      }
    });
  }
  // Also those of a rotation that was interrupted.
  await db.write(["files"], "strict", async (writing) => writing.remove("files", keysUnder(ROTATION)));
}
