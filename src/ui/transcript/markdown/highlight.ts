import type { HLJSApi } from "highlight.js";

import { loadGrammar } from "./languages.ts";
import type { LanguageName } from "./languages.ts";

/** Coloured code: plain text, or a piece with the colour that it gets. */
export type CodeNode = string | { readonly colour: Colour | null; readonly children: readonly CodeNode[] };
export type Colour = "keyword" | "string" | "number" | "function" | "type" | "comment" | "add" | "delete";

/** UTF-16 units. More than this takes longer than a frame (34 ms for 53,000 characters, measured) and is read by few. */
const LONGEST_HIGHLIGHTED = 30_000;

let engine: Promise<HLJSApi> | null = null;

/** Null: nothing to colour. Runs when the page is idle; loads engine and grammar when first needed. */
export async function highlight(code: string, language: LanguageName): Promise<readonly CodeNode[] | null> {
  if (code.length > LONGEST_HIGHLIGHTED) return null;
  await whenIdle();
  engine ??= import("highlight.js/lib/core").then((module) => module.default);
  const [highlighter, grammar] = await Promise.all([engine, loadGrammar(language)]);
  if (highlighter.getLanguage(language) === undefined) highlighter.registerLanguage(language, grammar.default);
  const { _emitter } = highlighter.highlight(code, { language, ignoreIllegals: true });
  // The tree behind the emitter: the documented way to its result without a string of HTML.
  return toNodes((_emitter as unknown as { readonly rootNode: EmittedNode }).rootNode.children);
}

interface EmittedNode {
  readonly scope?: string;
  readonly children: readonly (string | EmittedNode)[];
}

function toNodes(children: EmittedNode["children"]): CodeNode[] {
  return children.map((child) =>
    typeof child === "string" ? child : { colour: colourOf(child.scope), children: toNodes(child.children) },
  );
}

const COLOURS: Readonly<Record<string, Colour>> = {
  keyword: "keyword", meta: "keyword", operator: "keyword", "selector-tag": "keyword", "variable.language": "keyword",
  string: "string", regexp: "string", subst: "string", link: "string", code: "string",
  number: "number", literal: "number", symbol: "number", bullet: "number",
  title: "function", "title.function": "function", "title.function.invoke": "function", section: "function", name: "function",
  type: "type", built_in: "type", "title.class": "type", "title.class.inherited": "type", attr: "type", attribute: "type",
  property: "type", tag: "type", "selector-class": "type", "selector-id": "type", "variable.constant": "type",
  comment: "comment", quote: "comment", doctag: "comment",
  addition: "add", deletion: "delete",
}; // prettier-ignore

function colourOf(scope: string | undefined): Colour | null {
  return scope === undefined ? null : (COLOURS[scope] ?? null);
}

function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    // Not in Safari.
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: 2_000 });
    else setTimeout(resolve, 50);
  });
}
