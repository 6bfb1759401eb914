import type { SessionRow } from "#protocol/commands.ts";

import { calendarDaysBetween } from "./groups.ts";

/** The second line of a row: a state in words where there is one, and the time. */
export interface RowWords {
  readonly state: string | null;
  /** Whether the state asks something of the person. */
  readonly isAttention: boolean;
  readonly time: string;
}

export function rowWords(row: SessionRow, now: number, locale?: string): RowWords {
  const state = stateOf(row);
  return {
    state: state?.words ?? null,
    isAttention: state?.isAttention ?? false,
    time: timeWords(row.entry.lastActivityAt, now, locale),
  };
}

function stateOf(row: SessionRow): { words: string; isAttention: boolean } | null {
  if (row.needsApproval) return { words: "Needs approval", isAttention: true };
  if (row.isRunning) return { words: "Working", isAttention: false };
  if (row.entry.needsPerson) return { words: endingWords(row.entry.status), isAttention: true };
  if (row.hasDraft) return { words: "Draft", isAttention: false };
  return null;
}

function endingWords(status: SessionRow["entry"]["status"]): string {
  switch (status) {
    case "interrupted":
      return "Interrupted";
    case "error":
      return "Failed";
    case "no-answer":
      return "No answer";
    case "tool-limit":
      return "Step limit reached";
    case "context-full":
      return "Context is full";
    case "stopped":
      return "Stopped";
    case "pending":
    case "running":
      return "Not answered";
    case "completed":
    case null:
      return "Needs you";
  }
}

/** "now", "5 min ago", the clock's time today, "Yesterday", the weekday, else the date. */
export function timeWords(at: number, now: number, locale?: string): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 10) return `${minutes} min ago`;
  const days = calendarDaysBetween(at, now);
  if (days <= 0) return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
  if (days === 1) return "Yesterday";
  if (days < 7) return new Intl.DateTimeFormat(locale, { weekday: "long" }).format(at);
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
}
