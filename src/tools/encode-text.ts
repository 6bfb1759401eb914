import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";
import { escapeHtml, unescapeHtml } from "./html-entities.ts";
import { decodeText, isOneSource, ONE_SOURCE, readSource, shownText, textSource } from "./text-source.ts";

const OPERATIONS = [
  "base64-encode",
  "base64-decode",
  "url-encode",
  "url-decode",
  "html-escape",
  "html-unescape",
  "hex-encode",
  "hex-decode",
] as const;

export const encodeText = defineTool("encode_text", {
  input: v.pipe(
    v.strictObject({ operation: v.picklist(OPERATIONS), ...textSource }),
    v.check((input) => isOneSource(input), ONE_SOURCE),
  ),
  run: async (input, context) => {
    const isOfBytes = input.operation === "base64-encode" || input.operation === "hex-encode";
    if (isOfBytes && input.path !== undefined) {
      // A file is encoded byte for byte: it need not be text.
      const bytes = await context.workspace.read(input.path);
      return output(input.operation === "hex-encode" ? toHex(bytes) : toBase64(bytes));
    }
    return output(encoded(input.operation, await readSource(input, context.workspace)));
  },
});

function output(text: string) {
  return { ok: true, text: shownText(text), value: { text } } as const;
}

export type Encoding = (typeof OPERATIONS)[number];

/** Texts are UTF-8 on the way to bytes. Throws ToolRefusal for what cannot be decoded. */
export function encoded(operation: Encoding, text: string): string {
  switch (operation) {
    case "base64-encode":
      return toBase64(new TextEncoder().encode(text));
    case "base64-decode":
      return asText(fromBase64(text));
    case "url-encode":
      return encodeURIComponent(text.toWellFormed());
    case "url-decode":
      return decodeUrl(text);
    case "html-escape":
      return escapeHtml(text);
    case "html-unescape":
      return unescapeHtml(text);
    case "hex-encode":
      return toHex(new TextEncoder().encode(text));
    case "hex-decode":
      return asText(fromHex(text));
  }
}

/** Bytes at once: String.fromCharCode takes its characters as arguments, of which there may not be too many. */
const CHUNK_BYTES = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
}

/** Takes the URL-safe alphabet, line breaks and missing padding too. */
function fromBase64(text: string): Uint8Array {
  const plain = text
    .replace(/^data:[^,]*;base64,/i, "")
    .replace(/\s+/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/")
    .replace(/=+$/, "");
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) {
    throw new ToolRefusal("This is not Base64: it may hold only letters, digits, + / (or - _) and = at the end.");
  }
  return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes spaces, colons, 0x and upper case too. */
function fromHex(text: string): Uint8Array {
  const digits = text.replace(/0x|\\x|[\s:,-]+/gi, "");
  if (!/^(?:[\da-f]{2})*$/i.test(digits)) {
    throw new ToolRefusal("This is not hex: it needs pairs of the digits 0-9 and a-f.");
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
}

function asText(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (text === null) throw new ToolRefusal(`It decodes to ${String(bytes.length)} bytes that are not text (UTF-8).`);
  return text;
}

/** A plus is a plus here: only forms write spaces so, and this tool undoes url-encode. */
function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ToolRefusal("This is not URL-encoded text: after each % stand two hex digits that make valid UTF-8.");
  }
}
