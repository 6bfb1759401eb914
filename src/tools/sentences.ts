import { piecesOf } from "./words.ts";

/** English and German short forms whose full stop ends no sentence. Lower case, without the stop at the end. */
const SHORT_FORMS = new Set(
  (
    "mr mrs ms dr prof st jr sr vs etc e.g i.e cf fig no vol approx inc ltd co corp dept gen gov sen rep col capt lt " +
    "hr fr bzw ca d.h z.b u.a usw nr str abs art bd evtl ggf inkl max min mind mio mrd o.ä s.o s.u sog tel u.s.w vgl " +
    "z.t jan feb mar apr jun jul aug sep sept oct okt nov dec dez"
  ).split(" "),
);

/** A line that stands by itself: a heading, a list item, a table row, a quotation. */
const OWN_LINE = /^\s*(?:[-*+•>|#]|\d{1,3}[.)]\s)/;

/** Sentences of a text in their order, trimmed; only those that say something (hold a letter or a digit). */
export function sentencesOf(text: string): string[] {
  const found: string[] = [];
  const segmenter = new Intl.Segmenter(undefined, { granularity: "sentence" });
  for (const block of blocksOf(text)) {
    for (const piece of piecesOf(block)) {
      let open = "";
      for (const { segment } of segmenter.segment(piece)) {
        open += segment;
        if (endsInShortForm(open)) continue;
        keep(found, open);
        open = "";
      }
      keep(found, open);
    }
  }
  return found;
}

function keep(found: string[], sentence: string): void {
  const trimmed = sentence.trim();
  if (/[\p{L}\p{N}]/u.test(trimmed)) found.push(trimmed);
}

function endsInShortForm(text: string): boolean {
  const [, word] = /([\p{L}.]{1,10})\.\s+$/u.exec(text.slice(-16)) ?? [];
  if (word === undefined) return false;
  // A single capital is an initial, as in "J. Smith".
  return SHORT_FORMS.has(word.toLowerCase()) || /^\p{Lu}$/u.test(word);
}

/** Paragraphs with their lines joined: a newline inside a paragraph is how it was wrapped, not where a sentence ends. */
function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push(open.join(" "));
    open = [];
  };
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    if (line.trim() === "" || OWN_LINE.test(line)) close();
    if (line.trim() !== "") open.push(line.trim());
    if (line.trimStart().startsWith("#")) close();
  }
  close();
  return blocks;
}
