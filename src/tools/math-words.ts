import { durationWords } from "./duration-words.ts";
import type { Decimal } from "./math-engine.ts";
import { unitPart } from "./math-engine.ts";
import type { Quantity } from "./math-quantity.ts";
import { dimensionsOf, shownValue, unitText } from "./math-quantity.ts";

/** Digits of a rounded number. Exact ones may have more. */
const SHOWN_DIGITS = 12;
/** Digits of a length of time that is also given in minutes and seconds. */
const TIME_DIGITS = 4;
/** Integers up to here are written out in full. */
const WRITTEN_OUT_DIGITS = 40;

/** Of 64 digits the last ones are noise: 1/3*3 is 1. */
const CALCULATION_NOISE = "1e-55";

export interface ShownNumber {
  readonly text: string;
  /** False where digits were left out. */
  readonly isExact: boolean;
}

/** A number for reading: grouped by thousands, rounded to 12 digits, a power of ten where it is very large or small. */
export function showNumber(value: Decimal, digits = SHOWN_DIGITS): ShownNumber {
  if (value.isInteger() && value.abs().lt(`1e${String(WRITTEN_OUT_DIGITS)}`)) {
    return { text: group(value.toFixed(0)), isExact: true };
  }
  const rounded = value.toSignificantDigits(digits);
  const isExact = rounded.minus(value).abs().lte(value.abs().times(CALCULATION_NOISE));
  const exponent = rounded.e;
  if (exponent < -6 || exponent >= 15) {
    const mantissa = rounded.div(`1e${String(exponent)}`).toSignificantDigits(digits);
    return { text: `${mantissa.toFixed()}×10^${String(exponent)}`, isExact };
  }
  return { text: group(rounded.toFixed()), isExact };
}

/** 12345.678 → 12,345.678; four digits stay together. Minus is a real minus sign only for eyes: here "-" can be read back. */
function group(text: string): string {
  const [whole = "", fraction] = text.split(".");
  const digits = whole.replace("-", "");
  const grouped = digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : digits;
  return `${whole.startsWith("-") ? "-" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** `533.715 kJ`; the sign of a currency or a percentage stands where people put it. */
export function showQuantity(of: Quantity): ShownNumber {
  const number = showNumber(shownValue(of));
  return { text: withUnit(number.text, of), isExact: number.isExact };
}

function withUnit(number: string, of: Quantity): string {
  const unit = unitText(of.parts);
  if (unit === "") return number;
  return unit === "°" ? `${number}°` : `${number} ${unit}`;
}

export interface ShownResult extends ShownNumber {
  /** e.g. `≈ 4 min 27 s`, where the result is a length of time that is easier to grasp so. */
  readonly duration: string | null;
}

/** The result as it stands at the top: a length of time with what it is in minutes and hours. */
export function showResult(of: Quantity): ShownResult {
  const plainly = showQuantity(of);
  const duration = isTime(of) ? durationWords(of.si.toNumber()) : null;
  if (duration === null || duration.words === plainly.text) return { ...plainly, duration: null };
  const value = shownValue(of);
  const wholeDigits = Math.max(0, value.e + 1);
  const number = value.isInteger() ? showNumber(value) : showNumber(value, Math.max(TIME_DIGITS, wholeDigits));
  const words = duration.isRounded ? `about ${duration.words}` : duration.words;
  return {
    text: `${withUnit(number.text, of)} (${words})`,
    isExact: number.isExact,
    duration: `${duration.isRounded ? "≈" : "="} ${duration.words}`,
  };
}

function isTime(of: Quantity): boolean {
  return of.parts.length === 1 && dimensionsOf(of.parts) === dimensionsOf([unitPart("s")]);
}
