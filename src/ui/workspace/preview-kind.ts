/** How a file of the workspace is shown. `none`: by its name and size, with a download. */
export type PreviewKind = "markdown" | "csv" | "json" | "image" | "text" | "none";

/** Larger files are offered for download: drawing them would block the page. */
export const PREVIEW_LIMIT_BYTES = 1_000_000;

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
};

export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** Media type for a picture; SVG is left out on purpose: it is a document with scripts. */
export function imageType(path: string): string | null {
  return IMAGE_TYPES[extensionOf(path)] ?? null;
}

/** Decides by name first, then by content: a file with a NUL byte in its beginning is not text. */
export function previewKind(path: string, bytes: Uint8Array): PreviewKind {
  if (imageType(path) !== null) return "image";
  if (bytes.subarray(0, 8_000).includes(0)) return "none";
  switch (extensionOf(path)) {
    case "md":
    case "markdown":
      return "markdown";
    case "csv":
    case "tsv":
      return "csv";
    case "json":
      return "json";
    default:
      return "text";
  }
}

/** Indents JSON; what is not valid JSON stays as it is written. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // The preview shows the file as it is: its mistake is what somebody looks for.
    return text;
  }
}
