/** Characters of a file name that are kept; file systems stop at 255 bytes. */
const NAME_LENGTH = 120;

/** A workspace path for a file of the person: its name without folders and control characters, and not yet taken. */
export function freePath(name: string, taken: ReadonlySet<string>): string {
  const plain = plainName(name);
  if (!taken.has(plain)) return plain;
  const dot = plain.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ""];
  for (let count = 2; ; count++) {
    const candidate = `${stem} (${count})${extension}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function plainName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\p{Cc}/\\:*?"<>|]/gu, "-")
    .replace(/^\.+/, "")
    .trim();
  const cut = plain.length <= NAME_LENGTH ? plain : plain.slice(0, NAME_LENGTH - 10) + plain.slice(-10);
  return cut === "" ? "file" : cut.toWellFormed();
}
