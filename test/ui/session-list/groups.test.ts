import { describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { indexEntryOf } from "#domain/index-entry.ts";
import { newSession } from "#domain/session.ts";
import { readId } from "#domain/ids.ts";
import type { SessionRow } from "#protocol/commands.ts";
import { calendarDaysBetween, groupRows } from "#ui/session-list/groups.ts";
import { rowWords, timeWords } from "#ui/session-list/row-words.ts";

const NOW = new Date(2026, 10, 22, 14, 0).getTime();
const HOUR = 3_600_000;

function row(
  id: string,
  at: number,
  fields: Partial<Omit<SessionRow, "entry">> & { entry?: Partial<SessionRow["entry"]> } = {},
) {
  const entry = indexEntryOf(newSession(readId<SessionId>(id), at, null));
  return {
    isRunning: false,
    needsApproval: false,
    hasDraft: false,
    ...fields,
    entry: { ...entry, ...fields.entry },
  } satisfies SessionRow;
}

function shape(rows: readonly SessionRow[]) {
  return groupRows(rows, NOW, "en-GB").map((group) => [group.heading, ...group.rows.map((one) => one.entry.sessionId)]);
}

describe("the list's groups", () => {
  test("what needs you stands first, then pinned ones, days, the week and months", () => {
    expect(
      shape([
        row("june", new Date(2026, 5, 3).getTime()),
        row("today", NOW - HOUR),
        row("asks", NOW - 100 * HOUR, { needsApproval: true }),
        row("week", NOW - 4 * 24 * HOUR),
        row("yesterday", NOW - 24 * HOUR),
        row("pinned", NOW - 1_000 * HOUR, { entry: { isPinned: true } }),
        row("november", new Date(2026, 10, 2).getTime()),
        row("cut", NOW - 50 * HOUR, { entry: { needsPerson: true, status: "interrupted" } }),
      ]),
    ).toEqual([
      ["Needs you", "cut", "asks"],
      ["Pinned", "pinned"],
      ["Today", "today"],
      ["Yesterday", "yesterday"],
      ["Last 7 days", "week"],
      ["November 2026", "november"],
      ["June 2026", "june"],
    ]);
  });

  test("a session that runs again does not ask for anybody", () => {
    expect(shape([row("a", NOW, { isRunning: true, entry: { needsPerson: true } })])).toEqual([["Today", "a"]]);
  });

  test("days change at midnight and not after 24 hours", () => {
    const justBefore = new Date(2026, 10, 21, 23, 59).getTime();
    const justAfter = new Date(2026, 10, 22, 0, 1).getTime();
    expect(calendarDaysBetween(justBefore, justAfter)).toBe(1);
    expect(calendarDaysBetween(justAfter, NOW)).toBe(0);
  });

  test("a clock that was set back puts what seems to come from the future under Today", () => {
    expect(shape([row("later", NOW + 48 * HOUR)])).toEqual([["Today", "later"]]);
  });

  test("rows of the same moment keep one order", () => {
    expect(shape([row("a", NOW), row("b", NOW)])).toEqual(shape([row("b", NOW), row("a", NOW)]));
  });
});

describe("a row's second line", () => {
  test("states are said in words", () => {
    expect(rowWords(row("a", NOW, { needsApproval: true }), NOW).state).toBe("Needs approval");
    expect(rowWords(row("a", NOW, { isRunning: true }), NOW)).toMatchObject({ state: "Working", isAttention: false });
    const cut = row("a", NOW, { entry: { needsPerson: true, status: "interrupted" } });
    expect(rowWords(cut, NOW)).toMatchObject({ state: "Interrupted", isAttention: true });
    expect(rowWords(row("a", NOW, { hasDraft: true }), NOW).state).toBe("Draft");
    expect(rowWords(row("a", NOW), NOW).state).toBeNull();
  });

  test("the time is as exact as it helps", () => {
    expect(timeWords(NOW - 20_000, NOW, "en-GB")).toBe("now");
    expect(timeWords(NOW - 5 * 60_000, NOW, "en-GB")).toBe("5 min ago");
    expect(timeWords(NOW - 3 * HOUR, NOW, "en-GB")).toBe("11:00");
    expect(timeWords(NOW - 24 * HOUR, NOW, "en-GB")).toBe("Yesterday");
    expect(timeWords(NOW - 3 * 24 * HOUR, NOW, "en-GB")).toBe("Thursday");
    expect(timeWords(new Date(2026, 0, 5).getTime(), NOW, "en-GB")).toBe("5 Jan");
    expect(timeWords(new Date(2025, 0, 5).getTime(), NOW, "en-GB")).toBe("5 Jan 2025");
  });
});
