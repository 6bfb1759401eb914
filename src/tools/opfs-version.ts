/**
 * How one version of a file is stored: a mark, the length of the header, the header as JSON, the bytes. The mark is
 * written last (where the way of writing is not atomic by itself), so a version without it was never finished.
 * Do not change without a migration.
 */
const MARK = new Uint8Array([0x48, 0x46, 0x57, 0x31]); // "HFW1"
export const MARK_BYTES = MARK.length;
const PREFIX_BYTES = MARK_BYTES + 4;

/** A path has at most 512 UTF-16 units, each at most 3 bytes of UTF-8, 6 where JSON escapes it: well below this. */
export const MAX_HEADER_BYTES = 4096;

export interface VersionHeader {
  readonly path: string;
  /** Bytes of the file itself. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** Mark, length and header, in front of the file's own bytes. */
export function encodeHeader(header: VersionHeader): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(PREFIX_BYTES + json.length);
  bytes.set(MARK);
  new DataView(bytes.buffer).setUint32(MARK_BYTES, json.length);
  bytes.set(json, PREFIX_BYTES);
  return bytes;
}

/** Null where the mark is missing: unfinished, or not ours. `start` is the beginning of the stored version. */
export function decodeHeader(start: Uint8Array): { header: VersionHeader; headerBytes: number } | null {
  if (start.length < PREFIX_BYTES || MARK.some((byte, index) => start[index] !== byte)) return null;
  const jsonBytes = new DataView(start.buffer, start.byteOffset).getUint32(MARK_BYTES);
  const headerBytes = PREFIX_BYTES + jsonBytes;
  if (headerBytes > start.length) return null;
  const json: unknown = parseOrNull(new TextDecoder().decode(start.subarray(PREFIX_BYTES, headerBytes)));
  return isHeader(json) ? { header: json, headerBytes } : null;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A torn header: the version was never finished.
    return null;
  }
}

function isHeader(json: unknown): json is VersionHeader {
  if (typeof json !== "object" || json === null) return false;
  const { path, size, modifiedAt } = json as Partial<Record<keyof VersionHeader, unknown>>;
  return typeof path === "string" && typeof size === "number" && typeof modifiedAt === "number";
}

/** A file name that every browser and disk takes, whatever the text: 64 hex digits. */
export async function hashName(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const VERSION_NAME = /^([0-9a-f]{64})\.(\d{1,15})\.([0-9a-f-]{36})$/;

/** Unique besides its number, so that two tabs that write one file at once both succeed and one of them counts. */
export function newVersionName(hash: string, number: number): string {
  return `${hash}.${String(number)}.${crypto.randomUUID()}`;
}

export function parseVersionName(name: string): { hash: string; number: number } | null {
  const [, hash, number] = VERSION_NAME.exec(name) ?? [];
  return hash === undefined || number === undefined ? null : { hash, number: Number(number) };
}
