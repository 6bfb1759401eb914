/**
 * Words, characters and pieces of a text. Intl.Segmenter is right for every language and too slow for all of it:
 * its time per segment grows with the string (measured on V8 12: 1.2 MB of prose takes 0.2 s in pieces of 2,000
 * characters, 23 s in pieces of 200,000), so texts are cut first, and what needs no dictionary is done by patterns.
 */
const PIECE_CHARS = 2000;

/** Scripts that put no space between words: only a dictionary finds them. */
const UNSPACED = "\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";

/**
 * A word of the other scripts: letters and digits, also joined as in `don't`, `well-known`, `3.5` and `1,000`.
 * Or a run of the scripts without spaces, to be cut by the segmenter.
 */
const WORD = new RegExp(
  `(?<unspaced>[${UNSPACED}]+)` +
    `|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}_])+(?:(?:['’‐‑-](?=\\p{L})|[.,](?=\\p{N}))(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}_])+)*`,
  "gu",
);

const HAS_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** The words of a text in their order. */
export function* wordsOf(text: string): Generator<string> {
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    if (match.groups?.["unspaced"] === undefined) {
      if (HAS_LETTER_OR_DIGIT.test(word)) yield word;
    } else {
      yield* dictionaryWords(word);
    }
  }
}

let wordSegmenter: Intl.Segmenter | undefined;

function* dictionaryWords(run: string): Generator<string> {
  wordSegmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  for (const piece of piecesOf(run)) {
    for (const { segment, isWordLike } of wordSegmenter.segment(piece)) {
      if (isWordLike === true) yield segment;
    }
  }
}

/** Pieces that a segmenter is quick with, cut at an end of a line or a word where there is one. Joined they are the text. */
export function piecesOf(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = start + PIECE_CHARS;
    const cut = end >= text.length ? text.length : cutBefore(text, start, end);
    found.push(text.slice(start, cut));
    start = cut;
  }
  return found;
}

function cutBefore(text: string, start: number, end: number): number {
  const window = text.slice(start, end);
  for (const mark of ["\n", ". ", "。", " "]) {
    const at = window.lastIndexOf(mark);
    if (at > PIECE_CHARS / 2) return start + at + mark.length;
  }
  // No place to cut: at least not inside a surrogate pair.
  return /[\ud800-\udbff]$/.test(window) ? end - 1 : end;
}

/** Characters that never join with a neighbour of their kind: Latin, Greek, Cyrillic, kana, Han, Hangul syllables. */
const PLAIN =
  "\\u0000-\\u0009\\u000a\\u000b\\u000c\\u000e-\\u00a8\\u00aa-\\u00ac\\u00ae-\\u02ff\\u0370-\\u0482\\u048a-\\u058f" +
  "\\u2010-\\u2027\\u20a0-\\u20c0\\u3000-\\u3029\\u3041-\\u3096\\u30a0-\\u30ff\\u4e00-\\u9fff\\uac00-\\ud7a3\\uff01-\\uff5e";

/** A run that may hold joined characters, with its plain neighbours, which a mark may join. */
const JOINING = new RegExp(`[${PLAIN}]?[^${PLAIN}](?:[^${PLAIN}]|[${PLAIN}](?=[^${PLAIN}]))*[${PLAIN}]?`, "gu");

/** What a reader calls characters: an emoji with its modifiers is one, and so is a letter with its accents. */
export function countCharacters(text: string): number {
  let joined = 0;
  let joiningUnits = 0;
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  for (const [run] of text.matchAll(JOINING)) {
    joiningUnits += run.length;
    for (const piece of piecesOf(run)) for (const _ of segmenter.segment(piece)) joined++;
  }
  // Plain characters are one UTF-16 unit each.
  return text.length - joiningUnits + joined;
}
