import type { MathNode, OperatorNode, ParenthesisNode, SymbolNode } from "mathjs";
import { ToolRefusal } from "./define-tool.ts";
import type { UnitPart } from "./math-engine.ts";
import { isUnit, unitPart } from "./math-engine.ts";

export type Operator = OperatorNode & { readonly isPercentage?: boolean };

export const CONSTANTS: Readonly<Record<string, string>> = {
  pi: "3.141592653589793238462643383279502884197169399375105820974944592307816",
  tau: "6.283185307179586476925286766559005768394338798750211641949889184615632",
  e: "2.718281828459045235360287471352662497757247093699959574966967627724077",
  phi: "1.618033988749894848204586834365638117720309179805762862135448622705261",
};

/** One factor of a chain: 1 where it multiplies, -1 where it divides. */
export interface Factor {
  readonly node: MathNode;
  readonly sign: 1 | -1;
}

/** a * b / (c d) as the factors a, b, 1/c, 1/d. Brackets around units alone open up, others are one factor. */
export function flatten(node: MathNode, sign: 1 | -1, into: Factor[]): void {
  const content = node.type === "ParenthesisNode" ? (node as ParenthesisNode).content : node;
  if (content.type === "OperatorNode" && (content === node || isUnitOnly(content))) {
    const operator = content as Operator;
    const [left, right] = operator.args;
    const isChain = operator.fn === ("multiply" as never) || operator.fn === ("divide" as never);
    if (isChain && operator.isPercentage !== true && left !== undefined && right !== undefined) {
      flatten(left, sign, into);
      flatten(right, operator.fn === ("multiply" as never) ? sign : (-sign as 1 | -1), into);
      return;
    }
  }
  into.push({ node, sign });
}

/** Whether a part of an expression names units and nothing else: kg, m^2, J/(kg K). */
export function isUnitOnly(node: MathNode): boolean {
  if (node.type === "ParenthesisNode") return isUnitOnly((node as ParenthesisNode).content);
  if (node.type === "SymbolNode") {
    const { name } = node as SymbolNode;
    return !Object.hasOwn(CONSTANTS, name) && isUnit(name);
  }
  if (node.type !== "OperatorNode") return false;
  const { fn, args } = node as Operator;
  const [left, right] = args;
  if (left === undefined || right === undefined) return false;
  if (fn === ("pow" as never)) return isUnitOnly(left) && exponentOf(right) !== null;
  return (fn === ("multiply" as never) || fn === ("divide" as never)) && isUnitOnly(left) && isUnitOnly(right);
}

/** A small whole number written as it is: 2, -1, (3). */
function exponentOf(node: MathNode): number | null {
  const number = Number(node.toString().replace(/^\((.*)\)$/, "$1"));
  return Number.isInteger(number) && Math.abs(number) <= 20 ? number : null;
}

/** The units that a part of an expression names. Throws ToolRefusal for an unknown one. */
export function unitParts(node: MathNode, power: number): readonly UnitPart[] {
  if (node.type === "ParenthesisNode") return unitParts((node as ParenthesisNode).content, power);
  if (node.type === "SymbolNode") {
    const { name } = node as SymbolNode;
    if (!isUnit(name))
      throw new ToolRefusal(`“${name.slice(0, 40)}” is neither a unit nor a number that is known here.`);
    return [{ ...unitPart(name), power }];
  }
  const { fn, args } = node as Operator;
  const [left, right] = args;
  if (left === undefined || right === undefined) throw new ToolRefusal("A unit is missing beside an operator.");
  if (fn === ("pow" as never)) return unitParts(left, power * (exponentOf(right) ?? 1));
  return [...unitParts(left, power), ...unitParts(right, fn === ("multiply" as never) ? power : -power)];
}
