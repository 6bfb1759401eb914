import type { AST } from "@eslint-community/regexpp";
import { RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";
import type { RegexSearch } from "./regex-match.ts";

/** Steps of a backtracking engine that take well below a second. */
const MAX_STEPS = 20_000_000;

/** A repetition of at most this many counts as written out; a higher one as if it had no end. */
const SMALL_COUNT = 20;

/**
 * Whether a search certainly ends soon. A backtracking engine takes more than polynomial time only if something that
 * repeats can match the same text in several ways: that needs a repetition, an alternative or a back reference inside
 * a repetition. Without those, k repetitions on n characters take at most about n^(k+1) steps from all starts, times
 * the ways in which the optional parts and alternatives outside of repetitions can be combined.
 */
export function isKnownShort(search: RegexSearch): boolean {
  const cost = costOf(search.pattern, search.flags);
  if (cost === null) return false;
  const steps = search.texts.reduce((sum, text) => sum + (text.length + 1) ** (cost.repetitions + 1), 0);
  return steps * cost.ways * (search.pattern.length + 1) <= MAX_STEPS;
}

interface Cost {
  readonly repetitions: number;
  readonly ways: number;
}

/** Null where a repetition holds something that can match in several ways, or where the parser knows less than the engine. */
function costOf(pattern: string, flags: string): Cost | null {
  const ast = parsePattern(pattern, flags);
  if (ast === null) return null;
  let repetitions = 0;
  let ways = 1;
  let isAmbiguous = false;
  let openRepetitions = 0;
  visitRegExpAST(ast, {
    onQuantifierEnter: (node) => {
      if (openRepetitions > 0) isAmbiguous = true;
      if (isRepetition(node)) {
        repetitions++;
        openRepetitions++;
      } else {
        ways *= node.max - node.min + 1;
      }
    },
    onQuantifierLeave: (node) => {
      if (isRepetition(node)) openRepetitions--;
    },
    onAlternativeEnter: ({ parent }) => {
      const choices = "alternatives" in parent ? parent.alternatives.length : 1;
      if (choices > 1 && openRepetitions > 0) isAmbiguous = true;
      // Entered once for each of them: together the product is what the choices allow, and more.
      if (choices > 1) ways *= 2;
    },
    onBackreferenceEnter: () => {
      isAmbiguous = true;
    },
  });
  return isAmbiguous ? null : { repetitions, ways };
}

/** One that may match many times over, or that holds more than one character and matches more than once. */
function isRepetition(node: AST.Quantifier): boolean {
  const isSimple = node.element.type === "Character" || node.element.type === "CharacterSet";
  return node.max > SMALL_COUNT || (node.max > 1 && !isSimple);
}

export function parsePattern(pattern: string, flags: string): AST.Pattern | null {
  try {
    const isUnicodeSets = flags.includes("v");
    const isUnicode = flags.includes("u");
    return new RegExpParser().parsePattern(pattern, 0, pattern.length, {
      unicode: isUnicode,
      unicodeSets: isUnicodeSets,
    });
  } catch {
    // The browser knows a newer syntax than the parser: then nothing is known about the pattern.
    return null;
  }
}
