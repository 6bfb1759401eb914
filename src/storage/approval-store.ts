import type { ApprovalId, SessionId } from "#domain/ids.ts";
import type { ApprovalRow } from "#domain/session.ts";

import { approvalCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import { deletedSessions } from "./tombstones.ts";

/** Approvals without a decision, oldest request first; those of deleted sessions are left out. */
export function listPendingApprovals(db: Database, sessionId?: SessionId): Promise<ApprovalRow[]> {
  return db.read(["approvals", "tombstones"], async (tx) => {
    const records = await tx.objectStore("approvals").index("open").getAll(sessionId);
    const deleted = await deletedSessions(tx);
    return records
      .map((record) => approvalCodec.decode(record))
      .flatMap((row) => (row.ok && !deleted.has(row.value.sessionId) ? [row.value] : []))
      .sort((a, b) => a.requestedAt - b.requestedAt);
  });
}

export function readApproval(db: Database, id: ApprovalId): Promise<ApprovalRow | null> {
  return db.read(["approvals"], async (tx) => {
    const record = await tx.objectStore("approvals").get(id);
    return record === undefined ? null : approvalCodec.read(record);
  });
}
