import { compareAge } from "./mirror-record.ts";
import type { RecordHead } from "./mirror-record.ts";

/** Days that can be gone back to. A deleted session stays in the trash as long. */
export const KEPT_DAYS = 30;

/**
 * The moments at which the state must stay readable, besides now: the ends of the last days in the time of this
 * device, and the moments that were named (before somebody went back). Epoch ms.
 */
export function cutsAt(now: number, named: readonly number[]): number[] {
  const cuts = [...named];
  const day = new Date(now);
  for (let back = 0; back < KEPT_DAYS; back += 1) {
    day.setHours(0, 0, 0, 0);
    cuts.push(day.getTime() - 1);
    day.setDate(day.getDate() - 1);
  }
  return cuts;
}

/**
 * Which of one record's versions are still needed: the newest, and at each cut the one that counted then. A version
 * that is not needed among some of them is not needed among all, so parts of the log can be cleared one by one.
 */
export function neededVersions<Version extends { readonly head: RecordHead }>(
  versions: readonly Version[],
  cuts: readonly number[],
): Version[] {
  const newestFirst = versions.toSorted((a, b) => compareAge(b.head, a.head));
  const needed: Version[] = [];
  let replacedAt = Number.POSITIVE_INFINITY;
  let last: RecordHead | null = null;
  for (const version of newestFirst) {
    const { head } = version;
    const isSame = last !== null && compareAge(last, head) === 0;
    const isNewest = last === null;
    if (isNewest || (!isSame && cuts.some((cut) => head.at <= cut && cut < replacedAt))) needed.push(version);
    replacedAt = Math.min(replacedAt, head.at);
    last = head;
  }
  return needed.toReversed();
}
