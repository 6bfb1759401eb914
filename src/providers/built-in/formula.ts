import type { Dimension, Unit } from "./units.ts";
import { findUnit, unitAfter } from "./units.ts";

const FUNCTIONS = new Set(
  "sqrt cbrt abs round floor ceil sin cos tan asin acos atan log log10 log2 ln exp min max mean median sum gcd lcm std".split(
    " ",
  ),
);
const CONSTANTS: Readonly<Record<string, string>> = { pi: "pi", π: "pi", tau: "tau", e: "e", ans: "ans" };

const LEXEME =
  /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\p{L}\d.])|\d+(?:\.\d+)?|\.\d+)|(mod|of|and|und)(?![\p{L}])|([-+*/^(),!%])|([\p{L}°µμΩ][\p{L}\d]*(?:\/\p{L}+)?(?:-\p{L}+)*))/iuy;

/** A formula as the calculate tool reads it. */
export interface Formula {
  readonly text: string;
  readonly hasOperation: boolean;
  readonly hasUnit: boolean;
  readonly usesAnswer: boolean;
}

/** One reading pass: a value must follow an operator and an operator a value, or it is not arithmetic. */
export function renderFormula(text: string, target?: Unit): Formula | null {
  const lexemes = lex(text, target?.dimension);
  return lexemes === null ? null : new Renderer(lexemes).run();
}

type Lexeme =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "word"; readonly text: "mod" | "of" | "and" }
  | { readonly kind: "sign"; readonly text: string }
  | { readonly kind: "function"; readonly text: string }
  | { readonly kind: "constant"; readonly text: string }
  | { readonly kind: "unit"; readonly unit: Unit };

function lex(text: string, towards?: Dimension): readonly Lexeme[] | null {
  const lexemes: Lexeme[] = [];
  LEXEME.lastIndex = 0;
  const end = text.trimEnd().length;
  while (LEXEME.lastIndex < end) {
    const match = LEXEME.exec(text);
    if (match === null) return null;
    const [, number, word, sign, name] = match;
    if (number !== undefined) lexemes.push({ kind: "number", text: number });
    else if (word !== undefined)
      lexemes.push({ kind: "word", text: /^mod$/i.test(word) ? "mod" : /^of$/i.test(word) ? "of" : "and" });
    else if (sign !== undefined) lexemes.push({ kind: "sign", text: sign });
    else if (name !== undefined) {
      const read = readName(name, lexemes.at(-1), towards);
      if (read === null) return null;
      lexemes.push(...read);
    }
  }
  return lexemes.length === 0 || lexemes.length > 80 ? null : lexemes;
}

function readName(name: string, before: Lexeme | undefined, towards?: Dimension): readonly Lexeme[] | null {
  const low = name.toLowerCase();
  const isAfterNumber = before?.kind === "number";
  if (FUNCTIONS.has(low) && !isAfterNumber)
    return [{ kind: "function", text: low === "ln" ? "log" : low === "log" ? "log10" : low }];
  const constant = CONSTANTS[low];
  if (constant !== undefined && !(isAfterNumber && low === "e")) return [{ kind: "constant", text: constant }];
  if (low === "in") return isAfterNumber ? [{ kind: "unit", unit: { name: "inch", dimension: "length" } }] : null;
  if (low === "oz" && towards === "volume") return [{ kind: "unit", unit: { name: "floz", dimension: "volume" } }];
  const unit = findUnit(name);
  if (unit !== undefined) return [{ kind: "unit", unit }];
  const [over, under, ...rest] = name.split("/");
  if (over === undefined || under === undefined || rest.length > 0) return null;
  const [first, second] = [findUnit(over), findUnit(under)];
  if (first === undefined || second === undefined) return null;
  return [
    { kind: "unit", unit: first },
    { kind: "sign", text: "/" },
    { kind: "unit", unit: second },
  ];
}

/** Writes the lexemes as an expression, quantities in brackets where a sign before or after would tear them apart. */
class Renderer {
  readonly #lexemes: readonly Lexeme[];
  #at = 0;
  #out = "";
  #depth = 0;
  #wantsValue = true;
  #hasOperation = false;
  #hasUnit = false;
  #usesAnswer = false;
  #before = "";

  constructor(lexemes: readonly Lexeme[]) {
    this.#lexemes = lexemes;
  }

  run(): Formula | null {
    while (this.#at < this.#lexemes.length) {
      if (!(this.#wantsValue ? this.#value() : this.#operator())) return null;
    }
    if (this.#wantsValue || this.#depth !== 0) return null;
    const text = this.#out.trim().replaceAll(/(?<![a-z\d])\((ans|\d+(?:\.\d+)?)\)/g, "$1");
    return { text, hasOperation: this.#hasOperation, hasUnit: this.#hasUnit, usesAnswer: this.#usesAnswer };
  }

  #value(): boolean {
    const lexeme = this.#lexemes[this.#at];
    if (lexeme === undefined) return false;
    switch (lexeme.kind) {
      case "number":
        return this.#quantity();
      case "constant":
        this.#usesAnswer ||= lexeme.text === "ans";
        return this.#put(lexeme.text, false);
      case "function": {
        const next = this.#lexemes[this.#at + 1];
        if (next?.kind !== "sign" || next.text !== "(") return false;
        this.#hasOperation = true;
        return this.#put(lexeme.text, true);
      }
      case "unit":
        // A bare unit stands where a written formula has it: "J/(kg K)".
        if (this.#depth === 0 || this.#before === "") return false;
        this.#hasUnit = true;
        return this.#put(lexeme.unit.name, false);
      case "sign":
        if (lexeme.text === "(") {
          this.#depth += 1;
          return this.#put("(", true);
        }
        // "+ 5" and "* 2" go on from the result before; "-5" is a number.
        if (this.#at === 0 && this.#lexemes.length > 1 && ["+", "*", "/", "^"].includes(lexeme.text)) {
          this.#usesAnswer = true;
          this.#out = "ans";
          this.#wantsValue = false;
          return true;
        }
        return lexeme.text === "-" && this.#before !== "-" ? this.#put("-", true) : false;
      case "word":
        return false;
    }
  }

  #operator(): boolean {
    const lexeme = this.#lexemes[this.#at];
    if (lexeme === undefined) return false;
    if (lexeme.kind === "unit" && this.#depth > 0) return this.#put(` ${lexeme.unit.name}`, false);
    if (lexeme.kind === "word") {
      this.#hasOperation = true;
      // "and" parts the values of a function, and nothing else.
      if (lexeme.text === "and") return this.#depth > 0 ? this.#put(", ", true) : false;
      if (lexeme.text === "of") return this.#before === "%" ? this.#put(" of ", true) : false;
      return this.#put(" mod ", true);
    }
    if (lexeme.kind !== "sign") return false;
    switch (lexeme.text) {
      case ")":
        this.#depth -= 1;
        return this.#depth >= 0 && this.#put(")", false);
      case "(":
        this.#hasOperation = true;
        this.#depth += 1;
        return this.#put(" * (", true);
      case "!":
      case "%":
        this.#hasOperation = true;
        return this.#put(lexeme.text, false);
      case ",": {
        const next = this.#lexemes[this.#at + 1];
        if (next?.kind === "word" && next.text === "and") this.#at += 1;
        return this.#depth > 0 && this.#put(", ", true);
      }
      default:
        this.#hasOperation = true;
        return this.#put(lexeme.text === "^" ? "^" : ` ${lexeme.text} `, true);
    }
  }

  #put(text: string, wantsValue: boolean): boolean {
    this.#out += text;
    this.#before = text.trim();
    this.#wantsValue = wantsValue;
    this.#at += 1;
    return true;
  }

  /** A number with its unit; "5 ft 10 in" and "2 h 30 min" are sums. */
  #quantity(): boolean {
    const start = this.#at;
    const parts = [this.#measure()];
    for (let next = this.#lexemes[this.#at]; next?.kind === "number"; next = this.#lexemes[this.#at]) {
      const part = this.#measure();
      if (part.dimension === null || part.dimension !== parts[0]?.dimension) return false;
      parts.push(part);
      this.#hasOperation = true;
    }
    const [first] = parts;
    if (first === undefined || this.#at === start) return false;
    const text = parts.map((part) => part.text).join(" + ");
    const next = this.#lexemes[this.#at];
    const isFollowed = next?.kind === "sign" && ["^", "*", "/", "!"].includes(next.text);
    const needsBrackets =
      parts.length > 1 ||
      (first.dimension !== null &&
        (this.#before === "/" || (first.isCompound && isFollowed) || (next?.kind === "sign" && next.text === "^")));
    this.#at -= 1;
    return this.#put(needsBrackets ? `(${text})` : text, false);
  }

  #measure(): { readonly text: string; readonly dimension: Dimension | null; readonly isCompound: boolean } {
    const number = this.#lexemes[this.#at];
    this.#at += 1;
    const value = number?.kind === "number" ? number.text : "";
    const unit = this.#lexemes[this.#at];
    if (unit?.kind !== "unit") return { text: value, dimension: null, isCompound: false };
    this.#hasUnit = true;
    this.#at += 1;
    const next = this.#lexemes[this.#at];
    const stands = next?.kind === "sign" && (next.text === "/" || next.text === "^");
    let name = stands ? unit.unit.name : unitAfter(value, unit.unit.name);
    let isCompound = name.includes("/");
    for (;;) {
      const sign = this.#lexemes[this.#at];
      const after = this.#lexemes[this.#at + 1];
      if (sign?.kind !== "sign" || after === undefined) break;
      if (sign.text === "/" && after.kind === "unit") name += `/${after.unit.name}`;
      else if (sign.text === "^" && after.kind === "number" && /^[23]$/.test(after.text)) name += `^${after.text}`;
      else break;
      isCompound = true;
      this.#at += 2;
    }
    return { text: `${value} ${name}`, dimension: isCompound ? "other" : unit.unit.dimension, isCompound };
  }
}
