const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** Units shown at once: "1 d 10 h 17 min" tells enough. */
const SHOWN_UNITS = 3;

export interface DurationWords {
  /** e.g. `4 min 27 s` */
  readonly words: string;
  /** Whether something was rounded away. */
  readonly isRounded: boolean;
}

/** A length of time as a person says it, from a minute on; null for less. `seconds` may be negative. */
export function durationWords(seconds: number): DurationWords | null {
  const size = Math.abs(seconds);
  if (!(size >= 60) || size > Number.MAX_SAFE_INTEGER) return null;
  const first = UNITS.findIndex(([, unit]) => size >= unit);
  const smallest = UNITS[Math.min(first + SHOWN_UNITS, UNITS.length) - 1]?.[1] ?? 1;
  let rest = Math.round(size / smallest) * smallest;
  const isRounded = Math.abs(rest - size) > 1e-9;
  const words: string[] = [];
  for (const [name, unit] of UNITS) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) words.push(`${count.toLocaleString("en-US")} ${name}`);
  }
  return { words: `${seconds < 0 ? "−" : ""}${words.join(" ")}`, isRounded };
}
