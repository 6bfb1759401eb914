import { ToolRefusal } from "./define-tool.ts";
import { isUnit, unitPart } from "./math-engine.ts";
import { findFunction } from "./math-functions.ts";
import { numberAt } from "./math-numbers.ts";
import { spelledUnit } from "./math-unit-spellings.ts";

type Token =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "word"; readonly text: string }
  | { readonly kind: "unit"; readonly text: string }
  | { readonly kind: "call"; readonly text: string }
  | { readonly kind: "mark"; readonly text: string };

/** Functions whose arguments are divided by commas: inside them 1,200 is two numbers. */
const MANY_ARGUMENTS =
  /^(?:min|max|sum|mean|average|avg|median|std|stdev|stddev|gcd|lcm|round|log|nthRoot|combinations|permutations|nCr|nPr|mod)$/;

const WORD = /^(?:°\s*[CFKR](?![\p{L}])|[€$£¥°]|\p{L}[\p{L}\d_]*)/u;

/** Numbers, units and functions in the spelling of the parser. What was not obvious is added to `notes`. */
export function readTokens(text: string, notes: string[]): string {
  const tokens = bracketRates(joinFamilies(readWords(tokensOf(text, notes), notes)));
  return tokens.map((token) => token.text).join(" ");
}

function tokensOf(text: string, notes: string[]): Token[] {
  const tokens: Token[] = [];
  /** For each open bracket, whether commas divide arguments in it. */
  const brackets: boolean[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const number = numberAt(rest, brackets.at(-1) === true);
    const [word] = WORD.exec(rest) ?? [];
    if (number !== null) {
      if (number.note !== null) notes.push(number.note);
      tokens.push({ kind: "number", text: number.text });
      at += number.length;
    } else if (word !== undefined) {
      tokens.push({ kind: "word", text: word });
      at += word.length;
    } else {
      const mark = text.charAt(at);
      const last = tokens.at(-1);
      if (brackets.length > MAX_DEPTH) throw new ToolRefusal("There are too many brackets inside each other.");
      if (mark === "(") brackets.push(last?.kind === "word" && MANY_ARGUMENTS.test(last.text));
      if (mark === ")") brackets.pop();
      if (mark !== " ") tokens.push({ kind: "mark", text: mark });
      at += 1;
    }
  }
  return tokens;
}

const CURRENCY_SIGNS: ReadonlyMap<string, string> = new Map([
  ["€", "EUR"],
  ["$", "USD"],
  ["£", "GBP"],
  ["¥", "JPY"],
]);

/** Brackets inside brackets: a person writes a few, and the parser's stack ends at some hundreds. */
const MAX_DEPTH = 50;

const MULTIPLES: Readonly<Record<string, string>> = {
  hundred: "1e2",
  thousand: "1e3",
  tausend: "1e3",
  million: "1e6",
  millions: "1e6",
  billion: "1e9",
  trillion: "1e12",
  dozen: "12",
};

const CONSTANTS = new Set(["pi", "e", "tau", "phi"]);
const ELECTRIC = /^(?:[mkuM]?[AV]|[mk]?Ah|ohm|amps?|amperes?|volts?|farads?|coulombs?)$/;

/** Turns words into names that the parser and the table of units know; refuses the others by name. */
function readWords(tokens: readonly Token[], notes: string[]): Token[] {
  const isElectric = tokens.some((token) => ELECTRIC.test(token.text));
  const read: Token[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word") read.push(token);
    else read.push(...readWord(token.text, read.at(-1), tokens.slice(index + 1), isElectric, notes));
  }
  return closeCalls(read);
}

/** "5% + 3%": without brackets the parser takes a % before a sign for a remainder. */
function bracketRates(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, index) => {
    const [percent, after] = [tokens[index + 1], tokens[index + 2]];
    const isRate = token.kind === "number" && percent?.text === "%" && (after?.text === "+" || after?.text === "-");
    if (isRate) return [mark("("), token, mark("%"), mark(")")];
    const before = tokens[index - 1];
    const isTaken = token.text === "%" && before?.kind === "number" && (percent?.text === "+" || percent?.text === "-");
    return isTaken ? [] : [token];
  });
}

function readWord(
  text: string,
  previous: Token | undefined,
  following: readonly Token[],
  isElectric: boolean,
  notes: string[],
): Token[] {
  const [next] = following;
  if (text === "mod" && next?.text !== "(") return [mark("mod")];
  if (text === "to") return [mark("to")];
  if (text === "in" && !isInch(previous, next)) return [mark("to")];
  if (text === "in") return [unit("inch")];
  if (text === "and" && next?.kind === "number") return [];
  if (/^x$/i.test(text) && previous !== undefined && next !== undefined) return [mark("*")];
  if (text === "°") return [unit("deg")];
  if (text.startsWith("°")) return [unit(text.endsWith("K") ? "K" : `deg${text.slice(-1)}`)];
  if (CONSTANTS.has(text)) return [{ kind: "word", text }];
  const multiple = Object.hasOwn(MULTIPLES, text.toLowerCase()) ? MULTIPLES[text.toLowerCase()] : undefined;
  if (multiple !== undefined) return [mark("*"), { kind: "number", text: multiple }];
  if (findFunction(text) !== undefined && (next?.text === "(" || !isUnit(text))) return [{ kind: "call", text }];
  const spelled = spelledUnit(CURRENCY_SIGNS.get(text) ?? text, isElectric);
  if (spelled === null) {
    throw new ToolRefusal(
      `“${text.slice(0, 40)}” is not a unit, a function or a number that is known here. Write units as m, kg, s, l, kWh, km/h, °C or EUR, and leave out other words.`,
    );
  }
  if (spelled.note !== null && !notes.includes(spelled.note)) notes.push(spelled.note);
  return spelled.text.includes("/") ? [mark("("), unit(spelled.text), mark(")")] : [unit(spelled.text)];
}

function mark(text: string): Token {
  return { kind: "mark", text };
}

function unit(text: string): Token {
  return { kind: "unit", text };
}

/** "3 in" at the end, or before an operator or another number, is inches; "3 ft in cm" is a conversion. */
function isInch(previous: Token | undefined, next: Token | undefined): boolean {
  if (previous?.kind !== "number") return false;
  return next === undefined || next.kind !== "word" || next.text === "to" || next.text === "in";
}

/** "sqrt 16" and "sin 30 deg" get their brackets. */
function closeCalls(tokens: readonly Token[]): Token[] {
  const closed: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    closed.push(token);
    const next = tokens[index + 1];
    if (token.kind !== "call" || next?.kind !== "number") continue;
    const after = tokens[index + 2];
    const argument = after?.kind === "unit" ? [next, after] : [next];
    closed.push(mark("("), ...argument, mark(")"));
    index += argument.length;
  }
  return closed;
}

/** "5 ft 3 inch" and "2 h 30 min" are one quantity: units of one kind, each smaller than the one before. */
function joinFamilies(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let index = 0; index < tokens.length;) {
    const family = familyAt(tokens, index);
    if (family.length > 2) {
      joined.push(mark("("));
      for (let member = 0; member < family.length; member += 2) {
        if (member > 0) joined.push(mark("+"));
        joined.push(...family.slice(member, member + 2));
      }
      joined.push(mark(")"));
    } else {
      joined.push(...tokens.slice(index, index + 1));
    }
    index += family.length > 2 ? family.length : 1;
  }
  return joined;
}

function familyAt(tokens: readonly Token[], start: number): Token[] {
  const family: Token[] = [];
  for (let index = start; ; index += 2) {
    const [number, unitToken] = [tokens[index], tokens[index + 1]];
    if (number?.kind !== "number" || unitToken?.kind !== "unit" || !isUnit(unitToken.text)) return family;
    const larger = family.at(-1);
    if (larger !== undefined && !isSmaller(unitToken.text, larger.text)) return family;
    family.push(number, unitToken);
  }
}

function isSmaller(name: string, than: string): boolean {
  const [small, large] = [unitPart(name), unitPart(than)];
  return String(small.dimensions) === String(large.dimensions) && small.factor.lt(large.factor);
}
