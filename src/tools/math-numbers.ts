import { ToolRefusal } from "./define-tool.ts";

export interface NumberRead {
  /** With a point for the fraction and nothing between thousands. */
  readonly text: string;
  /** Characters taken from the input. */
  readonly length: number;
  /** Set where the same digits mean something else elsewhere. */
  readonly note: string | null;
}

const BASED = /^0(?:x[\da-f]+|b[01]+|o[0-7]+)(?![\p{L}\d])/iu;
/** 1 234 567,89 and 1'234'567.89 */
const SPACED = /^\d{1,3}(?:[ '’_]\d{3})+(?!\d)(?:[.,]\d+)?/;
const PLAIN = /^(?:\d+(?:[.,]\d+)*|\.\d+)/;
/** Inside a list of arguments a comma divides. */
const IN_LIST = /^(?:\d+(?:\.\d+)?|\.\d+)/;
const EXPONENT = /^[eE][+-]?\d+(?![\p{L}\d])/u;

/** The number that a text begins with, whatever way of grouping it is written in; null where there is none. */
export function numberAt(rest: string, isInList: boolean): NumberRead | null {
  const [based] = BASED.exec(rest) ?? [];
  if (based !== undefined) return { text: String(BigInt(based)), length: based.length, note: null };
  const [spaced] = isInList ? [] : (SPACED.exec(rest) ?? []);
  const [digits] = spaced === undefined ? ((isInList ? IN_LIST : PLAIN).exec(rest) ?? []) : [spaced];
  if (digits === undefined) return null;
  const [exponent = ""] = EXPONENT.exec(rest.slice(digits.length)) ?? [];
  const read = plainDigits(digits.replace(/[ '’_]/g, ""));
  return { text: `${read.text}${exponent}`, length: digits.length + exponent.length, note: read.note };
}

function plainDigits(digits: string): { text: string; note: string | null } {
  const commas = digits.split(",").length - 1;
  const points = digits.split(".").length - 1;
  if (commas === 0 && points <= 1) return { text: digits, note: null };
  if (commas > 0 && points > 0) return { text: bothMarks(digits), note: null };
  const mark = commas > 0 ? "," : ".";
  if (commas === 1 && !/^[1-9]\d{0,2},\d{3}$/.test(digits)) return { text: digits.replace(",", "."), note: null };
  const text = withoutGroups(digits, mark);
  // 1,500 is 1500 in English and 1.5 in German: say which was taken.
  return {
    text,
    note: commas === 1 ? `${digits} read as ${text}; for a fraction write ${digits.replace(",", ".")}` : null,
  };
}

/** Both marks: the last one is the decimal mark, the other groups. */
function bothMarks(digits: string): string {
  const decimalMark = digits.lastIndexOf(",") > digits.lastIndexOf(".") ? "," : ".";
  const at = digits.lastIndexOf(decimalMark);
  const whole = withoutGroups(digits.slice(0, at), decimalMark === "," ? "." : ",");
  return `${whole}.${digits.slice(at + 1)}`;
}

function withoutGroups(digits: string, mark: string): string {
  const [first = "", ...groups] = digits.split(mark);
  const isGrouped = /^\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group));
  if (!isGrouped)
    throw new ToolRefusal(`"${digits}" could be read in several ways. Write it without separators, e.g. 1234.5.`);
  return [first, ...groups].join("");
}
