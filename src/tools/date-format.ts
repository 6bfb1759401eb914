import type { Temporal } from "./temporal.ts";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

export function weekdayName(dayOfWeek: number): string {
  return WEEKDAYS[dayOfWeek - 1] ?? "";
}

type DateFields = Pick<Temporal.ZonedDateTime, "year" | "month" | "day" | "dayOfWeek">;

/** `Friday, 27 March 2026` */
export function dateText(date: DateFields): string {
  return `${weekdayName(date.dayOfWeek)}, ${String(date.day)} ${MONTHS[date.month - 1] ?? ""} ${String(date.year)}`;
}

/** `14:30`, with seconds only where there are any. */
export function plainTimeText(time: Pick<Temporal.PlainDateTime, "hour" | "minute" | "second">): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(time.hour)}:${two(time.minute)}${time.second === 0 ? "" : `:${two(time.second)}`}`;
}

/** `UTC+2`, `UTC+5:30`, `UTC` */
export function zoneText(at: Temporal.ZonedDateTime): string {
  if (at.offsetNanoseconds === 0) return "UTC";
  const [, sign = "+", hours = "0", minutes = "00"] = /^([+-])(\d{2}):(\d{2})/.exec(at.offset) ?? [];
  return `UTC${sign}${String(Number(hours))}${minutes === "00" ? "" : `:${minutes}`}`;
}

/** `Friday, 27 March 2026, 14:30 in Europe/Berlin (UTC+1)` */
export function momentText(at: Temporal.ZonedDateTime, place = at.timeZoneId): string {
  const zone = zoneText(at);
  const where = place === zone || place === "UTC" ? zone : `in ${place} (${zone})`;
  return `${dateText(at)}, ${plainTimeText(at)} ${where}`;
}

/** ISO 8601 with offset and without the zone in brackets: what other programs take. */
export function isoText(at: Temporal.ZonedDateTime): string {
  return at.toString({ timeZoneName: "never", smallestUnit: at.millisecond === 0 ? "second" : "millisecond" });
}
