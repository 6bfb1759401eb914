import { ToolRefusal } from "./define-tool.ts";
import type { Decimal, UnitPart } from "./math-engine.ts";
import { CURRENCIES, decimal, unitPart } from "./math-engine.ts";

/** A number with the unit in which it is shown. No parts: a plain number. */
export interface Quantity {
  /** In SI units; a temperature as kelvin from absolute zero. */
  readonly si: Decimal;
  readonly parts: readonly UnitPart[];
}

export function plain(value: Decimal): Quantity {
  return { si: value, parts: [] };
}

/** A number of a unit: 20 of °C is 293.15 K from zero. */
export function quantity(value: Decimal, parts: readonly UnitPart[]): Quantity {
  const [only] = parts;
  const isPoint = parts.length === 1 && only !== undefined && isOffsetUnit(only);
  return { si: isPoint ? value.plus(only.offset).times(only.factor) : value.times(factorOf(parts)), parts };
}

/** The number in the unit in which the quantity is shown. */
export function shownValue(of: Quantity): Decimal {
  const [only] = of.parts;
  const isScale = isPoint(of) && only !== undefined;
  const value = isScale ? of.si.div(only.factor).minus(only.offset) : of.si.div(factorOf(of.parts));
  // 0 times -1 has a sign that nobody wants to see.
  return value.isZero() ? value.abs() : value;
}

function factorOf(parts: readonly UnitPart[]): Decimal {
  return parts.reduce((product, part) => product.times(part.factor.pow(part.power)), decimal(1));
}

function isOffsetUnit(part: UnitPart): boolean {
  return part.power === 1 && !part.offset.isZero();
}

/** A temperature on a scale whose zero is not absolute zero: 20 °C, but not 20 K and not J/°C. */
export function isPoint(of: Quantity): boolean {
  const [only] = of.parts;
  return of.parts.length === 1 && only !== undefined && isOffsetUnit(only);
}

/** 85 °C as a difference: 85 K. What a product or a quotient means by it. */
export function asDifference(of: Quantity): Quantity {
  const [only] = of.parts;
  if (!isPoint(of) || only === undefined) return of;
  return quantity(shownValue(of).times(only.factor), [unitPart("K")]);
}

/** Exponents of the base dimensions, as one comparable string. Currencies add dimensions later: zeros at the end fall off. */
export function dimensionsOf(parts: readonly UnitPart[]): string {
  const sums: number[] = [];
  for (const part of parts) {
    part.dimensions.forEach((exponent, index) => {
      sums[index] = round((sums[index] ?? 0) + exponent * part.power);
    });
  }
  while (sums.at(-1) === 0) sums.pop();
  return sums.join(",");
}

/** Powers come to thirds by roots; what is left of adding them up in binary must not count. */
function round(exponent: number): number {
  return Math.round(exponent * 1e9) / 1e9;
}

export function multiply(a: Quantity, b: Quantity): Quantity {
  return { si: a.si.times(b.si), parts: merged([...a.parts, ...b.parts]) };
}

export function divide(a: Quantity, b: Quantity): Quantity {
  if (b.si.isZero()) throw new ToolRefusal("That divides by zero, which has no result.");
  const inverse = b.parts.map((part) => ({ ...part, power: -part.power }));
  return { si: a.si.div(b.si), parts: merged([...a.parts, ...inverse]) };
}

export function power(base: Quantity, exponent: Decimal): Quantity {
  const parts = base.parts.map((part) => ({ ...part, power: round(part.power * exponent.toNumber()) }));
  return { si: base.si.pow(exponent), parts: merged(parts) };
}

/** Adds (or, with -1, subtracts) in the unit of the first. A second temperature counts as a difference. */
export function add(a: Quantity, b: Quantity, sign: 1 | -1): Quantity {
  if (dimensionsOf(a.parts) !== dimensionsOf(b.parts)) {
    throw new ToolRefusal(
      `${unitText(a.parts) || "A plain number"} and ${unitText(b.parts) || "a plain number"} cannot be ${sign === 1 ? "added" : "subtracted"}: they measure different things.`,
    );
  }
  return { si: a.si.plus(asDifference(b).si.times(sign)), parts: a.parts };
}

export function convert(from: Quantity, parts: readonly UnitPart[]): Quantity {
  const [have, want] = [dimensionsOf(from.parts), dimensionsOf(parts)];
  if (have === want) return { si: from.si, parts };
  const isMoney = from.parts.some(isCurrency) && parts.some(isCurrency);
  throw new ToolRefusal(
    isMoney
      ? `${unitText(from.parts)} cannot be changed into ${unitText(parts)} without a rate. Give one, e.g. "100 EUR * 1.1 USD/EUR".`
      : `${from.parts.length === 0 ? "A plain number" : unitText(from.parts)} cannot be converted to ${unitText(parts)}: they measure different things.`,
  );
}

function isCurrency(part: UnitPart): boolean {
  return CURRENCIES.has(part.name);
}

/** Units of one kind become one, in the first one's spelling; what cancels goes; a known product gets its name. */
function merged(parts: readonly UnitPart[]): readonly UnitPart[] {
  const kinds: UnitPart[] = [];
  for (const part of parts) {
    const at = kinds.findIndex((known) => isSameKind(known, part));
    const known = kinds[at];
    if (known === undefined) kinds.push(part);
    else kinds[at] = { ...known, power: round(known.power + part.power) };
  }
  const left = kinds.filter((part) => part.power !== 0);
  if (dimensionsOf(left) === "") return [];
  return left.length < 2 ? left : (named(left) ?? left);
}

function isSameKind(a: UnitPart, b: UnitPart): boolean {
  return dimensionsOf([{ ...a, power: 1 }]) === dimensionsOf([{ ...b, power: 1 }]);
}

const NAMED = ["s", "m", "kg", "J", "W", "N", "Pa", "V", "ohm", "A", "B"];

/** Power times hours is energy as it is sold; other products that are one of the known things get that unit. */
function named(parts: readonly UnitPart[]): readonly UnitPart[] | null {
  const dimensions = dimensionsOf(parts);
  const [first, second] = parts;
  if (parts.length === 2 && first !== undefined && second !== undefined) {
    const [watts, time] = /^[kMGm]?W$/.test(first.name) ? [first, second] : [second, first];
    const isHours = ["h", "hr", "hour", "hours", "day", "days"].includes(time.name);
    if (/^[kMGm]?W$/.test(watts.name) && isHours && watts.power === 1 && time.power === 1) {
      return [unitPart(`${watts.name}h`)];
    }
  }
  const name = NAMED.find((candidate) => dimensionsOf([unitPart(candidate)]) === dimensions);
  return name === undefined ? null : [unitPart(name)];
}

const PREFIXED = new Set(["J", "W", "N", "Pa", "B", "Wh"]);
const PREFIXES: readonly (readonly [prefix: string, factor: string])[] = [
  ["T", "1e12"],
  ["G", "1e9"],
  ["M", "1e6"],
  ["k", "1e3"],
];

/** 533715 J → 533.715 kJ, for a unit that nobody asked for by name. */
export function withPrefix(of: Quantity): Quantity {
  const [only] = of.parts;
  if (of.parts.length !== 1 || only === undefined || only.power !== 1 || !PREFIXED.has(only.name)) return of;
  const size = shownValue(of).abs();
  if (size.lt(10_000)) return of;
  const prefix = PREFIXES.find(([, factor]) => size.gte(decimal(factor)));
  return prefix === undefined ? of : { si: of.si, parts: [unitPart(`${prefix[0]}${only.name}`)] };
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  degC: "°C",
  degF: "°F",
  deg: "°",
  minute: "min",
  ohm: "Ω",
};

/** `kg·m/s²`, empty for a plain number. What it gives can be read again. */
export function unitText(parts: readonly UnitPart[]): string {
  const above = parts.filter((part) => part.power > 0).map((part) => factorText(part, part.power));
  const below = parts.filter((part) => part.power < 0).map((part) => factorText(part, -part.power));
  if (below.length === 0) return above.join("·");
  const under = below.length > 1 ? `(${below.join("·")})` : below.join("");
  return `${above.length === 0 ? "1" : above.join("·")}/${under}`;
}

function factorText(part: UnitPart, exponent: number): string {
  const name = SHORT_NAMES[part.name] ?? part.name;
  if (exponent === 1) return name;
  if (exponent === 2) return `${name}²`;
  if (exponent === 3) return `${name}³`;
  return `${name}^${String(exponent)}`;
}
