/**
 * Reading a message: what is quoted, fenced or pasted is set aside first, so that no word of it can be mistaken for an
 * order, then the rest is cut where one step may end and the next begin.
 */

/** Text that the person gave to work on, set aside from the words that say what to do with it. */
export interface Block {
  readonly kind: "quote" | "fence" | "pasted" | "mark";
  /** Without its quotes or fences. */
  readonly text: string;
  /** As it stood in the message. */
  readonly raw: string;
}

/** One step's words. */
export interface Clause {
  /** As the person wrote it. */
  readonly said: string;
  /** Without chatter and end marks, spaces collapsed within lines; blocks stand in it as marks (see BLOCK). */
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** A message with its blocks set aside. */
export interface Reading {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** How a block stands in a clause's text: two private characters, of which the second counts the blocks. */
export const BLOCK = "\uE000[\uE100-\uF8FF]";
const FIRST_BLOCK = 0xe100;
const MAX_BLOCKS = 0xf8ff - FIRST_BLOCK;

/** Each alternative forbids its own opener inside, so that a text of openers only costs no more than its length. */
const SET_ASIDE =
  /```[^\S\n]*[\w+-]*[^\S\n]*\n?([\s\S]*?)```|`([^`\n]+)`|(?<!\d)"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»|(?<![\p{L}\d])'([^'\n]+)'(?![\p{L}\d])|\uE000+/gu;

/** An order that ends in a colon, or that says "this" or "the following", with lines under it: those are its text. */
const PASTED_BELOW =
  /^([^\n]*(?::|\b(?:this|these|the following|below|diese[nrs]?|folgenden?)\b[^\n:.!?]{0,40}[:.]?)[^\S\n]*\n)([\s\S]*)$/i;
const NEXT_STEP_LINE = /\n\s*(?:and\s+)?then\b[\s\S]*$/i;

/** The ways in which a message may be read, the likeliest first. */
export function readMessage(message: string): readonly Reading[] {
  if (message.length > MAX_ORDER) {
    const [order, below] = splitLong(message);
    const blocks: Block[] = [];
    return [{ text: `${order}${setAside(blocks, { kind: "pasted", text: below, raw: below })}`, blocks }];
  }
  const blocks: Block[] = [];
  const text = message.replace(SET_ASIDE, (raw: string, ...groups: readonly unknown[]) => {
    const inner = groups.slice(0, 7).find((group): group is string => typeof group === "string");
    const kind = raw.startsWith("\uE000") ? "mark" : raw.startsWith("```") ? "fence" : "quote";
    return setAside(blocks, { kind, text: kind === "mark" ? raw : cleanBlock(kind, inner ?? ""), raw });
  });
  const plain: Reading = { text, blocks };
  const pasted = PASTED_BELOW.exec(text);
  if (pasted?.[1] === undefined || pasted[2] === undefined) return [plain];
  const rest = NEXT_STEP_LINE.exec(`\n${pasted[2]}`)?.[0] ?? "";
  const below = pasted[2].slice(0, pasted[2].length - rest.length);
  if (below.replace(new RegExp(BLOCK, "g"), "").trim() === "") return [plain];
  const raw = expandBlocks(below, blocks).replace(/\s+$/, "");
  const more = [...blocks];
  const mark = setAside(more, { kind: "pasted", text: raw, raw });
  return [{ text: `${pasted[1]}${mark}${rest}`, blocks: more }, plain];
}

/** A message longer than this is a pasted text with an order before it: patterns are not run over all of it. */
const MAX_ORDER = 4000;

function splitLong(message: string): readonly [order: string, below: string] {
  const end = /^\s*[^\n:]{1,400}(?:\n|:\s)/.exec(message)?.[0].length ?? 0;
  const below = message.slice(end).trim();
  const fence = /^```[^\n]*\n([\s\S]*?)\n?```$/.exec(below)?.[1];
  return [message.slice(0, end).replaceAll("\uE000", " "), fence ?? below];
}

function setAside(blocks: Block[], block: Block): string {
  if (blocks.length >= MAX_BLOCKS) return block.raw.replaceAll("\uE000", " ");
  blocks.push(block);
  return `\uE000${String.fromCharCode(FIRST_BLOCK + blocks.length - 1)}`;
}

function cleanBlock(kind: Block["kind"], text: string): string {
  return kind === "fence" ? text.replace(/\r?\n$/, "") : text;
}

/** The text with every block back in its place, as the person wrote it. */
export function expandBlocks(text: string, blocks: readonly Block[]): string {
  return text.replace(new RegExp(BLOCK, "g"), (mark) => blockAt(mark, blocks)?.raw ?? mark);
}

/** The same without the quotes: for words that a quote may hold, such as a search query. */
export function unquoteBlocks(text: string, blocks: readonly Block[]): string {
  return text.replace(new RegExp(BLOCK, "g"), (mark) => blockAt(mark, blocks)?.text ?? mark);
}

/** A block longer than this is a text to work on and not words to be read as an order. */
const MAX_QUOTED_ORDER = 2000;

/** All words of a clause that may be an order, quoted ones included; long texts stay marks. */
export function orderWords({ text, blocks }: Pick<Clause, "text" | "blocks">): string {
  return text.replace(new RegExp(BLOCK, "g"), (mark) => {
    const quoted = blockAt(mark, blocks)?.text ?? mark;
    return quoted.length > MAX_QUOTED_ORDER ? mark : quoted;
  });
}

export function blockAt(mark: string, blocks: readonly Block[]): Block | undefined {
  return blocks[mark.charCodeAt(1) - FIRST_BLOCK];
}

/** The blocks that stand in the text, in order. */
export function blocksIn(text: string, blocks: readonly Block[]): readonly Block[] {
  return [...text.matchAll(new RegExp(BLOCK, "g"))].flatMap(([mark]) => blockAt(mark, blocks) ?? []);
}

const THEN = "(?:and\\s+|und\\s+)?(?:then|dann|danach|anschließend|after that|afterwards)\\b[,:]?";
/** Orders that may follow a bare "and" when they point at something: "… and count its lines". */
const VERB =
  "(?:count|sort|save|store|write|put|show|read|print|hash|convert|append|rename|delete|summari[sz]e|dedupe|number|reverse|upper-?case|lower-?case|zähle|sortiere|speichere)";
const POINTING = `(?=${VERB}\\b[^,;\\n]*?(?:\\b(?:it|its|them|that|the (?:result|file|list|lines|words|output)|sie|es|das ergebnis)\\b|\\.[a-z]{2,5}\\b))`;
const FIRM = new RegExp(THEN, "i");
const SEPARATOR = new RegExp(
  `\\s*[,;.]?\\s*(?<![\\p{L}])${THEN}\\s*|\\s*;\\s*|[^\\S\\n]*\\n\\s*|,?\\s+(?:and|und)\\s+${POINTING}|(?<=[^\\d.\\s][.!?])\\s+(?=[\\p{Lu}])`,
  "giu",
);

/** More pieces than this are a text and not a plan: it is then read as one. */
const MAX_PIECES = 24;

export interface Piece {
  readonly start: number;
  readonly end: number;
  /** "then" stands before it: it is a step of its own, whatever else it could be read as. */
  readonly isFirm: boolean;
}

/** Where a reading may be cut into steps. Joining neighbours gives back what stood there. */
export function cutPieces(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const whole: Piece = { start: 0, end: text.length, isFirm: false };
  let start = 0;
  let isFirm = false;
  for (const match of text.matchAll(SEPARATOR)) {
    if (pieces.length > MAX_PIECES) return [whole];
    pieces.push({ start, end: match.index, isFirm });
    start = match.index + match[0].length;
    isFirm = FIRM.test(match[0]);
  }
  pieces.push({ start, end: text.length, isFirm });
  const full = pieces.filter((piece) => stripChatter(text.slice(piece.start, piece.end)) !== "");
  return full.length === 0 ? [whole] : full;
}

export function clauseOf(reading: Reading, start: number, end: number): Clause {
  const words = reading.text.slice(start, end);
  const text = stripChatter(words) || words.trim();
  return { said: expandBlocks(words, reading.blocks).trim(), text, blocks: reading.blocks };
}

const LEADING =
  /^(?:(?:[-*•]|\d{1,2}[.)](?=\s))\s*|(?:hi|hello|hey|hallo|ok|okay|so|now(?! (?:plus|minus|in)\b| [-+])|well|please|pls|bitte|first|firstly|finally|lastly|next|also|and|und|then|dann|thanks|thank you|danke)(?![\p{L}\d])[,!.:]?\s*|(?:can|could|would|will) you\s+|(?:kannst|könntest|würdest) du\s+(?:mir\s+)?|(?:i (?:want|need|would like)|i'd like)(?: you)? to\s+|(?:ich möchte|ich will)\s+|(?:tell|sag) (?:me|mir)\s+|let(?:'s|’s| us)\s+|do you know\s+)/iu;
const TRAILING = /(?:[\s,]+(?:please|pls|for me|thanks|thank you|bitte|danke))+$/i;

/** The order without what people say around it. */
function stripChatter(words: string): string {
  let text = words
    .replaceAll(/[^\S\n]+/g, " ")
    .replaceAll("’", "'")
    .trim();
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(LEADING, "");
  }
  text = withoutEndMarks(withoutEndMarks(text).replace(TRAILING, ""));
  return text.trim();
}

/** A "!" after a number is a factorial and stays. */
function withoutEndMarks(text: string): string {
  let end = text.length;
  while (end > 0 && "?.!…, ".includes(text.charAt(end - 1))) {
    if (text.charAt(end - 1) === "!" && /[\d)]/.test(text.charAt(end - 2))) break;
    end -= 1;
  }
  return text.slice(0, end);
}
