import type { SessionId } from "#domain/ids.ts";
import { lockNameOf } from "#journal/lease.ts";
import type { LargeFile, LargeSession, StorageReport } from "#protocol/commands.ts";
import { listDrafted } from "#storage/draft-store.ts";
import { readEntry } from "#storage/index-store.ts";
import { purgeDeleted } from "#storage/session-deletion.ts";
import { listTrash, measureSessions, type SessionSize } from "#storage/session-sizes.ts";
import { estimateUsage } from "#storage/usage.ts";
import type { WorkspaceFile } from "#tools/tool.ts";

import type { Environment } from "./environment.ts";
import { Refused } from "./refusals.ts";

/** Rows of each list: who needs space looks at the largest. */
const ROWS = 20;
/** An upload of this long ago has been written into its draft. */
const FRESH_BLOB_MS = 10 * 60_000;

interface Measured extends SessionSize {
  readonly sessionId: SessionId;
  readonly files: readonly WorkspaceFile[];
  readonly fileBytes: number;
}

/** What takes space, by kind, and the largest sessions and files. Reads only; takes seconds where much is stored. */
export async function reportStorage(env: Environment): Promise<StorageReport> {
  const sessions = await measureAll(env);
  const trash = new Set(await listTrash(env.db));
  const kept = sessions.filter(({ sessionId }) => !trash.has(sessionId));
  const deleted = sessions.filter(({ sessionId }) => trash.has(sessionId));
  const titles = new Map<SessionId, string>();
  const largest = kept.toSorted((a, b) => total(b) - total(a)).slice(0, ROWS);
  const files = kept
    .flatMap(({ sessionId, files: all }) => all.map((file) => ({ sessionId, path: file.path, bytes: file.size })))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, ROWS);
  for (const { sessionId } of [...largest, ...files]) {
    if (titles.has(sessionId)) continue;
    // oxlint-disable-next-line no-await-in-loop
    titles.set(sessionId, (await readEntry(env.db, sessionId))?.title ?? "Untitled session");
  }
  const titleOf = (id: SessionId) => titles.get(id) ?? "";
  return {
    kinds: await kindsOf(env, sessions),
    sessions: largest.map((session): LargeSession => ({
      sessionId: session.sessionId,
      title: titleOf(session.sessionId),
      bytes: total(session),
      fileBytes: session.fileBytes,
      fileCount: session.files.length,
    })),
    files: files.map((file): LargeFile => ({ ...file, title: titleOf(file.sessionId) })),
    trash: { sessions: trash.size, bytes: deleted.reduce((sum, session) => sum + total(session), 0) },
  };
}

function total({ turnBytes, attachmentBytes, fileBytes }: Measured): number {
  return turnBytes + attachmentBytes + fileBytes;
}

async function measureAll(env: Environment): Promise<Measured[]> {
  const measured: Measured[] = [];
  const sizes = await measureSessions(env.db);
  // A session that was never sent anything may have files all the same.
  for (const id of await listDrafted(env.db)) if (!sizes.has(id)) sizes.set(id, { turnBytes: 0, attachmentBytes: 0 });
  for (const [sessionId, size] of sizes) {
    // One after the other: each is a look at one folder, and the session on screen must not wait for all of them.
    // oxlint-disable-next-line no-await-in-loop
    const files = await (await env.openWorkspace(sessionId)).list();
    measured.push({ sessionId, ...size, files, fileBytes: files.reduce((sum, file) => sum + file.size, 0) });
  }
  return measured;
}

async function kindsOf(env: Environment, sessions: readonly Measured[]): Promise<StorageReport["kinds"]> {
  const rows = await estimateUsage(env.db, ["sessions", "index", "drafts", "queue", "approvals"]);
  const [journal] = await estimateUsage(env.db, ["journal"]);
  const device = await env.measureDevice();
  const { usedBytes } = await env.readStorageUsage();
  const sum = (of: (session: Measured) => number) => sessions.reduce((bytes, session) => bytes + of(session), 0);
  const known = [
    { kind: "sessions", bytes: sum(({ turnBytes }) => turnBytes) + rows.reduce((all, { bytes }) => all + bytes, 0) },
    { kind: "journal", bytes: journal?.bytes ?? 0 },
    { kind: "attachments", bytes: sum(({ attachmentBytes }) => attachmentBytes) },
    { kind: "files", bytes: device.files ?? sum(({ fileBytes }) => fileBytes) },
    { kind: "mirror", bytes: device.mirror ?? 0 },
    { kind: "app", bytes: device.app ?? 0 },
  ] as const;
  if (usedBytes === null) return known;
  const rest = usedBytes - known.reduce((all, { bytes }) => all + bytes, 0);
  return [...known, { kind: "other", bytes: Math.max(0, rest) }];
}

/** Removes for good what was deleted. Gives how many sessions went. */
export async function emptyTrash(env: Environment): Promise<number> {
  const now = env.clock.now();
  const purged = await purgeDeleted(env.db, now + 1, now - FRESH_BLOB_MS);
  for (const sessionId of purged) {
    // oxlint-disable-next-line no-await-in-loop
    await env.removeWorkspace(sessionId);
  }
  return purged.length;
}

/** Removes the files of a session's workspace for good. What was attached to its messages stays with them. */
export async function removeSessionFiles(env: Environment, sessionId: SessionId): Promise<void> {
  if ((await env.locks.heldNames()).has(lockNameOf(sessionId))) {
    throw new Refused("busy", "A reply is being written in this session and may need its files. Stop it first.");
  }
  await env.removeWorkspace(sessionId);
}
