/** A title as the name of a file, without its ending. */
export function fileNameOf(title: string): string {
  const plain = title
    .replace(/[\p{Cc}/\\:*?"<>|]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return plain === "" ? "session" : plain.slice(0, 80).toWellFormed();
}
