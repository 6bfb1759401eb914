/** From here on a pasted text becomes a file beside the message: it would bury the question that goes with it. */
export const LONG_TEXT_CHARACTERS = 4_000;
export const LONG_TEXT_LINES = 100;

export type PasteMeaning =
  /** Let the browser insert it. */
  | { readonly kind: "text" }
  /** Attach the files. */
  | { readonly kind: "files" }
  /** Insert the text and offer the files: office programs put a picture of every copied text beside it. */
  | { readonly kind: "text-then-offer-files" }
  /** Attach the text as a file and offer to insert it instead. */
  | { readonly kind: "text-as-file" };

export function isLongText(text: string): boolean {
  if (text.length >= LONG_TEXT_CHARACTERS) return true;
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    lines += 1;
    if (lines >= LONG_TEXT_LINES) return true;
  }
  return false;
}

export function meaningOfPaste(clipboard: { readonly text: string; readonly fileCount: number }): PasteMeaning {
  const hasText = clipboard.text.trim() !== "";
  if (clipboard.fileCount > 0) return { kind: hasText ? "text-then-offer-files" : "files" };
  return { kind: isLongText(clipboard.text) ? "text-as-file" : "text" };
}
