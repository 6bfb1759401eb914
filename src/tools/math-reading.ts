import { ToolRefusal } from "./define-tool.ts";
import { readTokens } from "./math-tokens.ts";

/** Characters of an expression. */
const MAX_CHARS = 1000;

/** What the result shall be written as, beyond a unit. */
export type Notation = "percent" | "hex" | "binary" | "octal";

export interface ReadExpression {
  /** In the syntax of the parser. */
  readonly text: string;
  readonly notation: Notation | null;
  /** What was not obvious about the reading, for the working: `1,500 read as 1500`. */
  readonly notes: readonly string[];
}

/** Reads what people write (20% of 80, 5 ft 3 in, 1.500,50 €, 20 °C) into what the parser takes. Throws ToolRefusal. */
export function readExpression(written: string): ReadExpression {
  if (written.length > MAX_CHARS) {
    throw new ToolRefusal(`The expression is longer than ${String(MAX_CHARS)} characters. Split it into several.`);
  }
  const { text, notation } = takeNotation(plainPhrases(plainSigns(written)));
  if (text === "") throw new ToolRefusal('There is nothing to calculate. Give an expression such as "20% of 80".');
  const notes: string[] = [];
  return { text: readTokens(text, notes), notation, notes };
}

/** One spelling for the signs that keyboards, phones and documents give. */
function plainSigns(text: string): string {
  return text
    .replace(/([\p{L}\p{N})])([⁻]?[⁰¹²³⁴-⁹]+)/gu, (_, base: string, power: string) => `${base}^${asciiPower(power)}`)
    .replace(/[½¼¾⅓⅔⅛⅜⅝⅞]/gu, (sign) => ` ${fraction(sign)} `)
    .normalize("NFKC")
    .replace(/[×·⋅∙✕✖]/gu, "*")
    .replace(/[÷∕]/gu, "/")
    .replace(/[−–—‒]/gu, "-")
    .replace(/\*\*/g, "^")
    .replace(/√\s*/gu, "sqrt ")
    .replace(/π/gu, " pi ")
    .replace(/[μ]/gu, "u")
    .replace(/[ΩΩ]/gu, "ohm")
    .replace(/[→⇒]|->|=>/gu, " to ")
    .replace(/([€$£¥])\s*(\d[\d.,]*)/gu, "$2 $1 ")
    .replace(/\s+/gu, " ")
    .trim();
}

function asciiPower(power: string): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const plain = Array.from(power, (sign) => (sign === "⁻" ? "-" : String(digits.indexOf(sign)))).join("");
  return plain.startsWith("-") ? `(${plain})` : plain;
}

function fraction(sign: string): string {
  const [above, below] = sign.normalize("NFKC").split("⁄");
  return `(${above ?? "1"}/${below ?? "2"})`;
}

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:what(?:'s| is| are)?|how much (?:is|are)|calculate|compute|convert|evaluate|was ist|wie viel (?:ist|sind)|berechne)\s+/i,
    "",
  ],
  [/[=?.\s]+$/, ""],
  [/\b(?:per ?cent|prozent)\b/gi, "%"],
  [/^(.+?) (?:is|as) what (?:%|percentage) of (.+)$/i, "(($1) / ($2)) to %"],
  [/^what (?:%|percentage) of (.+?) (?:is|are) (.+)$/i, "(($2) / ($1)) to %"],
  [/^(?:%|percentage) of (.+?) (?:is|are) (.+)$/i, "(($2) / ($1)) to %"],
  [/^(.+?) as an? (?:%|percentage) of (.+)$/i, "(($1) / ($2)) to %"],
  [
    /^(?:the )?(?:%|percentage) (?:change|increase|decrease|difference) (?:from|between) (.+?) (?:to|and) (.+)$/i,
    "((($2) - ($1)) / ($1)) to %",
  ],
  [/%\s*(?:of|von)\b/gi, "% *"],
  [/\b(?:increased by|plus)\b/gi, "+"],
  [/\b(?:decreased by|reduced by|minus)\b/gi, "-"],
  [/\b(?:times|multiplied by|mal)\b/gi, "*"],
  [/\b(?:divided by|over|geteilt durch)\b/gi, "/"],
  [/\bto the power of\b/gi, "^"],
  [/\b(?:the )?(?:square root|wurzel)(?: of| aus)?\b/gi, "sqrt"],
  [/\b(?:the )?cube root(?: of)?\b/gi, "cbrt"],
  [/\bsquared\b/gi, "^2"],
  [/\bcubed\b/gi, "^3"],
  [/\b(?:into|nach|expressed in)\b/gi, "to"],
  [/(?<!\b0)(?<=\d)x(?=[\d(])|(?<=\d)\s+x\s*(?=[\d(])|(?<=[\d)])\s*x\s+(?=[\d(])/gi, " * "],
  [/\bper\b/gi, "/"],
  [/\b(?:a |one )?half of\b/gi, "1/2 *"],
  [/\b(?:a |one )?third of\b/gi, "1/3 *"],
  [/\b(?:a |one )?quarter of\b/gi, "1/4 *"],
  [/\b(?:square|sq\.?) (\p{L}+)/giu, "$1^2"],
  [/\b(?:cubic|cu\.?) (\p{L}+)/giu, "$1^3"],
  [/\bfl\.? ?oz\b/gi, "floz"],
  [/(?:°|\bdegrees?|\bdeg|\bgrad) ?(?:celsius|centigrade|C)\b/gi, "°C"],
  [/(?:°|\bdegrees?|\bdeg|\bgrad) ?(?:fahrenheit|F)\b/gi, "°F"],
  [/(\d)\s*(?:'|′)\s*(\d+(?:\.\d+)?)\s*(?:"|″|'')/g, "$1 ft $2 inch"],
];

function plainPhrases(text: string): string {
  const worded = PHRASES.reduce((changed, [pattern, words]) => changed.replace(pattern, words), text);
  return discount(worded).trim();
}

/** "15 % off 60" is 60 less 15 %: the working then shows the 15 % and what is left. */
function discount(text: string): string {
  const match = /(\d[\d.,]*)\s*%\s*(?:discount\s+)?(?:off|rabatt auf)\s+(.+?)( to .+)?$/i.exec(text);
  const [, rate, price, target = ""] = match ?? [];
  if (match === null || rate === undefined || price === undefined) return text;
  return `${text.slice(0, match.index)}((${price}) - ${rate}%)${target}`;
}

const NOTATIONS: readonly (readonly [RegExp, Notation])[] = [
  [/\s(?:to|in|as)\s+(?:a )?(?:%|percentage)$/i, "percent"],
  [/\s(?:to|in|as)\s+hex(?:adecimal)?$/i, "hex"],
  [/\s(?:to|in|as)\s+bin(?:ary)?$/i, "binary"],
  [/\s(?:to|in|as)\s+oct(?:al)?$/i, "octal"],
];

function takeNotation(text: string): { text: string; notation: Notation | null } {
  for (const [pattern, notation] of NOTATIONS) {
    if (pattern.test(text)) return { text: text.replace(pattern, ""), notation };
  }
  return { text, notation: null };
}
