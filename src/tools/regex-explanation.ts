import type { AST } from "@eslint-community/regexpp";
import { parsePattern } from "./regex-cost.ts";

const MAX_LINES = 60;

/** What a pattern asks for, one line a piece, groups indented below their line. Empty where the parser gives up. */
export function explainPattern(pattern: string, flags: string): string[] {
  const ast = parsePattern(pattern, flags);
  if (ast === null) return [];
  const lines = [...explainAlternatives(ast.alternatives, 0), ...explainFlags(flags)];
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), "…"];
}

function explainAlternatives(alternatives: readonly AST.Alternative[], depth: number): string[] {
  if (alternatives.length === 1) return explainSequence(alternatives[0]?.elements ?? [], depth);
  return alternatives.flatMap((alternative, index) => [
    indented(depth, index === 0 ? "either" : "or"),
    ...explainSequence(alternative.elements, depth + 1),
  ]);
}

/** Characters that follow each other are one text. */
function explainSequence(elements: readonly AST.Element[], depth: number): string[] {
  const lines: string[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") lines.push(indented(depth, `${quoted(text)} the text ${JSON.stringify(text)}`));
    text = "";
  };
  for (const element of elements) {
    if (element.type === "Character") text += String.fromCodePoint(element.value);
    else {
      flush();
      lines.push(...explainElement(element, depth, ""));
    }
  }
  flush();
  if (elements.length === 0) lines.push(indented(depth, "nothing"));
  return lines;
}

function explainElement(element: AST.Element | AST.QuantifiableElement, depth: number, times: string): string[] {
  switch (element.type) {
    case "Quantifier":
      return explainElement(element.element, depth, timesOf(element));
    case "CapturingGroup": {
      const name = element.name === null ? "" : ` named ${element.name}`;
      return [
        indented(depth, `( ) a group that is kept${name}${times}`),
        ...explainAlternatives(element.alternatives, depth + 1),
      ];
    }
    case "Group":
      return [indented(depth, `(?: ) a group${times}`), ...explainAlternatives(element.alternatives, depth + 1)];
    case "Assertion":
      return explainAssertion(element, depth);
    case "Character":
    case "CharacterClass":
    case "CharacterSet":
    case "ExpressionCharacterClass":
    case "Backreference":
      return [indented(depth, `${quoted(element.raw)} ${describe(element)}${times}`)];
  }
}

function explainAssertion(element: AST.Assertion, depth: number): string[] {
  switch (element.kind) {
    case "start":
      return [indented(depth, "^ the start of the text (of a line with m)")];
    case "end":
      return [indented(depth, "$ the end of the text (of a line with m)")];
    case "word":
      return [indented(depth, element.negate ? "\\B no edge of a word" : "\\b the edge of a word")];
    case "lookahead":
    case "lookbehind": {
      const where = element.kind === "lookahead" ? "follows" : "stands before";
      return [
        indented(depth, element.negate ? `only if this does not: it ${where}` : `only if this ${where}`),
        ...explainAlternatives(element.alternatives, depth + 1),
      ];
    }
  }
}

type Single = AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass | AST.Backreference;

function describe(element: Single): string {
  switch (element.type) {
    case "Character":
      return `the character ${JSON.stringify(String.fromCodePoint(element.value))}`;
    case "CharacterClass":
      return element.negate ? "one character that is none of these" : "one of these characters";
    case "ExpressionCharacterClass":
      return "one character of this set";
    case "Backreference":
      return `the same text as group ${String(element.ref)}`;
    case "CharacterSet":
      return describeSet(element);
  }
}

function describeSet(element: AST.CharacterSet): string {
  switch (element.kind) {
    case "any":
      return "any character (line ends only with s)";
    case "digit":
      return element.negate ? "a character that is no digit" : "a digit";
    case "space":
      return element.negate ? "a character that is no space" : "a space, tab or line end";
    case "word":
      return element.negate ? "no letter, digit or _" : "a letter (a-z), digit or _";
    case "property":
      return element.negate ? "a character without this property" : "a character with this property";
  }
}

function timesOf(quantifier: AST.Quantifier): string {
  const { min, max, greedy } = quantifier;
  const most = max === Number.POSITIVE_INFINITY;
  const manner = min === max ? "" : greedy ? ", as many as possible" : ", as few as possible";
  if (min === max) return `, ${String(min)} times`;
  if (min === 0 && max === 1) return ", or nothing";
  if (min === 0 && most) return `, any number of times${manner}`;
  if (min === 1 && most) return `, once or more${manner}`;
  return most ? `, ${String(min)} times or more${manner}` : `, ${String(min)} to ${String(max)} times${manner}`;
}

const FLAGS: Readonly<Record<string, string>> = {
  i: "i: upper and lower case count as the same",
  m: "m: ^ and $ also match at lines",
  s: "s: . also matches line ends",
  u: "u: characters beyond 16 bit count as one",
  v: "v: characters beyond 16 bit count as one, with sets",
  y: "y: each match begins where the last one ended",
};

function explainFlags(flags: string): string[] {
  return Array.from(flags).flatMap((flag) => (Object.hasOwn(FLAGS, flag) ? [FLAGS[flag] ?? ""] : []));
}

function quoted(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function indented(depth: number, line: string): string {
  return `${"  ".repeat(depth)}${line}`;
}
