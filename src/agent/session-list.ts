import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf, type IndexEntry } from "#domain/index-entry.ts";
import { newSession, titleFromText } from "#domain/session.ts";
import { lockNameOf } from "#journal/lease.ts";
import type { ListCursor, SessionList, SessionRow } from "#protocol/commands.ts";
import { listPendingApprovals } from "#storage/approval-store.ts";
import { listDrafted, readDraft } from "#storage/draft-store.ts";
import { listEntries, listFlagged, readEntry } from "#storage/index-store.ts";
import { readSession } from "#storage/session-store.ts";

import type { Environment } from "./environment.ts";

/** Pinned and waiting sessions on the first page; more are found by scrolling. */
const FLAGGED_ROWS = 50;

/** What only the running system knows about rows, read once for a whole page of them. */
interface Overlay {
  readonly held: ReadonlySet<string>;
  readonly approvals: ReadonlySet<SessionId>;
  readonly drafted: ReadonlySet<SessionId>;
}

/** One page of the list, newest first. A session that has only a draft is listed too, before it ever had a save. */
export async function listSessions(env: Environment, after: ListCursor | null, limit: number): Promise<SessionList> {
  const overlay = await readOverlay(env);
  const { entries, hasMore } = await listEntries(env.db, after, limit);
  const last = entries.at(-1);
  const first = after === null ? await firstEntries(env, overlay.drafted) : [];
  const seen = new Set(first.map((entry) => entry.sessionId));
  return {
    rows: [...first, ...entries.filter((entry) => !seen.has(entry.sessionId))].map((entry) => rowOf(entry, overlay)),
    next: hasMore && last !== undefined ? { lastActivityAt: last.lastActivityAt, sessionId: last.sessionId } : null,
  };
}

/** The rows of these sessions as they are now, and which of them are not listed any more. */
export async function readRows(
  env: Environment,
  ids: readonly SessionId[],
): Promise<{ readonly rows: readonly SessionRow[]; readonly removed: readonly SessionId[] }> {
  const overlay = await readOverlay(env);
  const rows: SessionRow[] = [];
  const removed: SessionId[] = [];
  for (const id of ids) {
    const entry = (await readEntry(env.db, id)) ?? (await provisionalEntry(env, id));
    if (entry === null) removed.push(id);
    else rows.push(rowOf(entry, overlay));
  }
  return { rows, removed };
}

async function readOverlay(env: Environment): Promise<Overlay> {
  const approvals = await listPendingApprovals(env.db);
  return {
    held: await env.locks.heldNames(),
    approvals: new Set(approvals.map((row) => row.sessionId)),
    drafted: new Set(await listDrafted(env.db)),
  };
}

function rowOf(entry: IndexEntry, overlay: Overlay): SessionRow {
  const isOpen = entry.status === "pending" || entry.status === "running";
  return {
    entry,
    isRunning: isOpen && overlay.held.has(lockNameOf(entry.sessionId)),
    needsApproval: overlay.approvals.has(entry.sessionId),
    hasDraft: overlay.drafted.has(entry.sessionId),
  };
}

/** What the first page holds however old it is: pinned, waiting for the person, and drafted without a row. */
async function firstEntries(env: Environment, drafted: ReadonlySet<SessionId>): Promise<IndexEntry[]> {
  return [...(await provisionalEntries(env, drafted)), ...(await listFlagged(env.db, FLAGGED_ROWS))];
}

async function provisionalEntries(env: Environment, drafted: ReadonlySet<SessionId>): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (const id of drafted) {
    if ((await readEntry(env.db, id)) !== null) continue;
    const entry = await provisionalEntry(env, id);
    if (entry !== null) entries.push(entry);
  }
  return entries.sort((a, b) => b.lastActivityAt - a.lastActivityAt);
}

/** A row for a session that has no index row: from its record (the row is missing), or from its draft. */
async function provisionalEntry(env: Environment, id: SessionId): Promise<IndexEntry | null> {
  const session = await readSession(env.db, id);
  if (session !== null) return session.deletedAt === null ? indexEntryOf(session) : null;
  const draft = await readDraft(env.db, id);
  if (draft === null || (draft.text.trim() === "" && draft.attachments.length === 0)) return null;
  const blank = indexEntryOf(newSession(id, draft.updatedAt, null));
  return { ...blank, title: draft.text.trim() === "" ? blank.title : titleFromText(draft.text) };
}
