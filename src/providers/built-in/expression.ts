import { normaliseNumbers } from "./numbers.ts";
import { renderFormula } from "./formula.ts";
import type { Formula } from "./formula.ts";
import type { Unit } from "./units.ts";
import { findUnit, unitAfter } from "./units.ts";

/** Arithmetic in words or signs → what the calculate tool reads. */
export interface Expression {
  /** Holds `ans` where the words refer to an earlier result. */
  readonly text: string;
  readonly usesAnswer: boolean;
}

const REFERENCE = "(?:it|that|this|the (?:result|answer|number|value)|das|das ergebnis)";

/** Words for operations, in the order in which they are replaced. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\badd (.+) to ${REFERENCE}$`, "i"), "ans + ($1)"],
  [new RegExp(`\\b(?:subtract|take) (.+) from ${REFERENCE}$`, "i"), "ans - ($1)"],
  [/\b(?:subtract|take) (.+) from (.+)$/i, "($2) - ($1)"],
  [/\badd (.+?) (?:and|to) (.+)$/i, "($1) + ($2)"],
  [/\b(?:multiply|multipliziere) (.+?) (?:by|with|and|mit) (.+)$/i, "($1) * ($2)"],
  [/\b(?:divide|teile) (.+?) (?:by|durch) (.+)$/i, "($1) / ($2)"],
  [new RegExp(`\\b(?:double|twice) ${REFERENCE}`, "i"), "2 * ans"],
  [new RegExp(`\\b(?:halve|half(?: of)?) ${REFERENCE}`, "i"), "0.5 * ans"],
  [/\b(?:the )?(?:difference (?:between|of)) (.+?) and (.+)$/i, "($1) - ($2)"],
  [/\b(?:the )?product of (.+?) and (.+)$/i, "($1) * ($2)"],
  [/\b(?:the )?(?:average|mean|durchschnitt)(?: (?:of|von))? (?=[\d(-])(.+)$/i, "mean($1)"],
  [/\b(?:the )?median(?: of)? (?=[\d(-])(.+)$/i, "median($1)"],
  [/\b(?:the )?(?:sum|total|summe)(?: (?:of|von))? (?=[\d(-])(.+)$/i, "sum($1)"],
  [/\b(?:the )?(?:max(?:imum)?|largest)(?: of)? (?=[\d-])(.+)$/i, "max($1)"],
  [/\b(?:the )?(?:min(?:imum)?|smallest)(?: of)? (?=[\d-])(.+)$/i, "min($1)"],
  [/\b(?:the )?cube root of (\d[\d.]*|\([^()]*\)|ans)/gi, "cbrt($1)"],
  [/\b(?:the )?(?:square )?root of (\d[\d.]*|\([^()]*\)|ans)/gi, "sqrt($1)"],
  [/\b(?:die )?(?:quadrat)?wurzel (?:aus|von) (\d[\d.]*)/gi, "sqrt($1)"],
  [/√\s*(\d[\d.]*|\([^()]*\))/g, "sqrt($1)"],
  [/\b(?:the )?factorial of (\d+)/gi, "$1!"],
  [/\b(\d+) factorial\b/gi, "$1!"],
  [/\b(\d+) ?\/ ?(\d+) (?:of|von) (?=\d)/gi, "$1 / $2 * "],
  [/\b(?:a |one )?half of\b/gi, "0.5 *"],
  [/\b(?:a |one )?third of\b/gi, "1 / 3 *"],
  [/\b(?:a |one )?quarter of\b/gi, "0.25 *"],
  [/\b(?:double|twice) /gi, "2 * "],
  [/\b(?:multiplied by|times|mal)\b|[×·]/gi, "*"],
  [/\b(?:divided by|geteilt durch)\b|÷/gi, "/"],
  [/\b(?:to the power of|raised to|hoch)\b|\*\*/gi, "^"],
  [/(?<=[\d)a-z]) squared\b/gi, "^2"],
  [/(?<=[\d)a-z]) cubed\b/gi, "^3"],
  [/\bplus\b/gi, "+"],
  [/\bminus\b|[−–]/gi, "-"],
  [/\b(?:percent|per cent|prozent)\b/gi, "%"],
  [/% von\b/gi, "% of"],
  [/\bmodulo\b/gi, "mod"],
  [/\b(?:per|pro)\b/gi, "/"],
  [/²/g, "^2"],
  [/³/g, "^3"],
  [/(?<=[\d)]) ?x ?(?=[\d(])/gi, " * "],
  [/\b(square|cubic|nautical|fluid|fl)\s+(?=\p{L})/giu, "$1-"],
  [/(?:degrees?|grad|°)\s*(c|f|celsius|fahrenheit)\b/gi, "°$1"],
  [new RegExp(`(?<![\\p{L}\\d-])${REFERENCE}(?![\\p{L}\\d])`, "giu"), "ans"],
];

const CONVERSION = /^(.*\S)\s*(?:\s(?:in|into|as|to|nach|zu)\s|->|→)\s*(\S.*)$/i;
const HOW_MANY =
  /^(?:how (?:many|much)|wie ?viele?) (.+?)(?: (?:are|is|sind|ist|make|equals?))?(?: there)?(?: (?:in|sind|ist))? ((?:an? |one |eine?[nr]? )?[\d.]*\s*[\p{L}°].*|[\d.].*)$/iu;
const LEAD =
  /^(?:calculate|compute|calc|evaluate|solve|work out|reckon|convert|change|what(?:'s| is| are|s)|how (?:many|much|tall|long|far|heavy|hot|cold|big|fast) (?:is|are)|rechne|berechne|was (?:ist|sind|ergibt)|wie ?viel (?:ist|sind|ergibt)|wandle|=)[:\s]+/i;

/** Null for anything that is not plainly arithmetic: one unknown word is enough. */
export function readExpression(said: string): Expression | null {
  if (said.length > 400) return null;
  const text = said.trim().replace(/\s*=\s*\??$/, "");
  const many = HOW_MANY.exec(text);
  const asked = many?.[1] === undefined || many[2] === undefined ? null : convert(many[2], many[1]);
  if (asked !== null) return asked;
  const bare = text.replace(LEAD, "").replace(/^what (.+) (?:is|are|makes|equals)$/i, "$1");
  const conversion = CONVERSION.exec(bare);
  const converted =
    conversion?.[1] === undefined || conversion[2] === undefined ? null : convert(conversion[1], conversion[2]);
  return converted ?? plainExpression(bare);
}

function plainExpression(text: string): Expression | null {
  const rendered = render(text);
  if (rendered === null || !rendered.hasOperation) return null;
  return { text: rendered.text, usesAnswer: rendered.usesAnswer };
}

function convert(from: string, to: string): Expression | null {
  const target = readTarget(to);
  if (target === null) return null;
  const source = render(from.replace(/^(?:an?|one|eine?[nr]?)\s+(?=[\p{L}°])/iu, "1 "), target);
  if (source === null || !(source.hasUnit || source.usesAnswer)) return null;
  return { text: `${source.text} to ${unitAfter("", target.name)}`, usesAnswer: source.usesAnswer };
}

/** A unit to convert to: one word, or units joined by "/" and "^". */
function readTarget(said: string): Unit | null {
  const text = replaceWords(said)
    .trim()
    .replace(/^the\s+/i, "");
  const whole = findUnit(text);
  if (whole !== undefined) return whole;
  const parts = text.split(/\s*([/*^])\s*/);
  let name = "";
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) name += part;
    else if (/^-?\d$/.test(part) && name.endsWith("^")) name += part;
    else {
      const unit = findUnit(part);
      if (unit === undefined) return null;
      name += unit.name;
    }
  }
  return parts.length > 1 ? { name, dimension: "other" } : null;
}

function replaceWords(said: string): string {
  return WORDS.reduce((text, [pattern, by]) => text.replace(pattern, by), normaliseNumbers(said));
}

function render(said: string, target?: Unit): Formula | null {
  return renderFormula(replaceWords(said), target);
}
