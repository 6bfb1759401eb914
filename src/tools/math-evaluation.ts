import type { FunctionNode, MathNode, ParenthesisNode, SymbolNode } from "mathjs";
import { ToolRefusal } from "./define-tool.ts";
import type { Decimal, UnitPart } from "./math-engine.ts";
import { decimal, unitPart } from "./math-engine.ts";
import type { Factor, Operator } from "./math-factors.ts";
import { CONSTANTS, flatten, isUnitOnly, unitParts } from "./math-factors.ts";
import { factorial, findFunction, plainNumber, remainder } from "./math-functions.ts";
import type { Quantity } from "./math-quantity.ts";
import * as q from "./math-quantity.ts";
import { showQuantity } from "./math-words.ts";

/** Nodes of an expression. A person writes dozens; thousands are an attack on the stack. */
const MAX_NODES = 400;
/** Beyond this a power takes noticeable time or has no use. */
const MAX_POWER = 1_000_000;
const MAX_LINES = 60;

/** A value on the way, with how it is written in the working: a percentage stays "20%". */
interface Step {
  readonly value: Quantity;
  readonly shown: string;
  /** Part of writing a number down (4186 J/(kg K)), not of calculating with it. */
  readonly isUnitOnly?: boolean;
  /** A percentage as it was written: 5% + 3% is 8%, while 80 + 3% adds 3% of 80. */
  readonly isRate?: boolean;
}

/** Calculates a parsed expression and writes down each operation as `a × b = c`, in the order in which it is done. */
export class Evaluation {
  readonly lines: string[] = [];

  run(node: MathNode): Quantity {
    let nodes = 0;
    node.traverse(() => nodes++);
    if (nodes > MAX_NODES) throw new ToolRefusal("The expression is too long. Split it into several calculations.");
    return this.#step(node).value;
  }

  /** The operands are quantities, functions and nothing else: no variables, matrices, ranges, strings or objects. */
  #step(node: MathNode): Step {
    switch (node.type) {
      case "ConstantNode":
        return this.#constant(node);
      case "ParenthesisNode": {
        const { content } = node as ParenthesisNode;
        return this.#step(content);
      }
      case "SymbolNode":
        return this.#symbol(node as SymbolNode);
      case "FunctionNode":
        return this.#call(node as FunctionNode);
      case "OperatorNode":
        return this.#operator(node as Operator);
      default:
        throw new ToolRefusal(
          "Only numbers, units, + - * / ^ ( ) and functions such as sqrt(2) can be calculated; no variables, lists or comparisons.",
        );
    }
  }

  #constant(node: MathNode): Step {
    const value: unknown = (node as { value?: unknown }).value;
    if (typeof value !== "object" || value === null || !("toFixed" in value)) {
      throw new ToolRefusal("Only numbers can be calculated with, no texts or truth values.");
    }
    return shown(q.plain(value as Decimal));
  }

  #symbol(node: SymbolNode): Step {
    const constant = Object.hasOwn(CONSTANTS, node.name) ? CONSTANTS[node.name] : undefined;
    if (constant !== undefined)
      return { value: q.plain(decimal(constant)), shown: node.name === "pi" ? "π" : node.name };
    return { ...shown(q.quantity(decimal(1), unitParts(node, 1))), isUnitOnly: true };
  }

  #call(node: FunctionNode): Step {
    const name = (node.fn as unknown as { name?: string }).name ?? "";
    const work = findFunction(name);
    if (work === undefined) throw new ToolRefusal(`There is no function ${name.slice(0, 30)}(…) here.`);
    const args = node.args.map((arg) => this.#step(arg));
    const value = finite(work(args.map((arg) => arg.value)));
    return this.#write(`${name}(${args.map((arg) => arg.shown).join(", ")})`, value);
  }

  #operator(node: Operator): Step {
    const [first, second] = node.args;
    if (first === undefined) throw new ToolRefusal("Something is missing beside an operator.");
    if (second === undefined) return this.#unary(node.fn, first);
    if (node.isPercentage === true) {
      const { value } = this.#step(first);
      return { value: q.divide(value, q.plain(decimal(100))), shown: `${showQuantity(value).text}%`, isRate: true };
    }
    switch (node.fn as string) {
      case "add":
      case "subtract":
        return this.#sum(node.fn === "add" ? 1 : -1, first, second);
      case "multiply":
      case "divide":
        return this.#product(node);
      case "pow":
        return this.#power(first, second);
      case "mod": {
        const [a, b] = [this.#step(first), this.#step(second)];
        return this.#write(`${a.shown} mod ${b.shown}`, remainder(a.value, b.value));
      }
      case "to":
        return this.#conversion(first, second);
      default:
        throw new ToolRefusal(`The operator ${node.op as string} cannot be used in a calculation here.`);
    }
  }

  #unary(operator: string, operand: MathNode): Step {
    const of = this.#step(operand);
    if (operator === "unaryPlus") return of;
    if (operator === "unaryMinus") {
      const value = q.quantity(q.shownValue(of.value).negated(), of.value.parts);
      return { value, shown: `-${of.shown}` };
    }
    if (operator === "factorial") return this.#write(`${of.shown}!`, finite(factorial(of.value)));
    throw new ToolRefusal("Only + - and ! can stand by one number.");
  }

  #sum(sign: 1 | -1, first: MathNode, second: MathNode): Step {
    const mark = sign === 1 ? "+" : "−";
    const a = this.#step(first);
    const percentage = percentageOf(second, first);
    if (percentage === null || a.isRate === true) {
      const b = this.#step(percentage ?? second);
      return this.#write(`${a.shown} ${mark} ${b.shown}`, finite(q.add(a.value, b.value, sign)));
    }
    // "80 + 20%" means 20% of those 80.
    const rate = this.#step(percentage);
    const amount = q.multiply(this.#forProduct(a.value, rate.value), rate.value);
    const part = this.#write(`${rate.shown} of ${a.shown}`, amount);
    return this.#write(`${a.shown} ${mark} ${part.shown}`, finite(q.add(a.value, amount, sign)));
  }

  /** A chain of factors: units join the number before them silently, the rest is done from left to right, line by line. */
  #product(node: Operator): Step {
    const factors: Factor[] = [];
    flatten(node, 1, factors);
    const groups: { step: Step; sign: 1 | -1 }[] = [];
    for (const { node: factor, sign } of factors) {
      const last = groups.at(-1);
      if (isUnitOnly(factor) && last !== undefined && (last.sign === 1 || sign === -1)) {
        last.step = withUnits(last.step, unitParts(factor, sign === last.sign ? 1 : -1));
      } else {
        groups.push({ step: this.#step(factor), sign });
      }
    }
    const [first, ...rest] = groups;
    if (first === undefined) throw new ToolRefusal("Something is missing beside an operator.");
    const start = first.sign === 1 ? first.step : shown(q.divide(q.plain(decimal(1)), first.step.value));
    return rest.reduce((acc, { step, sign }) => this.#times(acc, step, sign), start);
  }

  #times(a: Step, b: Step, sign: 1 | -1): Step {
    const [left, right] = [this.#forProduct(a.value, b.value), this.#forProduct(b.value, a.value)];
    const value = finite(sign === 1 ? q.multiply(left, right) : q.divide(left, right));
    if (a.isUnitOnly === true || b.isUnitOnly === true) return shown(value);
    return this.#write(`${a.shown} ${sign === 1 ? "×" : "÷"} ${b.shown}`, q.withPrefix(value));
  }

  /** In a product 20 °C can only be meant as a difference of 20 K, which the working says. */
  #forProduct(value: Quantity, other: Quantity): Quantity {
    if (!q.isPoint(value)) return value;
    if (other.parts.length === 0) {
      throw new ToolRefusal(
        "A temperature cannot be multiplied by a number: twice 20 °C could be 40 °C or 313 °C. For a difference write K.",
      );
    }
    const difference = q.asDifference(value);
    this.#note(`${showQuantity(value).text} counts as a difference: ${showQuantity(difference).text}`);
    return difference;
  }

  #power(first: MathNode, second: MathNode): Step {
    const [base, exponent] = [this.#step(first), this.#step(second)];
    const size = plainNumber("An exponent", exponent.value);
    if (size.abs().gt(MAX_POWER)) throw new ToolRefusal("The exponent is too large; 1,000,000 is the limit.");
    const of = q.asDifference(base.value);
    if (of.si.isNegative() && !size.isInteger()) {
      throw new ToolRefusal("A negative number to a fractional power is not a real number.");
    }
    if (of.si.isZero() && size.isNegative()) throw new ToolRefusal("That divides by zero, which has no result.");
    const value = finite(q.power(of, size));
    return base.isUnitOnly === true ? shown(value) : this.#write(`${bracketed(base)}^${bracketed(exponent)}`, value);
  }

  #conversion(first: MathNode, second: MathNode): Step {
    if (!isUnitOnly(second)) throw new ToolRefusal('After "to" stands a unit, such as km/h.');
    const target = unitParts(second, 1);
    const from = this.#step(first);
    const isAngle = from.value.parts.length === 0 && q.dimensionsOf(target) === q.dimensionsOf([unitPart("rad")]);
    const source = isAngle ? { si: from.value.si, parts: [unitPart("rad")] } : from.value;
    const value = q.convert(source, target);
    return this.#write(from.shown, value);
  }

  /** One line of the working, unless it says nothing new. */
  #write(what: string, value: Quantity): Step {
    const result = showQuantity(value);
    if (what !== result.text) this.#note(`${what} ${result.isExact ? "=" : "≈"} ${result.text}`);
    return { value, shown: result.text };
  }

  #note(line: string): void {
    if (this.lines.length < MAX_LINES) this.lines.push(line);
    else if (this.lines.length === MAX_LINES) this.lines.push("… (the rest of the working is left out)");
  }
}

function withUnits(step: Step, parts: readonly UnitPart[]): Step {
  const [only] = parts;
  if (step.value.parts.length === 0 && step.isUnitOnly !== true && parts.length === 1 && only !== undefined) {
    return shown(q.quantity(step.value.si, parts));
  }
  const value = q.multiply(q.asDifference(step.value), q.quantity(decimal(1), parts.map(withoutOffset)));
  return step.isUnitOnly === true ? { ...shown(value), isUnitOnly: true } : shown(value);
}

/** J/°C is per degree of difference. */
function withoutOffset(part: UnitPart): UnitPart {
  return { ...part, offset: decimal(0) };
}

/** The rate of "a + b%": mathjs reads it as a + a * b% (with one node a twice), and "a + (b%)" means the same. */
function percentageOf(node: MathNode, base: MathNode): MathNode | null {
  if (isPercentage(node)) return node;
  if (node.type === "ParenthesisNode") return percentageOf((node as ParenthesisNode).content, base);
  if (node.type !== "OperatorNode") return null;
  const [left, right] = (node as Operator).args;
  return left === base && right !== undefined && isPercentage(right) ? right : null;
}

function isPercentage(node: MathNode): boolean {
  return node.type === "OperatorNode" && (node as Operator).isPercentage === true;
}

function shown(value: Quantity): Step {
  return { value, shown: showQuantity(value).text };
}

function bracketed(step: Step): string {
  return /^[\d.,]+$/.test(step.shown) ? step.shown : `(${step.shown})`;
}

function finite(of: Quantity): Quantity {
  if (of.si.isNaN()) throw new ToolRefusal("That has no result among the real numbers.");
  if (!of.si.isFinite()) throw new ToolRefusal("The result is too large to be written down.");
  return of;
}
