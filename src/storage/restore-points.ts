import type { SessionId } from "#domain/ids.ts";

import { compareAge, field, readValue } from "./mirror-record.ts";
import type { RecordHead } from "./mirror-record.ts";
import { KEPT_DAYS } from "./mirror-versions.ts";
import { readPoints } from "./named-points.ts";
import type { SecondCopy } from "./second-copy.ts";

/** A session as it was at a restore point. */
export interface PointSession {
  readonly sessionId: SessionId;
  readonly title: string;
  /** Epoch ms of the last save before the point. */
  readonly savedAt: number;
  /** The person has deleted it since; going back brings it back. */
  readonly isDeletedNow: boolean;
}

/** A moment whose state can be had again. */
export interface RestorePoint {
  /** Epoch ms. What was saved until then is in it. */
  readonly at: number;
  /** Null: the end of a day. */
  readonly label: string | null;
  /** Sessions that are different now, newest first. */
  readonly sessions: readonly PointSession[];
  /** How many more there are than the list holds. */
  readonly more: number;
}

const MOST_SESSIONS = 100;

interface Version {
  readonly head: RecordHead;
  readonly title: string;
  readonly isDeleted: boolean;
}

/** The moments one can go back to, newest first: ends of days on which something was saved, and moments with a name. */
export async function listRestorePoints(copy: SecondCopy): Promise<RestorePoint[]> {
  await copy.feed.flush();
  const { sessions, purged } = await readVersions(copy);
  for (const id of purged) sessions.delete(id);
  const named = await readPoints(copy.parts.folder);
  const points = [
    ...daysOf(sessions, copy.parts.now()).map((at) => ({ at, label: null })),
    ...named.map(({ at, label }) => ({ at, label })),
  ];
  return points
    .toSorted((a, b) => b.at - a.at)
    .map(({ at, label }) => {
      const differing = [...sessions].flatMap(([id, versions]) => sessionAt(id, versions, at));
      const newestFirst = differing.toSorted((a, b) => b.savedAt - a.savedAt);
      const shown = newestFirst.slice(0, MOST_SESSIONS);
      return { at, label, sessions: shown, more: newestFirst.length - shown.length };
    })
    .filter((point) => point.sessions.length > 0);
}

async function readVersions(copy: SecondCopy) {
  const sessions = new Map<SessionId, Version[]>();
  const purged = new Set<SessionId>();
  await copy.log.forEach(({ records }) => {
    for (const { head, json } of records) {
      const { sessionId, store } = head;
      if (sessionId === null || (store !== "sessions" && store !== "tombstones")) continue;
      const value = readValue(json);
      if (store === "tombstones") {
        if (field(value, "isPurged") === true) purged.add(sessionId);
        continue;
      }
      const version = { head, title: String(field(value, "title")), isDeleted: field(value, "deletedAt") !== null };
      sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), version]);
    }
  });
  for (const versions of sessions.values()) versions.sort((a, b) => compareAge(a.head, b.head));
  return { sessions, purged };
}

/** Ends of the days before today on which a session was saved. */
function daysOf(sessions: ReadonlyMap<SessionId, readonly Version[]>, now: number): number[] {
  const today = startOfDay(now);
  const oldest = today - KEPT_DAYS * 24 * 3_600_000;
  const days = new Set<number>();
  for (const { head } of [...sessions.values()].flat()) {
    if (head.at >= oldest && head.at < today) days.add(endOfDay(head.at));
  }
  return [...days];
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function endOfDay(at: number): number {
  return new Date(at).setHours(23, 59, 59, 999);
}

function sessionAt(sessionId: SessionId, versions: readonly Version[], at: number): PointSession[] {
  const then = versions.findLast((version) => version.head.at <= at);
  const now = versions.at(-1);
  if (then === undefined || now === undefined || then.isDeleted || compareAge(then.head, now.head) === 0) return [];
  return [{ sessionId, title: then.title, savedAt: then.head.at, isDeletedNow: now.isDeleted }];
}
