import { CURRENCIES, isUnit } from "./math-engine.ts";

/** Spellings that the table of units lacks or reads otherwise, in lower case. */
const SPELLINGS: Readonly<Record<string, string>> = {
  // temperature
  celsius: "degC",
  centigrade: "degC",
  degc: "degC",
  fahrenheit: "degF",
  degf: "degF",
  kelvins: "K",
  // speed
  mph: "mi/h",
  kmh: "km/h",
  kph: "km/h",
  kmph: "km/h",
  fps: "ft/s",
  knots: "knot",
  kn: "knot",
  kt: "knot",
  kts: "knot",
  // bits and bytes
  bps: "b/s",
  kbps: "kb/s",
  mbps: "Mb/s",
  gbps: "Gb/s",
  kbit: "kb",
  mbit: "Mb",
  gbit: "Gb",
  tbit: "Tb",
  kbyte: "kB",
  mbyte: "MB",
  gbyte: "GB",
  tbyte: "TB",
  // power and energy, which many write without their capitals
  kwh: "kWh",
  wh: "Wh",
  mwh: "MWh",
  kw: "kW",
  hz: "Hz",
  khz: "kHz",
  mhz: "MHz",
  ghz: "GHz",
  kpa: "kPa",
  hpa: "hPa",
  calorie: "cal",
  calories: "cal",
  kilocalorie: "kcal",
  kilocalories: "kcal",
  // time
  min: "minute",
  mins: "minute",
  sec: "s",
  secs: "s",
  d: "day",
  wk: "week",
  yr: "year",
  yrs: "year",
  sek: "s",
  sekunde: "s",
  sekunden: "s",
  minuten: "minute",
  std: "h",
  stunde: "h",
  stunden: "h",
  tag: "day",
  tage: "day",
  tagen: "day",
  woche: "week",
  wochen: "week",
  monat: "month",
  monate: "month",
  jahr: "year",
  jahre: "year",
  // length, area, volume
  metre: "m",
  metres: "m",
  zoll: "inch",
  fuß: "ft",
  meile: "mile",
  meilen: "mile",
  sqm: "m2",
  qm: "m2",
  quadratmeter: "m2",
  cbm: "m3",
  kubikmeter: "m3",
  ccm: "cc",
  ha: "hectare",
  tbsp: "tablespoon",
  tsp: "teaspoon",
  lightyear: "ly",
  lightyears: "ly",
  // mass
  gramm: "g",
  kilogramm: "kg",
  kilo: "kg",
  kilos: "kg",
  tonnen: "tonne",
  pound: "lb",
  pounds: "lb",
  pfund: "lb",
  // money
  euro: "EUR",
  euros: "EUR",
  dollar: "USD",
  dollars: "USD",
  franken: "CHF",
  yen: "JPY",
};

const LONG_PREFIXES: Readonly<Record<string, string>> = { kilo: "k", centi: "c", milli: "m", dezi: "d", deci: "d" };
const LONG_UNITS: Readonly<Record<string, string>> = {
  metre: "m",
  metres: "m",
  meter: "m",
  meters: "m",
  metern: "m",
  litre: "l",
  litres: "l",
  liter: "l",
  liters: "l",
};

/** In capitals they are bytes; in small letters, which nearly everybody means as bytes, the table reads bits. */
const BYTES: Readonly<Record<string, string>> = { kb: "kB", KB: "kB", mb: "MB", gb: "GB", tb: "TB" };

export interface SpelledUnit {
  /** What the parser takes: a name, or a quotient such as mi/h. */
  readonly text: string;
  readonly note: string | null;
}

/** The unit that a word means; null where it is none. */
export function spelledUnit(word: string, isElectric: boolean): SpelledUnit | null {
  const lower = word.toLowerCase();
  const bytes = Object.hasOwn(BYTES, word) ? BYTES[word] : undefined;
  if (bytes !== undefined) return { text: bytes, note: word === "KB" ? null : `${word} read as ${bytes} (bytes)` };
  // The table's C and F are coulomb and farad; without volts or amperes around, people mean degrees.
  if ((word === "C" || word === "F") && !isElectric) {
    return { text: `deg${word}`, note: `${word} read as °${word}` };
  }
  if (Object.hasOwn(SPELLINGS, lower)) return { text: SPELLINGS[lower] ?? word, note: null };
  const currency = word.toUpperCase();
  if (CURRENCIES.has(currency) && (word === currency || word === lower)) return named(currency);
  const candidates = [word, longForm(lower), lower, lower.replace(/s$/, "")];
  const found = candidates.find((candidate) => candidate !== null && isUnit(candidate));
  return found === undefined || found === null ? null : named(found);
}

function named(text: string): SpelledUnit | null {
  return isUnit(text) ? { text, note: null } : null;
}

/** kilometre → km, millilitres → ml. */
function longForm(lower: string): string | null {
  const [, prefix = "", unit = ""] = /^(kilo|centi|milli|de[zc]i)?(.+)$/.exec(lower) ?? [];
  const short = Object.hasOwn(LONG_UNITS, unit) ? LONG_UNITS[unit] : undefined;
  return short === undefined ? null : `${LONG_PREFIXES[prefix] ?? ""}${short}`;
}
