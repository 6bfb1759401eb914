import type { Token, Tokens } from "marked";

import { lex } from "./block-splitter.ts";

/** UTF-16 units. A paragraph as long as this is read for its words, and mending it would cost more than it gives. */
const LONGEST_MENDED = 2_000;

/**
 * The last block while its text still arrives, as it will most likely become: an open `**` closed, half a link as its
 * text, half an image not at all. Without it markers flash up as characters with every bold word.
 * Only for drawing; what is final is decided on the text as it is.
 */
export function mendOpen(token: Token): Token {
  if (!hasInlineEnd(token)) return token;
  const start = inlineStart(token.raw);
  if (token.raw.length - start > LONGEST_MENDED) return token;
  const mended = token.raw.slice(0, start) + mendInline(token.raw.slice(start));
  if (mended === token.raw) return token;
  const [first, ...more] = lex(mended);
  // The mending must not change what kind of block it is.
  return first !== undefined && more.length === 0 && first.type === token.type ? first : token;
}

function hasInlineEnd(token: Token): boolean {
  switch (token.type) {
    case "paragraph":
    case "heading":
    case "text":
    case "table":
      return true;
    case "list":
      return lastIsInline((token as Tokens.List).items.at(-1)?.tokens);
    case "blockquote":
      return lastIsInline((token as Tokens.Blockquote).tokens);
    default:
      return false;
  }
}

function lastIsInline(tokens: readonly Token[] | undefined): boolean {
  const last = tokens?.at(-1);
  return last !== undefined && hasInlineEnd(last);
}

const BLOCK_MARK = /^(?:[ \t]*(?:[-+*]|\d{1,9}[.)]|>|#{1,6})[ \t]+)+(?:\[[ xX]\][ \t]+)?/;

/** Where the inline text at the end of a block begins: after its last marker or empty line. */
function inlineStart(raw: string): number {
  let start = raw.length;
  while (start > 0) {
    const lineStart = raw.lastIndexOf("\n", start - 2) + 1;
    const line = raw.slice(lineStart, start);
    if (line.trim() === "") return start;
    const mark = BLOCK_MARK.exec(line);
    if (mark !== null) return lineStart + mark[0].length;
    if (line.startsWith("|")) return lineStart + line.lastIndexOf("|") + 1;
    start = lineStart;
  }
  return 0;
}

interface OpenMark {
  readonly run: string;
  readonly at: number;
}

/** Closes, or takes away, what is open at the end of an inline text. */
export function mendInline(text: string): string {
  const open: OpenMark[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === "\\") {
      at += 2;
    } else if (character === "`") {
      const run = runAt(text, at);
      const end = text.indexOf(run, at + run.length);
      if (end < 0) return closeAll(text.slice(0, at), open) + openCode(text.slice(at), run);
      at = end + run.length;
    } else if (character === "[") {
      const link = readLink(text, at);
      if (link.kind === "open") return mendInline(text.slice(0, link.from) + link.shown);
      at = link.end;
    } else if (character === "*" || character === "_" || character === "~") {
      const run = runAt(text, at);
      noteMark(text, at, run, open);
      at += run.length;
    } else {
      at++;
    }
  }
  return closeAll(text, open);
}

function runAt(text: string, at: number): string {
  let end = at + 1;
  while (text[end] === text[at]) end++;
  return text.slice(at, end);
}

function openCode(rest: string, run: string): string {
  const code = rest.slice(run.length);
  return code.trim() === "" ? "" : rest + run;
}

/** Keeps the stack of emphasis that is open at this place. */
function noteMark(text: string, at: number, run: string, open: OpenMark[]): void {
  if (run[0] === "~" && run.length !== 2) return;
  const before = text[at - 1] ?? " ";
  const after = text[at + run.length] ?? "";
  const isWordBefore = /[\p{L}\p{N}]/u.test(before);
  if (before.trim() !== "") {
    const match = open.findLastIndex((mark) => mark.run === run);
    if (match >= 0) {
      open.length = match;
      return;
    }
  }
  const isInsideWord = isWordBefore && (run[0] === "_" || run.length === 1);
  if (after === "" ? open.length > 0 || !isInsideWord : after.trim() !== "" && !isInsideWord) open.push({ run, at });
}

function closeAll(text: string, open: readonly OpenMark[]): string {
  const last = open.at(-1);
  if (last === undefined) return text;
  // A marker with nothing after it yet has nothing to emphasise.
  if (last.at + last.run.length >= text.trimEnd().length) return closeAll(text.slice(0, last.at), open.slice(0, -1));
  // Closing marks must stand right after a word.
  const body = text.trimEnd();
  return (
    body +
    open
      .map((mark) => mark.run)
      .reverse()
      .join("") +
    text.slice(body.length)
  );
}

type LinkAtEnd =
  | { readonly kind: "whole"; readonly end: number }
  | { readonly kind: "open"; readonly from: number; readonly shown: string };

/** A link or image that is not complete shows as its text, or not at all; anything else is passed by. */
function readLink(text: string, at: number): LinkAtEnd {
  const isImage = text[at - 1] === "!";
  const from = isImage ? at - 1 : at;
  const close = closingBracket(text, at);
  if (close < 0) return { kind: "open", from, shown: isImage ? "" : text.slice(at + 1) };
  if (close === text.length - 1) return { kind: "open", from, shown: isImage ? "" : text.slice(at + 1, close) };
  if (text[close + 1] !== "(") return { kind: "whole", end: at + 1 };
  const end = text.indexOf(")", close);
  if (end < 0) return { kind: "open", from, shown: isImage ? "" : text.slice(at + 1, close) };
  return { kind: "whole", end: end + 1 };
}

function closingBracket(text: string, at: number): number {
  let depth = 0;
  for (let index = at; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === "[") depth++;
    else if (text[index] === "]" && --depth === 0) return index;
  }
  return -1;
}
