import type { SessionRow } from "#protocol/commands.ts";

/** Rows under one heading of the list. `key` stays the same while the words may depend on the language. */
export interface SessionGroup {
  readonly key: string;
  readonly heading: string;
  readonly rows: readonly SessionRow[];
}

const DAY_MS = 86_400_000;

/** Whether a row belongs under "Needs you": something in it waits for a decision of the person. */
export function needsYou(row: SessionRow): boolean {
  return row.needsApproval || (row.entry.needsPerson && !row.isRunning);
}

/**
 * Sorts rows under their headings: Needs you, Pinned, Today, Yesterday, Last 7 days, then months. Days are those of
 * the person's clock and change at its midnight, also where a day has 23 or 25 hours. Within a group: newest first.
 */
export function groupRows(rows: readonly SessionRow[], now: number, locale?: string): readonly SessionGroup[] {
  const groups = new Map<string, { heading: string; rows: SessionRow[]; order: number }>();
  const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" });
  for (const row of rows) {
    const place = placeOf(row, now, month);
    const group = groups.get(place.key);
    if (group === undefined) groups.set(place.key, { heading: place.heading, order: place.order, rows: [row] });
    else group.rows.push(row);
  }
  return [...groups]
    .sort(([, a], [, b]) => a.order - b.order)
    .map(([key, group]) => ({ key, heading: group.heading, rows: group.rows.sort(newestFirst) }));
}

function newestFirst(a: SessionRow, b: SessionRow): number {
  return (
    b.entry.lastActivityAt - a.entry.lastActivityAt ||
    (a.entry.sessionId < b.entry.sessionId ? 1 : a.entry.sessionId > b.entry.sessionId ? -1 : 0)
  );
}

function placeOf(row: SessionRow, now: number, month: Intl.DateTimeFormat) {
  if (needsYou(row)) return { key: "needs-you", heading: "Needs you", order: 0 };
  if (row.entry.isPinned) return { key: "pinned", heading: "Pinned", order: 1 };
  const at = row.entry.lastActivityAt;
  const daysAgo = calendarDaysBetween(at, now);
  if (daysAgo <= 0) return { key: "today", heading: "Today", order: 2 };
  if (daysAgo === 1) return { key: "yesterday", heading: "Yesterday", order: 3 };
  if (daysAgo < 7) return { key: "week", heading: "Last 7 days", order: 4 };
  const date = new Date(at);
  const monthsAgo =
    (new Date(now).getFullYear() - date.getFullYear()) * 12 + new Date(now).getMonth() - date.getMonth();
  return { key: `${date.getFullYear()}-${date.getMonth() + 1}`, heading: month.format(at), order: 5 + monthsAgo };
}

/** Whole days of the local calendar from `earlier` to `later`. Rounded, because midnights may lie 23 or 25 hours apart. */
export function calendarDaysBetween(earlier: number, later: number): number {
  return Math.round((new Date(later).setHours(0, 0, 0, 0) - new Date(earlier).setHours(0, 0, 0, 0)) / DAY_MS);
}
