import type { Temporal } from "./temporal.ts";

/** Days that people count towards, by month and day. */
const FIXED: readonly (readonly [names: RegExp, month: number, day: number])[] = [
  [/^(?:new year(?:'?s)?(?: day)?|neujahr)$/, 1, 1],
  [/^valentine(?:'?s)?(?: day)?$/, 2, 14],
  [/^(?:halloween)$/, 10, 31],
  [/^(?:christmas eve|heiligabend)$/, 12, 24],
  [/^(?:christmas(?: day)?|xmas|weihnachten)$/, 12, 25],
  [/^(?:boxing day)$/, 12, 26],
  [/^(?:new year'?s eve|silvester)$/, 12, 31],
];

/** By days from Easter Sunday. */
const BY_EASTER: readonly (readonly [names: RegExp, days: number])[] = [
  [/^(?:good friday|karfreitag)$/, -2],
  [/^(?:easter(?: sunday)?|ostern|ostersonntag)$/, 0],
  [/^(?:easter monday|ostermontag)$/, 1],
];

/** The next such day from `today` on; null for other words. */
export function nextHoliday(text: string, today: Temporal.PlainDate): Temporal.PlainDate | null {
  const [, name = "", year] =
    /^(?:next |this )?(.+?)(?: (\d{4}))?$/.exec(text.toLowerCase().replaceAll("’", "'")) ?? [];
  const dayIn = findDay(name, today);
  if (dayIn === null) return null;
  if (year !== undefined) return dayIn(Number(year));
  const thisYear = dayIn(today.year);
  const isPast = thisYear.until(today).sign > 0;
  return isPast ? dayIn(today.year + 1) : thisYear;
}

function findDay(name: string, today: Temporal.PlainDate): ((year: number) => Temporal.PlainDate) | null {
  const fixed = FIXED.find(([names]) => names.test(name));
  if (fixed !== undefined) {
    const [, month, day] = fixed;
    return (year) => today.with({ year, month, day });
  }
  const moving = BY_EASTER.find(([names]) => names.test(name));
  return moving === undefined ? null : (year) => easter(year, today).add({ days: moving[1] });
}

/** Gregorian Easter: Meeus, Astronomical Algorithms (1991), chapter 8. */
function easter(year: number, calendar: Temporal.PlainDate): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return calendar.with({ year, month: Math.floor(sum / 31), day: (sum % 31) + 1 });
}
