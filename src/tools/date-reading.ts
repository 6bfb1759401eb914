import type { ParsedComponents } from "chrono-node";
import { ToolRefusal } from "./define-tool.ts";
import { plainTimeText, zoneText } from "./date-format.ts";
import type { Temporal, TemporalApi } from "./temporal.ts";
import type { NamedZone } from "./time-zones.ts";
import { findZone } from "./time-zones.ts";
import { nextHoliday } from "./holidays.ts";

/** A moment as somebody wrote it, placed on the time line. */
export interface ReadMoment {
  readonly at: Temporal.ZonedDateTime;
  /** A day without a time of day: reckoned with by the calendar alone. */
  readonly isDateOnly: boolean;
  readonly zone: NamedZone;
  /** How it was read, and what the clocks do then: for the working. */
  readonly notes: readonly string[];
}

export interface ReadingContext {
  readonly temporal: TemporalApi;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly zone: NamedZone;
}

/** Reads ISO 8601, epoch times and natural language (English, German). Throws ToolRefusal. */
export async function readMoment(written: string, context: ReadingContext): Promise<ReadMoment> {
  const text = written.trim();
  if (text === "" || text.length > 200) throw new ToolRefusal("Write a date and time in at most 200 characters.");
  const exact = readExact(text, context);
  if (exact !== null) return exact;
  const [words, zone] = placeIn(text, context.zone);
  const placed = { ...context, zone };
  const again = zone === context.zone ? null : readExact(words, placed);
  const found = again ?? (await readWords(words, placed));
  if (found !== null) return found;
  throw new ToolRefusal(
    `“${text.slice(0, 60)}” could not be read as a date or time. Write ISO 8601 such as 2026-03-29 14:30, or words such as "next friday 3pm".`,
  );
}

/** "3pm in Tokyo", "14:00 New York time": the place behind the time is the zone in which it is meant. */
function placeIn(text: string, usual: NamedZone): [string, NamedZone] {
  const [, words, place] = /^(.+?)\s+(?:in|at)\s+(\p{L}[\p{L} ._/'-]+)$/u.exec(text) ?? [];
  const [, words2, place2] = /^(.*(?:\d|noon|midnight|now).*?)\s+(\p{L}[\p{L} ._/-]*?)(?:\s+time)?$/u.exec(text) ?? [];
  for (const [before, name] of [
    [words, place],
    [words2, place2],
  ] as const) {
    const zone = name === undefined || isClockWord(name) ? null : findZone(name.replace(/\s+time$/, ""));
    if (before !== undefined && zone !== null) return [before, zone];
  }
  return [text, usual];
}

/** Words at the end of a time that are no place, though a zone may be called so. */
function isClockWord(name: string): boolean {
  return /^(?:am|pm|uhr|h|o'clock|utc|gmt|z)$/i.test(name);
}

const OFFSET_AT_END = /(?:z|[+-]\d{2}(?::?\d{2})?)$/i;
const ISO_DATE = /^[+-]?\d{4,6}-\d{2}-\d{2}$/;
const ISO_DATE_TIME = /^[+-]?\d{4,6}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}/i;

function readExact(text: string, context: ReadingContext): ReadMoment | null {
  const { temporal, zone } = context;
  try {
    if (/^@?\d{10}$/.test(text)) return instant(Number(text.replace("@", "")) * 1000, context);
    if (/^@?\d{13}$/.test(text)) return instant(Number(text.replace("@", "")), context);
    if (ISO_DATE.test(text)) return placed(temporal.PlainDate.from(text).toPlainDateTime(), zone, true, context);
    if (!ISO_DATE_TIME.test(text)) return null;
    const iso = text
      .replace(/^(\S+) +/, "$1T")
      .replace(/T(\d):/, "T0$1:")
      .replace(/\s+/g, "");
    if (iso.includes("[")) {
      const at = temporal.ZonedDateTime.from(iso);
      return { at, isDateOnly: false, zone: { id: at.timeZoneId, label: at.timeZoneId }, notes: [] };
    }
    if (OFFSET_AT_END.test(iso.slice(11))) return instant(temporal.Instant.from(iso).epochMilliseconds, context);
    return placed(temporal.PlainDateTime.from(iso), zone, false, context);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ToolRefusal(`“${text.slice(0, 60)}” is not a date that exists. Check the month, the day and the time.`);
  }
}

function instant(epochMs: number, { temporal, zone }: ReadingContext): ReadMoment {
  const at = temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone.id);
  return { at, isDateOnly: false, zone, notes: [] };
}

async function readWords(text: string, context: ReadingContext): Promise<ReadMoment | null> {
  const holiday = nextHoliday(text, momentOf(context.temporal, context.now, context.zone.id).toPlainDate());
  if (holiday !== null) return placed(holiday.toPlainDateTime(), context.zone, true, context);
  const languages = [() => import("chrono-node/en"), () => import("chrono-node/de")];
  for (const language of languages) {
    const { casual } = await language();
    const at = momentOf(context.temporal, context.now, context.zone.id);
    const reference = { instant: new Date(context.now), timezone: at.offsetNanoseconds / 60e9 };
    const [found] = casual.parse(text, reference, {
      forwardDate: /\b(?:next|coming|on|this|nächste\w*|kommende\w*|am)\b/i.test(text),
    });
    if (found !== undefined && covers(found.text, text)) return fromComponents(found.start, context);
  }
  return null;
}

/** Whether what was understood is what was said: a date inside other words would be a guess. */
function covers(understood: string, text: string): boolean {
  const rest = text.replace(understood, "").replace(/\b(?:on|at|the|am|um|den|der|uhr|of)\b|[\s,.]/gi, "");
  return rest.length === 0;
}

function fromComponents(parts: ParsedComponents, context: ReadingContext): ReadMoment {
  const isDateOnly = !parts.isCertain("hour") && !parts.isCertain("minute") && !parts.isCertain("timezoneOffset");
  if (parts.isCertain("timezoneOffset")) return instant(parts.date().getTime(), context);
  const part = (name: "year" | "month" | "day" | "hour" | "minute" | "second", otherwise: number) =>
    parts.get(name) ?? otherwise;
  const date = { year: part("year", 1970), month: part("month", 1), day: part("day", 1) };
  const time = isDateOnly ? {} : { hour: part("hour", 0), minute: part("minute", 0), second: part("second", 0) };
  return placed(context.temporal.PlainDateTime.from({ ...date, ...time }), context.zone, isDateOnly, context);
}

export function momentOf(temporal: TemporalApi, epochMs: number, zone: string): Temporal.ZonedDateTime {
  return temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
}

/** Puts a wall time into its zone and says what happens where the clocks change over it. */
function placed(
  wall: Temporal.PlainDateTime,
  zone: NamedZone,
  isDateOnly: boolean,
  { temporal }: ReadingContext,
): ReadMoment {
  const earlier = wall.toZonedDateTime(zone.id, { disambiguation: "earlier" });
  const later = wall.toZonedDateTime(zone.id, { disambiguation: "later" });
  if (isDateOnly || temporal.Instant.compare(earlier.toInstant(), later.toInstant()) === 0) {
    return { at: earlier, isDateOnly, zone, notes: [] };
  }
  const time = plainTimeText(wall);
  if (earlier.toPlainDateTime().equals(wall)) {
    const note = `${time} comes twice on that day in ${zone.label}, because the clocks go back: first at ${zoneText(earlier)}, then at ${zoneText(later)}. The first is meant here.`;
    return { at: earlier, isDateOnly, zone, notes: [note] };
  }
  const note = `${time} does not exist on that day in ${zone.label}: the clocks go forward over it. It is taken as ${plainTimeText(later.toPlainDateTime())}.`;
  return { at: later, isDateOnly, zone, notes: [note] };
}
