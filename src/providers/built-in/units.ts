/**
 * Units as people write them, and as the calculate tool wants them. Only the names are known here; what they are worth
 * is the tool's business.
 */
export type Dimension =
  | "length"
  | "area"
  | "volume"
  | "mass"
  | "time"
  | "speed"
  | "temperature"
  | "energy"
  | "power"
  | "pressure"
  | "other";

export interface Unit {
  /** What the tool reads. */
  readonly name: string;
  readonly dimension: Dimension;
}

/** name in the tool: other names. A first name with `+` takes the metric prefixes, short or written out. */
const TABLE: Readonly<Record<Dimension, string>> = {
  length:
    "m+ metre meter|inch inches zoll|foot ft feet fuß|yard yards yd|mile miles mi meile meilen|angstrom|mil|nmi nautical-mile nautical-miles",
  area: "m2 sqm m^2 square-meter square-meters square-metre square-metres quadratmeter|cm2 cm^2|km2 km^2|sqft square-feet square-foot|sqin|sqmi square-mile square-miles|acre acres|hectare hectares ha hektar",
  volume:
    "l+ litre liter|m3 m^3 cubic-metre cubic-metres cubic-meter cubic-meters kubikmeter|cm3 cc cm^3|gallon gallons gal|quart quarts qt|pint pints pt|cup cups|fluidounce floz fluid-ounce fluid-ounces fl-oz|tablespoon tablespoons tbsp|teaspoon teaspoons tsp",
  mass: "g+ gram gramm|lb lbs pound pounds|oz ounce ounces unze unzen|stone stones|tonne tonnes t|ton tons|grain grains",
  time: "s+ sec secs second sekunde sekunden|minute minutes minuten min mins|h hour hours hr hrs stunde stunden std|day days d tag tage|week weeks wk woche wochen|month months monat monate|year years yr yrs jahr jahre|decade decades|century centuries",
  speed: "km/h kmh kph|mile/h mph mi/h|m/s|knot knots kn kt knoten|foot/s fps ft/s",
  temperature: "degC °c celsius °celsius c|degF °f fahrenheit °fahrenheit f|K kelvin",
  energy: "J+ joule|Wh+|BTU btu btus|cal calorie calories|kcal kilocalorie kilocalories kalorien|eV+|erg ergs",
  power: "W+ watt|hp horsepower|PS",
  pressure: "Pa+ pascal|psi|bar|mbar|atm atmosphere atmospheres|torr|mmHg mmhg",
  other:
    "N+ newton|lbf|V+ volt|A+ amp ampere|ohm+ Ω|Hz+ hertz|b+ bit|B+ byte|KiB|MiB|GiB|TiB|deg degree degrees grad °|rad radian radians|Mb/s mbps mbit/s|Gb/s gbps gbit/s",
};

const PREFIXES: readonly (readonly [short: string, long: string])[] = [
  ["n", "nano"],
  ["u", "micro"],
  ["m", "milli"],
  ["c", "centi"],
  ["d", "deci"],
  ["k", "kilo"],
  ["M", "mega"],
  ["G", "giga"],
  ["T", "tera"],
];

const exact = new Map<string, Unit>();
const folded = new Map<string, Unit>();

for (const [dimension, row] of Object.entries(TABLE) as [Dimension, string][]) {
  for (const entry of row.split("|")) {
    const [first = "", ...others] = entry.split(" ");
    const takesPrefix = first.endsWith("+");
    const symbol = takesPrefix ? first.slice(0, -1) : first;
    const unit: Unit = { name: symbol, dimension };
    addNames(unit, [symbol, ...others, ...(takesPrefix ? others.map((name) => `${name}s`) : [])]);
    if (takesPrefix) addPrefixed(symbol, others, dimension);
  }
}

function addPrefixed(symbol: string, longNames: readonly string[], dimension: Dimension): void {
  for (const [short, long] of PREFIXES) {
    const unit: Unit = { name: `${short}${symbol}`, dimension };
    addNames(unit, [unit.name, ...longNames.flatMap((name) => [`${long}${name}`, `${long}${name}s`])]);
    if (short === "u") addNames(unit, [`µ${symbol}`, `μ${symbol}`]);
  }
}

/** What stands first keeps a folded name: "mw" is milliwatt only where nobody wrote "MW". */
function addNames(unit: Unit, names: readonly string[]): void {
  for (const name of names) {
    if (!exact.has(name)) exact.set(name, unit);
    const low = name.toLowerCase();
    if (!folded.has(low)) folded.set(low, unit);
  }
}

/** Folded names that would be read as something rarer than what people mean. */
const MEANT: Readonly<Record<string, string>> = {
  kw: "kW",
  kwh: "kWh",
  kb: "kB",
  mb: "MB",
  gb: "GB",
  tb: "TB",
  mwh: "MWh",
  kilo: "kg",
  kilos: "kg",
  kgs: "kg",
};

/** The unit that a word means, by its own spelling first and without regard to case after that. */
export function findUnit(word: string): Unit | undefined {
  const meant = MEANT[word] ?? MEANT[word.toLowerCase()];
  if (!exact.has(word) && meant !== undefined) return exact.get(meant);
  return exact.get(word) ?? folded.get(word.toLowerCase());
}

const WITH_PLURAL =
  /^(?:mile|yard|cup|pint|quart|gallon|tablespoon|teaspoon|day|week|month|year|minute|decade|acre|tonne|ton|ounce)$/;

/** A unit in a formula, in the form that the number before it wants; both forms mean the same to the tool. */
export function unitAfter(value: string, unit: string): string {
  return value !== "1" && WITH_PLURAL.test(unit) ? `${unit}s` : unit;
}

/** How a unit is written for people where that is not how the tool writes it. */
const LABELS: Readonly<Record<string, string>> = {
  minute: "min",
  "mile/h": "mph",
  foot: "ft",
  inch: "in",
  m3: "m³",
  cm3: "cm³",
  degC: "°C",
  degF: "°F",
};

/** A quantity for reading: "2 h", "300 miles", "1 cup". */
export function written(value: string, unit: string): string {
  return `${value} ${LABELS[unit] ?? unitAfter(value, unit)}`;
}
