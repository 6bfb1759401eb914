import { ToolRefusal } from "./define-tool.ts";
import type { Decimal } from "./math-engine.ts";
import { decimal, unitPart } from "./math-engine.ts";
import type { Quantity } from "./math-quantity.ts";
import { convert, dimensionsOf, plain, power, quantity, shownValue, unitText } from "./math-quantity.ts";

/** The functions that an expression may call. All of them are bounded in time by the checks of their arguments. */
export type MathFunction = (args: readonly Quantity[]) => Quantity;

/** Above this a factorial has thousands of digits and takes noticeable time. */
const MAX_FACTORIAL = 1000;
/** e^10000 has 4,343 digits before the point; the time of the exponential grows with its argument. */
const MAX_EXPONENT = 10_000;
/** Beyond this the digits of π at hand do not reach to tell the angle. */
const MAX_ANGLE = "1e15";

const onNumber =
  (name: string, work: (x: Decimal) => Decimal): MathFunction =>
  (args) =>
    plain(work(plainNumber(name, single(name, args))));

/** Works on the number as it is shown and keeps the unit: rounding 2.6 km gives 3 km. */
const inItsUnit =
  (name: string, work: (x: Decimal) => Decimal): MathFunction =>
  (args) => {
    const [first] = [single(name, args)];
    return quantity(work(shownValue(first)), first.parts);
  };

const onAngle =
  (name: string, work: (x: Decimal) => Decimal): MathFunction =>
  (args) => {
    const angle = single(name, args);
    const radians = angle.parts.length === 0 ? angle.si : convert(angle, [unitPart("rad")]).si;
    if (radians.abs().gt(MAX_ANGLE)) throw new ToolRefusal(`The angle in ${name} is too large to be calculated.`);
    return plain(work(radians));
  };

const exponential = (name: string, work: (x: Decimal) => Decimal) =>
  onNumber(name, (x) => {
    if (x.abs().gt(MAX_EXPONENT)) throw new ToolRefusal(`The number in ${name} is too large; 10,000 is the limit.`);
    return work(x);
  });

/** Takes many values of one kind; the result is in the unit of the first. */
const onMany =
  (name: string, work: (values: readonly Decimal[]) => Decimal): MathFunction =>
  (args) => {
    const [first] = args;
    if (first === undefined) throw new ToolRefusal(`${name} needs at least one number, e.g. ${name}(1, 2, 3).`);
    const kind = dimensionsOf(first.parts);
    const other = args.find((arg) => dimensionsOf(arg.parts) !== kind);
    if (other !== undefined) throw new ToolRefusal(`${name} needs values that measure the same thing.`);
    const values = args.map((arg) => shownValue({ si: arg.si, parts: first.parts }));
    return quantity(work(values), first.parts);
  };

const root =
  (name: string, degree: number): MathFunction =>
  (args) =>
    nthRoot(single(name, args), decimal(degree));

function nthRoot(of: Quantity, degree: Decimal): Quantity {
  if (degree.isZero()) throw new ToolRefusal("There is no zeroth root.");
  const isOdd = degree.isInteger() && !degree.mod(2).isZero();
  if (of.si.isNegative() && !isOdd) throw new ToolRefusal("An even root of a negative number is not a real number.");
  const size = power({ si: of.si.abs(), parts: of.parts }, decimal(1).div(degree));
  return of.si.isNegative() ? { si: size.si.negated(), parts: size.parts } : size;
}

const sum = (values: readonly Decimal[]) => values.reduce((total, value) => total.plus(value), decimal(0));
const mean = (values: readonly Decimal[]) => sum(values).div(values.length);

function median(values: readonly Decimal[]): Decimal {
  const sorted = values.toSorted((a, b) => a.comparedTo(b));
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return mean(middle);
}

/** Of a sample (n - 1), as calculators and spreadsheets take it. */
function variance(values: readonly Decimal[]): Decimal {
  if (values.length < 2) throw new ToolRefusal("A deviation needs at least two numbers.");
  const centre = mean(values);
  return sum(values.map((value) => value.minus(centre).pow(2))).div(values.length - 1);
}

export function factorial(of: Quantity): Quantity {
  const n = wholeNumber("A factorial", of, MAX_FACTORIAL);
  let product = decimal(1);
  for (let factor = 2; factor <= n; factor++) product = product.times(factor);
  return plain(product);
}

function choose(n: number, k: number, isOrdered: boolean): Decimal {
  let result = decimal(1);
  for (let step = 0; step < k; step++) {
    result = result.times(n - step);
    if (!isOrdered) result = result.div(step + 1);
  }
  return isOrdered ? result : result.round();
}

const counting =
  (name: string, isOrdered: boolean): MathFunction =>
  (args) => {
    const [n, k] = pair(name, args);
    return plain(choose(wholeNumber(name, n, MAX_FACTORIAL), wholeNumber(name, k, MAX_FACTORIAL), isOrdered));
  };

function greatestCommonDivisor(a: Decimal, b: Decimal): Decimal {
  let [x, y] = [a.abs(), b.abs()];
  while (!y.isZero()) [x, y] = [y, x.mod(y)];
  return x;
}

const onWholes =
  (name: string, work: (a: Decimal, b: Decimal) => Decimal): MathFunction =>
  (args) => {
    const values = args.map((arg) => {
      const value = plainNumber(name, arg);
      if (!value.isInteger()) throw new ToolRefusal(`${name} needs whole numbers.`);
      return value;
    });
    const [first, ...rest] = values;
    if (first === undefined) throw new ToolRefusal(`${name} needs at least one number.`);
    return plain(rest.reduce(work, first.abs()));
  };

const logarithm: MathFunction = (args) => {
  const [x, base] = args;
  if (x === undefined || args.length > 2) throw new ToolRefusal("log takes a number and a base: log(8, 2).");
  // One argument is refused a silent meaning: half of the world reads log as base 10, the other half as base e.
  if (base === undefined) throw new ToolRefusal("Say which logarithm: log10(x), ln(x), log2(x) or log(x, base).");
  return plain(positive("log", x).log(positive("log", base)));
};

function positive(name: string, of: Quantity): Decimal {
  const value = plainNumber(name, of);
  if (value.lte(0)) throw new ToolRefusal(`${name} is only defined for numbers above zero.`);
  return value;
}

const onPositive =
  (name: string, work: (x: Decimal) => Decimal): MathFunction =>
  (args) =>
    plain(work(positive(name, single(name, args))));

const rounding: MathFunction = (args) => {
  const [of, places] = args;
  if (of === undefined || args.length > 2) throw new ToolRefusal("round takes a number and, if you like, the places.");
  const digits = places === undefined ? 0 : wholeNumber("round", places, 50);
  return quantity(shownValue(of).toDecimalPlaces(digits), of.parts);
};

const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  sqrt: root("sqrt", 2),
  cbrt: root("cbrt", 3),
  nthRoot: (args) => nthRoot(...rootArguments(args)),
  abs: inItsUnit("abs", (x) => x.abs()),
  round: rounding,
  floor: inItsUnit("floor", (x) => x.floor()),
  ceil: inItsUnit("ceil", (x) => x.ceil()),
  fix: inItsUnit("fix", (x) => x.trunc()),
  sign: onNumber("sign", (x) => decimal(x.isZero() ? 0 : x.isNegative() ? -1 : 1)),
  exp: exponential("exp", (x) => x.exp()),
  sinh: exponential("sinh", (x) => x.sinh()),
  cosh: exponential("cosh", (x) => x.cosh()),
  tanh: exponential("tanh", (x) => x.tanh()),
  log: logarithm,
  ln: onPositive("ln", (x) => x.ln()),
  log10: onPositive("log10", (x) => x.log(10)),
  log2: onPositive("log2", (x) => x.log(2)),
  sin: onAngle("sin", (x) => x.sin()),
  cos: onAngle("cos", (x) => x.cos()),
  tan: onAngle("tan", (x) => x.tan()),
  asin: arc("asin", (x) => x.asin()),
  acos: arc("acos", (x) => x.acos()),
  atan: arc("atan", (x) => x.atan()),
  min: onMany("min", (values) => values.reduce((least, value) => (value.lt(least) ? value : least))),
  max: onMany("max", (values) => values.reduce((most, value) => (value.gt(most) ? value : most))),
  sum: onMany("sum", sum),
  mean: onMany("mean", mean),
  median: onMany("median", median),
  std: onMany("std", (values) => variance(values).sqrt()),
  factorial: (args) => factorial(single("factorial", args)),
  combinations: counting("combinations", false),
  permutations: counting("permutations", true),
  gcd: onWholes("gcd", greatestCommonDivisor),
  lcm: onWholes("lcm", (a, b) =>
    a.isZero() || b.isZero() ? decimal(0) : a.times(b).abs().div(greatestCommonDivisor(a, b)),
  ),
  mod: (args) => remainder(...pair("mod", args)),
};

/** Other names that people use. */
const ALIASES: Readonly<Record<string, string>> = {
  average: "mean",
  avg: "mean",
  stdev: "std",
  stddev: "std",
  root: "sqrt",
  lg: "log10",
  ld: "log2",
  trunc: "fix",
  arcsin: "asin",
  arccos: "acos",
  arctan: "atan",
  fact: "factorial",
  nCr: "combinations",
  nPr: "permutations",
};

export function findFunction(name: string): MathFunction | undefined {
  const known = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return known !== undefined && Object.hasOwn(FUNCTIONS, known) ? FUNCTIONS[known] : undefined;
}

export function remainder(a: Quantity, b: Quantity): Quantity {
  if (dimensionsOf(a.parts) !== dimensionsOf(b.parts)) {
    throw new ToolRefusal("A remainder needs two values that measure the same thing.");
  }
  if (b.si.isZero()) throw new ToolRefusal("That divides by zero, which has no result.");
  // The sign of the divisor, as in arithmetic: -1 mod 3 is 2.
  const rest = a.si.mod(b.si);
  return { si: !rest.isZero() && rest.isNegative() !== b.si.isNegative() ? rest.plus(b.si) : rest, parts: a.parts };
}

function arc(name: string, work: (x: Decimal) => Decimal): MathFunction {
  return (args) => {
    const result = work(plainNumber(name, single(name, args)));
    if (result.isNaN()) throw new ToolRefusal(`${name} is only defined from -1 to 1.`);
    return { si: result, parts: [unitPart("rad")] };
  };
}

function rootArguments(args: readonly Quantity[]): [Quantity, Decimal] {
  const [of, degree] = pair("nthRoot", args);
  return [of, plainNumber("nthRoot", degree)];
}

function single(name: string, args: readonly Quantity[]): Quantity {
  const [only] = args;
  if (only === undefined || args.length > 1)
    throw new ToolRefusal(`${name} takes one value, not ${String(args.length)}.`);
  return only;
}

function pair(name: string, args: readonly Quantity[]): [Quantity, Quantity] {
  const [first, second] = args;
  if (first === undefined || second === undefined || args.length > 2) {
    throw new ToolRefusal(`${name} takes two values, not ${String(args.length)}.`);
  }
  return [first, second];
}

export function plainNumber(name: string, of: Quantity): Decimal {
  if (of.parts.length > 0) throw new ToolRefusal(`${name} needs a plain number, not one in ${unitText(of.parts)}.`);
  return of.si;
}

function wholeNumber(name: string, of: Quantity, limit: number): number {
  const value = plainNumber(name, of);
  if (!value.isInteger() || value.isNegative() || value.gt(limit)) {
    throw new ToolRefusal(`${name} needs a whole number from 0 to ${String(limit)}.`);
  }
  return value.toNumber();
}
