import { calculate, expressionOf, money, numberOf, withAnswer, workedResult } from "#providers/built-in/calculation.ts";
import type { Clause } from "#providers/built-in/clause.ts";
import { orderWords } from "#providers/built-in/clause.ts";
import type { Expression } from "#providers/built-in/expression.ts";
import { readExpression } from "#providers/built-in/expression.ts";
import { normaliseNumbers } from "#providers/built-in/numbers.ts";
import { canReferBack } from "#providers/built-in/source.ts";
import type { Ability, Context, Done, Step } from "#providers/built-in/step.ts";
import { callStep } from "#providers/built-in/step.ts";

export const arithmetic: Ability = {
  id: "arithmetic",
  about: "Arithmetic with units and conversions",
  examples: ["12.5 miles in km", "20% of 84.50", "(3 + 4) * 12 / 5", "how many seconds are in a week"],
  words:
    "calculate compute convert conversion unit units plus minus times divided percent percentage sum average root rechne",
  match: (clause, context) => percentStep(clause) ?? expressionStep(clause, context),
};

/** Questions about percentages that no formula says as it stands. `$1` and `$2` are numbers, `ans` may stand for one. */
const N = "([$€£]?\\s*-?\\d+(?:\\.\\d+)?)(?:\\s*[€$£])?";
const PERCENT = "\\s*(?:%|percent|per cent|prozent)";
const PERCENTAGES: readonly (readonly [pattern: RegExp, expression: string, suffix: string])[] = [
  [new RegExp(`^what (?:percent(?:age)?|%) (?:of )?${N} (?:is|are) ${N}$`, "i"), "$2 / $1 * 100", " %"],
  [new RegExp(`^what (?:percent(?:age)?|%) (?:is|are) ${N} (?:of|from|out of) ${N}$`, "i"), "$1 / $2 * 100", " %"],
  [new RegExp(`^${N} (?:is|are) what (?:percent(?:age)?|%) of ${N}$`, "i"), "$1 / $2 * 100", " %"],
  [new RegExp(`^(?:what is )?${N} (?:as a percent(?:age)? of|in percent of) ${N}$`, "i"), "$1 / $2 * 100", " %"],
  [new RegExp(`^wie ?viel prozent (?:sind|ist) ${N} von ${N}$`, "i"), "$1 / $2 * 100", " %"],
  [
    new RegExp(
      `(?:percent(?:age)?|%) (?:change|increase|decrease|difference|growth) (?:from|between) ${N} (?:to|and) ${N}$`,
      "i",
    ),
    "($2 - $1) / $1 * 100",
    " %",
  ],
  [new RegExp(`^(?:increase|raise|erhöhe) ${N} (?:by|um) ${N}${PERCENT}$`, "i"), "$1 * (1 + $2 / 100)", ""],
  [new RegExp(`^(?:decrease|reduce|lower|senke) ${N} (?:by|um) ${N}${PERCENT}$`, "i"), "$1 * (1 - $2 / 100)", ""],
  [new RegExp(`^${N} is ${N}${PERCENT} of what(?: number)?$`, "i"), "$1 / ($2 / 100)", ""],
];

function percentStep(clause: Clause): Step | null {
  const text = normaliseNumbers(clause.text).replace(/^(?:calculate|what(?:'s| is) the)\s+/i, "");
  for (const [pattern, expression, suffix] of PERCENTAGES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [first = "", second = ""] = [match[1], match[2]].map((number) => number?.replaceAll(/[^\d.-]/g, ""));
    const filled = expression.replaceAll("$1", first).replaceAll("$2", second);
    return callStep(
      { confidence: 0.96 },
      () => [calculate(filled)],
      (done) => done.map((one) => workedResult(one, suffix)).join("\n\n"),
    );
  }
  return null;
}

const CURRENCY = /[$€£¥]|(?<![\p{L}])(?:eur|euros?|usd|dollars?|gbp|chf|franken|yen|bucks)(?![\p{L}])/giu;

function expressionStep(clause: Clause, context: Context): Step | null {
  const text = orderWords(clause);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isListed =
    lines.length > 1 && /^(?:calculate|compute|evaluate|rechne|berechne)\b[^\n]*:?$/i.test(lines[0] ?? "");
  const currencies = new Set(text.match(CURRENCY));
  const wanted = (isListed ? lines.slice(1) : [text]).map((line) =>
    readExpression(currencies.size === 1 ? line.replaceAll(CURRENCY, " ") : line),
  );
  const expressions = wanted.filter((expression): expression is Expression => expression !== null);
  if (expressions.length === 0 || expressions.length < wanted.length) return null;
  const refersBack = expressions.some(({ usesAnswer }) => usesAnswer);
  if (refersBack && !canReferBack(context)) return null;
  const [currency = ""] = currencies.size === 1 ? currencies : [];
  return callStep(
    { confidence: 0.95, refersBack },
    (memory) => {
      const filled = expressions.map((expression) => withAnswer(expression.text, memory));
      return (
        filled.find((one) => typeof one !== "string") ?? filled.filter((one) => typeof one === "string").map(calculate)
      );
    },
    (done) => done.map((one) => (currency === "" ? workedResult(one) : moneyResult(one, currency))).join("\n\n"),
  );
}

function moneyResult(done: Done, currency: string): string {
  const value = numberOf(done);
  return value === null ? workedResult(done) : `${expressionOf(done)} = **${money(value, currency)}**`;
}
