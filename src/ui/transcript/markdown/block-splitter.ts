import type { Token } from "marked";
import { Lexer } from "marked";

/** A top-level piece of an answer. The same object as long as nothing about it has changed. */
export interface Block {
  readonly token: Token;
  /** UTF-16 offset in the text at which it begins. */
  readonly from: number;
  /** Level of the heading in the page, where it is one: 3 to 6, and never more than one below the heading before. */
  readonly level: number;
}

/** Messages have headings of level 2, so an answer's own begin below. */
const MESSAGE_LEVEL = 2;
const DEEPEST_LEVEL = 6;

/**
 * Cuts a growing Markdown text into blocks. What stands before `#finishedUpTo` is final: it is never looked at again and
 * its blocks never change, so what is drawn from them need not be drawn again. Only the rest is lexed anew with each
 * piece of text, so the work per piece does not grow with the answer.
 *
 * Only complete lines finish a block: an incomplete one may still turn out to belong to the block before it (`***` is a
 * rule until `***bold***` makes it a paragraph's second line).
 */
export class BlockSplitter {
  #source = "";
  #finishedUpTo = 0;
  #linesUpTo = 0;
  #hasDefinitions = false;
  #finished: Block[] = [];
  #open: readonly Block[] = [];

  /** Final blocks, in order. Grows at its end only, until `finish`. */
  get finished(): readonly Block[] {
    return this.#finished;
  }

  /** Blocks that may still change. */
  get open(): readonly Block[] {
    return this.#open;
  }

  /** Takes the text as it is now. Text only ever grows; another text starts anew. */
  update(text: string): void {
    const source = withUnixLines(text);
    if (!source.startsWith(this.#source)) this.#startAnew();
    this.#source = source;
    const lineStart = source.lastIndexOf("\n") + 1;
    if (lineStart > this.#linesUpTo) {
      this.#linesUpTo = lineStart;
      this.#finishBlocks(lex(source.slice(this.#finishedUpTo, lineStart)));
    }
    const open = lex(source.slice(this.#finishedUpTo));
    this.#noteDefinitions(open);
    this.#open = toBlocks(open, this.#finishedUpTo, this.#finished);
  }

  /**
   * No more text comes. Where the text defines links (`[a]: https://…`), blocks before the definition could not know it:
   * then, and only then, the whole is read once more, and blocks without brackets stay the same.
   */
  finish(): void {
    this.#finished.push(...this.#open);
    this.#open = [];
    this.#finishedUpTo = this.#source.length;
    if (!this.#hasDefinitions) return;
    this.#hasDefinitions = false;
    const known = new Map(this.#finished.map((block) => [block.from, block]));
    this.#finished = splitWhole(this.#source).map((block) => {
      const before = known.get(block.from);
      return before?.token.raw === block.token.raw && !block.token.raw.includes("[") ? before : block;
    });
  }

  /** Every block of complete lines but the last: nothing that comes can reach back over the last one. */
  #finishBlocks(tokens: readonly Token[]): void {
    const last = tokens.findLastIndex((token) => !isBlank(token));
    const final = tokens.slice(0, Math.max(0, last));
    this.#noteDefinitions(final);
    this.#finished.push(...toBlocks(final, this.#finishedUpTo, this.#finished));
    this.#finishedUpTo += final.reduce((length, token) => length + token.raw.length, 0);
  }

  #noteDefinitions(tokens: readonly Token[]): void {
    this.#hasDefinitions ||= tokens.some((token) => token.type === "def");
  }

  #startAnew(): void {
    this.#finishedUpTo = 0;
    this.#linesUpTo = 0;
    this.#hasDefinitions = false;
    this.#finished = [];
    this.#open = [];
  }
}

/** One text as blocks, when all of it is there. */
export function splitWhole(text: string): readonly Block[] {
  return toBlocks(lex(withUnixLines(text)), 0, []);
}

export function lex(text: string): Token[] {
  return new Lexer({ gfm: true }).lex(text);
}

function toBlocks(tokens: readonly Token[], from: number, before: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  let level = before.at(-1)?.level ?? MESSAGE_LEVEL;
  let at = from;
  for (const token of tokens) {
    if (token.type === "heading") level = Math.min(headingDepth(token) + MESSAGE_LEVEL, level + 1, DEEPEST_LEVEL);
    if (token.type !== "def" && !isBlank(token)) blocks.push({ token, from: at, level });
    at += token.raw.length;
  }
  return blocks;
}

export function headingDepth(token: Token): number {
  return "depth" in token && typeof token.depth === "number" ? token.depth : 1;
}

function withUnixLines(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** marked gives white space after a list's last line as a paragraph of nothing. */
function isBlank(token: Token): boolean {
  return token.raw.trim() === "";
}
