import type { BigNumber, MathNode } from "mathjs";
import { bignumberDependencies, create, parseDependencies, UnitDependencies } from "mathjs";

/**
 * Of mathjs only the parser, the table of units and decimal numbers: no evaluator, no functions that could import,
 * define, compile or loop. Its own evaluation would rate 0.1 as a binary fraction and multiply °C as kelvin from zero.
 */
const math = create(
  { ...parseDependencies, ...UnitDependencies, ...bignumberDependencies },
  // 64 digits: far beyond what is shown, so that no rounding of a step reaches the result.
  { number: "BigNumber", precision: 64 },
);

export type Decimal = BigNumber;

export function decimal(value: string | number): Decimal {
  return math.bignumber(value);
}

/** Throws SyntaxError with the place of the mistake. */
export function parseExpression(text: string): MathNode {
  return math.parse(text);
}

/** One unit of a product of units. */
export interface UnitPart {
  /** As written, prefix included: `km`, `minute`, `degC`. */
  readonly name: string;
  /** How much of the SI unit it is, prefix included. */
  readonly factor: Decimal;
  /** Added before the factor: 273.15 for °C, 0 for all that have their zero where the SI unit has. */
  readonly offset: Decimal;
  /** Exponents of the base dimensions. */
  readonly dimensions: readonly number[];
  readonly power: number;
}

/** What mathjs keeps in a unit, as far as it is used here. Its published types leave out the prefix's value. */
interface ParsedUnit {
  readonly units: readonly {
    readonly unit: {
      readonly name: string;
      readonly value: string | number | Decimal;
      readonly offset: string | number | Decimal;
      readonly dimensions: readonly number[];
    };
    readonly prefix: { readonly name: string; readonly value: string | number | Decimal };
    readonly power: number;
  }[];
}

interface UnitClass {
  parse(text: string): ParsedUnit;
  isValuelessUnit(name: string): boolean;
  readonly UNITS: Record<string, { value: unknown } | undefined>;
  createUnitSingle(name: string, definition?: string): unknown;
}

const Unit = math.Unit as unknown as UnitClass;

/**
 * Where the table of mathjs 15.2 is rounded or dated: NIST SP 811 (2008) appendix B and the SI brochure (2019), exact.
 */
const EXACT: Readonly<Record<string, string>> = {
  acre: "4046.8564224",
  acres: "4046.8564224",
  rd: "5.0292",
  psi: "6894.757293168361336722673445346890693781387562775",
  torr: "133.3223684210526315789473684210526315789473684210526315789473684",
  mmHg: "133.322387415",
  mmhg: "133.322387415",
  kip: "4448.2216152605",
  kips: "4448.2216152605",
  eV: "1.602176634e-19",
  electronvolt: "1.602176634e-19",
  electronvolts: "1.602176634e-19",
  hp: "745.69987158227022",
  // The spoons and drops of mathjs are round numbers of millilitres, its cups are not: US customary units for all.
  teaspoon: "0.00000492892159375",
  teaspoons: "0.00000492892159375",
  tablespoon: "0.00001478676478125",
  tablespoons: "0.00001478676478125",
};

/** Units that people ask for and mathjs does not know, by their definition. */
const MORE_UNITS: readonly (readonly [name: string, definition: string])[] = [
  ["cal", "4.184 J"],
  ["kcal", "4184 J"],
  ["knot", "0.514444444444444444444444444444444444444444444444444444444444444 m/s"],
  ["nmi", "1852 m"],
  ["ly", "9460730472580800 m"],
  ["au", "149597870700 m"],
  ["parsec", "30856775814913672.78913937957796471610733 m"],
  ["fortnight", "14 day"],
  ["rpm", "0.01666666666666666666666666666666666666666666666666666666666666667 Hz"],
  ["PS", "735.49875 W"],
];

/** Currencies are dimensions of their own: amounts add up and cancel, and no rate is ever invented. */
export const CURRENCIES: ReadonlySet<string> = new Set(
  "EUR USD GBP CHF JPY CNY INR SEK NOK DKK PLN CZK AUD CAD NZD BRL MXN KRW".split(" "),
);

for (const [name, value] of Object.entries(EXACT)) {
  const unit = Unit.UNITS[name];
  if (unit !== undefined) unit.value = decimal(value);
}
for (const [name, definition] of MORE_UNITS) Unit.createUnitSingle(name, definition);

/** Whether a name, with or without a prefix, is a unit. */
export function isUnit(name: string): boolean {
  if (CURRENCIES.has(name) && Unit.UNITS[name] === undefined) Unit.createUnitSingle(name);
  return Unit.isValuelessUnit(name);
}

/** The unit of a name that `isUnit`. */
export function unitPart(name: string): UnitPart {
  const [parsed] = Unit.parse(name).units;
  if (parsed === undefined) throw new RangeError(`Not a unit: ${name}`);
  const { unit, prefix } = parsed;
  return {
    name: `${prefix.name}${unit.name}`,
    factor: toDecimal(unit.value).times(toDecimal(prefix.value)),
    offset: toDecimal(unit.offset),
    dimensions: unit.dimensions,
    power: 1,
  };
}

/** Fractions of the table (°F is 5/9 K) are written with their exact digits by way of their parts. */
function toDecimal(value: unknown): Decimal {
  if (typeof value === "string" || typeof value === "number") return decimal(value);
  return math.bignumber(value as Decimal);
}
