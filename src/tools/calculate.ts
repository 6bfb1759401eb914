import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import type { Decimal } from "./math-engine.ts";
import { parseExpression } from "./math-engine.ts";
import { Evaluation } from "./math-evaluation.ts";
import type { Quantity } from "./math-quantity.ts";
import { plain, shownValue, unitText, withPrefix } from "./math-quantity.ts";
import type { Notation } from "./math-reading.ts";
import { readExpression } from "./math-reading.ts";
import type { ShownResult } from "./math-words.ts";
import { showNumber, showQuantity, showResult } from "./math-words.ts";

export const calculate = defineTool("calculate", {
  input: v.strictObject({ expression: v.string() }),
  run: (input) => {
    const { result, quantity, lines } = calculation(input.expression);
    const number = shownValue(quantity).toNumber();
    const working = lines.length === 0 ? "" : `\nWorking:\n${lines.join("\n")}`;
    return {
      ok: true,
      text: `${result.isExact ? "" : "≈ "}${result.text}${working}`,
      value: {
        result: result.text,
        number: Number.isFinite(number) ? number : null,
        unit: unitText(quantity.parts) || null,
      },
      view: { kind: "working", lines, result: result.text },
    };
  },
});

export interface Calculation {
  readonly result: ShownResult;
  /** In the unit in which it is shown. */
  readonly quantity: Quantity;
  /** The steps, so that a person can check them. */
  readonly lines: readonly string[];
}

/** Throws ToolRefusal with what is wrong. */
export function calculation(expression: string): Calculation {
  const read = readExpression(expression);
  const evaluation = new Evaluation();
  const value = evaluation.run(parsed(read.text));
  // A unit that was asked for by name stays; one that came out gets a handy prefix.
  const quantity = / to /.test(read.text) ? value : withPrefix(value);
  const result = read.notation === null ? showResult(quantity) : inNotation(quantity, read.notation);
  const lines = [...read.notes, ...evaluation.lines];
  if (result.duration !== null) lines.push(`${showQuantity(quantity).text} ${result.duration}`);
  return { result, quantity: read.notation === "percent" ? percent(quantity) : quantity, lines };
}

function percent(quantity: Quantity): Quantity {
  return plain(quantity.si.times(100));
}

function inNotation(quantity: Quantity, notation: Notation): ShownResult {
  if (quantity.parts.length > 0)
    throw new ToolRefusal(`A value in ${unitText(quantity.parts)} cannot be written as ${notation}.`);
  if (notation === "percent") {
    const { text, isExact } = showNumber(quantity.si.times(100));
    return { text: `${text}%`, isExact, duration: null };
  }
  const value = quantity.si;
  if (!value.isInteger() || value.isNegative())
    throw new ToolRefusal(`Only whole numbers from 0 can be written as ${notation}.`);
  return { text: digitsOf(value, notation), isExact: true, duration: null };
}

function digitsOf(value: Decimal, notation: "hex" | "binary" | "octal"): string {
  const whole = BigInt(value.toFixed(0));
  if (notation === "hex") return `0x${whole.toString(16)}`;
  return notation === "binary" ? `0b${whole.toString(2)}` : `0o${whole.toString(8)}`;
}

/** The parser's own messages name a place in the rewritten text, which nobody has seen. */
function parsed(text: string) {
  try {
    return parseExpression(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ToolRefusal(`This cannot be read as a calculation: "${text}". Check brackets and operators.`);
  }
}
