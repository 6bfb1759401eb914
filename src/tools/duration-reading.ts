import { ToolRefusal } from "./define-tool.ts";

/** Calendar units count in the calendar (a day may have 23 hours), the others by the clock. */
export interface ReadDuration {
  readonly years: number;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

type Unit = keyof ReadDuration;

const UNITS: readonly (readonly [unit: Unit, names: RegExp])[] = [
  ["years", /^(?:y|yr|yrs|years?|jahre?n?)$/],
  ["months", /^(?:mo|mos|months?|monate?n?)$/],
  ["weeks", /^(?:w|wk|wks|weeks?|wochen?)$/],
  ["days", /^(?:d|days?|tage?n?)$/],
  ["hours", /^(?:h|hr|hrs|hours?|stunden?|std)$/],
  ["minutes", /^(?:m|min|mins|minutes?|minuten?)$/],
  ["seconds", /^(?:s|sec|secs|seconds?|sekunden?|sek)$/],
];

/** What a half of the larger units is: only units of fixed length can be divided. */
const SMALLER: Readonly<Partial<Record<Unit, readonly [Unit, number]>>> = {
  weeks: ["days", 7],
  days: ["hours", 24],
  hours: ["minutes", 60],
  minutes: ["seconds", 60],
};

const NUMBER_WORDS: ReadonlyMap<string, string> = new Map([
  ["a", "1"],
  ["an", "1"],
  ["one", "1"],
  ["ein", "1"],
  ["eine", "1"],
  ["einen", "1"],
  ["half", "0.5"],
  ["two", "2"],
  ["three", "3"],
]);

/** No date can be further away than this, in any unit. */
const MAX_COUNT = 1e9;

/** Reads `P3W2D`, `3 weeks 2 days`, `-90 minutes`, `1.5 h`, `2 weeks ago`. Throws ToolRefusal. */
export function readDuration(text: string): ReadDuration {
  const plain = text.trim().toLowerCase();
  const iso = isoDuration(plain);
  const [sign, body] = signOf(plain);
  const counts = iso ?? wordDuration(body);
  if (counts === null) {
    throw new ToolRefusal(
      `“${text.slice(0, 60)}” is no length of time. Write "3 weeks 2 days", "-90 minutes" or ISO 8601 such as P3W2D.`,
    );
  }
  return spread(counts, iso === null ? sign : 1);
}

function signOf(text: string): [1 | -1, string] {
  const isAgo = /\s(?:ago|before|earlier|zuvor|vorher)$/.test(text);
  const isMinus = /^(?:[-−]|minus\s)/.test(text);
  const body = text
    .replace(/^(?:[-−+]|minus\s|plus\s|in\s)\s*/, "")
    .replace(/\s(?:ago|before|earlier|later|after|zuvor|vorher|später)$/, "");
  return [isAgo !== isMinus ? -1 : 1, body];
}

const ISO =
  /^([-+−]?)p(?=\d|t\d)(?:([\d.]+)y)?(?:([\d.]+)m)?(?:([\d.]+)w)?(?:([\d.]+)d)?(?:t(?:([\d.]+)h)?(?:([\d.]+)m)?(?:([\d.]+)s)?)?$/;

function isoDuration(text: string): Map<Unit, number> | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const sign = match[1] === "-" || match[1] === "−" ? -1 : 1;
  return new Map(UNITS.map(([unit], index) => [unit, sign * Number(match[index + 2] ?? 0)]));
}

function wordDuration(text: string): Map<Unit, number> | null {
  const counts = new Map<Unit, number>();
  const plain = text.replace(/\b(?:and|und)\b|[,;]/g, " ").replace(/\bhalf an? /g, "half ");
  const rest = plain.replace(/(\d+(?:[.,]\d+)?|\p{L}+)\s*(\p{L}+)\s*/gu, (whole, number: string, name: string) => {
    const unit = UNITS.find(([, names]) => names.test(name))?.[0];
    const count = Number((NUMBER_WORDS.get(number) ?? number).replace(",", "."));
    if (unit === undefined || Number.isNaN(count)) return whole;
    counts.set(unit, (counts.get(unit) ?? 0) + count);
    return "";
  });
  return rest.trim() === "" && counts.size > 0 ? counts : null;
}

/** Fractions go down to the next smaller unit: 1.5 days are a day and 12 hours. */
function spread(counts: ReadonlyMap<Unit, number>, sign: 1 | -1): ReadDuration {
  const whole: Record<Unit, number> = { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };
  for (const [unit] of UNITS) {
    const count = whole[unit] + (counts.get(unit) ?? 0);
    if (!(Math.abs(count) <= MAX_COUNT)) throw new ToolRefusal("That is too long to reckon with.");
    whole[unit] = Math.trunc(count);
    const fraction = Math.round((count - whole[unit]) * 1e9) / 1e9;
    const smaller = SMALLER[unit];
    if (fraction === 0) continue;
    if (unit === "years" && Number.isInteger(fraction * 12)) whole.months += fraction * 12;
    else if (smaller !== undefined) whole[smaller[0]] += fraction * smaller[1];
    else if (unit !== "seconds") throw new ToolRefusal(`A fraction of ${unit} has no fixed length. Write it in days.`);
  }
  for (const [unit] of UNITS) whole[unit] = whole[unit] * sign || 0;
  return whole;
}

/** `3 weeks 2 days` */
export function durationText(duration: Readonly<Partial<ReadDuration>>): string {
  const words = UNITS.flatMap(([unit]) => {
    const count = Math.abs(duration[unit] ?? 0);
    return count === 0 ? [] : [`${count.toLocaleString("en-US")} ${count === 1 ? unit.slice(0, -1) : unit}`];
  });
  return words.length === 0 ? "no time" : words.join(" ");
}
