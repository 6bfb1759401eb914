/** Splits a text at the words of a query, so that the hits can be marked. Every character comes back exactly once. */
export function splitAtHits(
  text: string,
  query: string,
): readonly { readonly text: string; readonly isHit: boolean }[] {
  const words = query.trim().split(/\s+/).filter(Boolean).map(escapePattern);
  if (words.length === 0) return [{ text, isHit: false }];
  // Longest first: of "pack" and "packing" the longer one is marked where both fit.
  const pattern = new RegExp(`(${words.sort((a, b) => b.length - a.length).join("|")})`, "giu");
  return text
    .split(pattern)
    .map((piece, at) => ({ text: piece, isHit: at % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

function escapePattern(word: string): string {
  return word.toWellFormed().replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => (char === "-" ? "\\x2d" : `\\${char}`));
}

/** Whether a title holds every word of the query, in any order and whatever their case. */
export function titleMatches(title: string, query: string): boolean {
  const folded = title.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => folded.includes(word));
}
