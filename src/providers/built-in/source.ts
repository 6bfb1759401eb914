import type { JsonObject } from "#domain/json.ts";
import type { Clause } from "./clause.ts";
import { BLOCK, blocksIn, expandBlocks, unquoteBlocks } from "./clause.ts";
import type { Memory } from "./memory.ts";
import type { Context, Halt } from "./step.ts";

/** What a text tool is to work on. `back`: whatever "it" stands for when the step's turn comes. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "session" }
  | { readonly kind: "back" };

/** A file name or path: a name with an ending that has a letter in it. Not a number, not an abbreviation, not an address. */
const PATH =
  /(?<![\p{L}\p{N}_.:/@%-])(?:\.\/)?((?:[\p{L}\p{N}_.~+-]+\/)*[\p{L}\p{N}_~+-][\p{L}\p{N}_.~+-]*\.(?=[\p{N}]*\p{L})[\p{L}\p{N}]{1,8})(?![\p{L}\p{N}_/@-])/gu;
const ABBREVIATION =
  /^(?:e\.g|i\.e|a\.m|p\.m|z\.b|d\.h|u\.s|\d+(?:[.,]\d+)*\p{L}*|\d+\.(?!(?:csv|tsv|md|txt|json|ya?ml|html?|xml|log)$)\p{L}{1,8})$/iu;

/** The paths that the clause names, in order: as bare words, quoted, or as the name of an attached file. */
export function pathsIn(
  clause: Pick<Clause, "text" | "blocks">,
  context: Pick<Context, "attachments">,
): readonly string[] {
  const found: { readonly at: number; readonly path: string }[] = [];
  let text = clause.text;
  for (const { name, path } of context.attachments) {
    const at = name === "" ? -1 : text.indexOf(name);
    if (at < 0) continue;
    found.push({ at, path });
    text = text.replace(name, " ".repeat(name.length));
  }
  for (const match of text.matchAll(PATH)) {
    const path = match[1];
    if (path !== undefined && !ABBREVIATION.test(path)) found.push({ at: match.index, path });
  }
  for (const match of text.matchAll(new RegExp(BLOCK, "g"))) {
    const quoted = blocksIn(match[0], clause.blocks)[0];
    if (quoted?.kind === "quote" && isPath(quoted.text)) found.push({ at: match.index, path: quoted.text });
  }
  return found.sort((a, b) => a.at - b.at).map(({ path }) => path);
}

/** Whether a quoted text is a path: quotes allow spaces in it. */
function isPath(text: string): boolean {
  return (
    text.length <= 120 &&
    /^[^\s.:*?"<>|\\][^\n:*?"<>|\\]*\.[\p{L}\p{N}]{1,8}$/u.test(text) &&
    !/[.!?] /.test(text) &&
    !ABBREVIATION.test(text)
  );
}

const POINTER =
  /(?<![\p{L}\d])(?:it|its|this|that|these|those|them|the (?:file|list|text|result|results|output|lines|words|note|notes|summary|answer|table|csv|json|attachment)|(?:attached|previous|above|last)(?: \p{L}+)?|sie|es|das(?: ergebnis)?|die (?:datei|liste|zeilen)|diese[rs]?)(?![\p{L}\d])/iu;
const THIS_SESSION =
  /\b(?:(?:this|the|our) (?:session|conversation|discussion|dialogue)|diese[rs]? (?:sitzung|unterhaltung))\b/i;

interface SourceWishes {
  /** Words that follow the order and may be the text itself: "uppercase hello world". */
  readonly rest?: string | undefined;
  /** A quote that is something else, such as the pattern of a test, is not the text. */
  readonly skipBlock?: string | undefined;
}

/** What the clause wants worked on; empty when it names nothing. */
export function findSources(clause: Clause, context: Context, wishes: SourceWishes = {}): readonly Source[] {
  const text = wishes.skipBlock === undefined ? clause.text : clause.text.replace(wishes.skipBlock, " ");
  const blocks = blocksIn(text, clause.blocks);
  const big = blocks.find((block) => block.kind === "fence" || block.kind === "pasted");
  if (big !== undefined) return [{ kind: "text", text: big.text }];
  const below = /^[^\n]*\n\s*([\s\S]+)$/.exec(text)?.[1];
  if (below !== undefined) return [given(below, clause)];
  const paths = pathsIn({ text, blocks: clause.blocks }, context);
  const afterColon = /:\s+(\S.*)$/.exec(text)?.[1];
  // A text may mention a file; the order names one.
  if (afterColon !== undefined && !paths.includes(unquoted(afterColon, clause))) return [given(afterColon, clause)];
  if (paths.length > 0) return paths.map((path) => ({ kind: "file", path }));
  const quote = blocks.find((block) => block.kind === "quote");
  if (quote !== undefined) return [{ kind: "text", text: quote.text }];
  if (THIS_SESSION.test(text)) return [{ kind: "session" }];
  return pointed(text, context) ?? spoken(wishes.rest, clause) ?? implied(context);
}

/** "It" is the file beside the message, else what an earlier step or turn left. */
function pointed(text: string, context: Context): readonly Source[] | null {
  if (!POINTER.test(text)) return null;
  const attached = attachedFiles(context);
  if (attached.length > 0) return attached;
  return canReferBack(context) ? [{ kind: "back" }] : null;
}

/** "What does sha-256 mean" asks about the tool and gives it no text. */
const ASKS_ABOUT =
  /^(?:what (?:does|do|is an?|are|makes)|how (?:do|does|can|should)|why|when|who|explain(?! the reg)|should|is|are)\b/i;

function spoken(rest: string | undefined, clause: Clause): readonly Source[] | null {
  if (ASKS_ABOUT.test(clause.text)) return null;
  const words = rest?.trim() ?? "";
  return words === "" || /^(?:it|its|this|that|these|those|them)\b/i.test(words) ? null : [given(words, clause)];
}

function implied(context: Context): readonly Source[] {
  const attached = attachedFiles(context);
  if (attached.length > 0) return attached;
  return context.earlier.length > 0 ? [{ kind: "back" }] : [];
}

function attachedFiles(context: Context): readonly Source[] {
  return context.earlier.length > 0 ? [] : context.attachments.map(({ path }) => ({ kind: "file", path }));
}

export function canReferBack(context: Context): boolean {
  return context.earlier.length > 0 || context.memory.subject !== null;
}

function given(words: string, clause: Clause): Source {
  return { kind: "text", text: expandBlocks(words, clause.blocks).trim() };
}

/** A text as it was said, quotes taken off. */
export function unquoted(words: string, clause: Clause): string {
  return unquoteBlocks(words, clause.blocks).trim();
}

/** The part of a tool's input that names its source, or why there is none. */
export function sourceInput(source: Source, memory: Memory, context: Context): JsonObject | Halt {
  switch (source.kind) {
    case "text":
      return { text: source.text };
    case "file":
      return { path: source.path };
    case "session":
      return context.sessionText === ""
        ? { halt: "This session has no earlier messages to work on." }
        : { text: context.sessionText };
    case "back":
      return subjectInput(memory);
  }
}

function subjectInput(memory: Memory): JsonObject | Halt {
  const { subject } = memory;
  switch (subject?.kind) {
    case undefined:
      return { halt: "There is nothing yet that this could refer to. Name a file or put the text in quotes." };
    case "file":
      return { path: subject.path };
    case "text":
    case "quantity":
      return { text: subject.text };
    case "session":
      return { sessionId: subject.sessionId };
  }
}

export function isHalt(value: object): value is Halt {
  return "halt" in value;
}
