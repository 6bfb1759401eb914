import type { Clause } from "#providers/built-in/clause.ts";
import { BLOCK, blocksIn, expandBlocks, unquoteBlocks } from "#providers/built-in/clause.ts";
import { pathsIn } from "#providers/built-in/source.ts";
import type { Context } from "#providers/built-in/step.ts";

/** A clause about files: its path, and its words without it. */
export interface FileWords {
  /** The first path named; null where none is. */
  readonly path: string | null;
  /** Without the path and the words that lead to it ("in", "to a file called"). */
  readonly text: string;
  readonly isPointing: boolean;
}

const LEAD_IN =
  "(?:\\s*\\b(?:in(?:to)?|to|as|at|on|onto|from|of|under|inside|nach|zu|aus|von))?(?:\\s+(?:an?|the|my|der|die|das))?(?:\\s+(?:new|empty|existing|neue))?(?:\\s+(?:file|document|note|notes|datei|notiz))?(?:\\s+(?:called|named|with the name|namens))?\\s*";
/** "the file", "my list", "it" after a word that leads to a place. */
const POINTING =
  /\s*\b(?:in(?:to)?|to|on|onto|from|of|under)\s+(?:it|this|that|them|(?:the|my|this|that) (?:\p{L}+ )?(?:file|list|note|notes|document))\b/iu;

export function fileWords(clause: Clause, context: Context): FileWords {
  const path = pathsIn(clause, context)[0] ?? null;
  if (path !== null) {
    const written = [path, ...context.attachments.filter((file) => file.path === path).map(({ name }) => name)];
    const marks = [...clause.text.matchAll(new RegExp(BLOCK, "g"))]
      .map(([mark]) => mark)
      .filter((mark) => written.includes(blocksIn(mark, clause.blocks)[0]?.text ?? "\0"));
    const places = [...marks, ...written].map((place) => place.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const text = clause.text.replace(new RegExp(`${LEAD_IN}(?:\\./)?(?:${places.join("|")})`, "iu"), " ");
    return { path, text: tidy(text), isPointing: false };
  }
  const text = clause.text.replace(POINTING, " ");
  return { path: null, text: tidy(text), isPointing: text !== clause.text };
}

function tidy(text: string): string {
  return text
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll(" ,", ",")
    .trim();
}

/** The items of a list as people write it: lines, or "a, b and c". */
export function listItems(words: string, clause: Clause): readonly string[] {
  const text = unquoteBlocks(words, clause.blocks).trim();
  const parts = /[\n;]/.test(text) ? text.split(/[\n;]+/) : commaParts(text);
  return parts.map((part) => part.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, "").trim()).filter((part) => part !== "");
}

function commaParts(text: string): readonly string[] {
  const parts = text.split(/\s*,\s*/);
  const last = parts.pop() ?? "";
  const ending = last.replace(/^(?:and|und)\s+/i, "");
  const isOxford = ending !== last;
  return [...parts, ...(isOxford ? [ending] : ending.split(/\s+(?:and|und)\s+/i))];
}

/** Text to be written, as it was given: quotes off where the whole of it is quoted, else just as it stands. */
export function givenText(words: string, clause: Clause): string {
  const trimmed = words.trim();
  const isOneBlock = new RegExp(`^${BLOCK}$`).test(trimmed);
  return isOneBlock ? unquoteBlocks(trimmed, clause.blocks) : expandBlocks(trimmed, clause.blocks);
}

/** "Packing list" → "packing-list.md" */
export function fileNameFor(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 60);
  return `${slug === "" ? "note" : slug}.md`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A file ends with a new line. */
export function asFile(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
