/**
 * How records lie in a file of the second copy: a mark, the length of the text, its checksum, the text in UTF-8. Each
 * record can be found and checked without the others. Do not change without a migration.
 */

/** The first byte never occurs in UTF-8, so that no text of a person can look like the beginning of a record. */
const MARK = [0xff, 0x48, 0x46, 0x4d] as const; // ÿHFM
const HEADER_BYTES = 12;

export interface Frames {
  readonly texts: readonly string[];
  /** Records whose bytes are not what was written. They are passed over; the file must be kept. */
  readonly damaged: number;
  /** The file ends inside a record: the writer died. The database has, or never had, what was to follow. */
  readonly isTorn: boolean;
}

export function encodeFrames(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const bodies = texts.map((text) => new TextEncoder().encode(text));
  const bytes = new Uint8Array(bodies.reduce((sum, body) => sum + HEADER_BYTES + body.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const body of bodies) {
    bytes.set(MARK, at);
    view.setUint32(at + 4, body.length);
    view.setUint32(at + 8, crc32(body));
    bytes.set(body, at + HEADER_BYTES);
    at += HEADER_BYTES + body.length;
  }
  return bytes;
}

/** Everything that can be read. Never throws: what is damaged or torn is passed over and counted. */
export function decodeFrames(bytes: Uint8Array): Frames {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let damaged = 0;
  let at = 0;
  while (at < bytes.length) {
    const body = bodyAt(bytes, view, at);
    if (body !== null && crc32(body) === view.getUint32(at + 8)) {
      texts.push(new TextDecoder().decode(body));
      at += HEADER_BYTES + body.length;
      continue;
    }
    const next = nextMark(bytes, at + 1);
    if (next === null && isCutOff(bytes, body, at)) return { texts, damaged, isTorn: true };
    damaged += 1;
    at = next ?? bytes.length;
  }
  return { texts, damaged, isTorn: false };
}

/** The body of the record that begins at `at`, unchecked; null where none does or it would run over the end. */
function bodyAt(bytes: Uint8Array, view: DataView, at: number): Uint8Array | null {
  if (at + HEADER_BYTES > bytes.length || MARK.some((byte, index) => bytes[at + index] !== byte)) return null;
  const end = at + HEADER_BYTES + view.getUint32(at + 4);
  return end > bytes.length ? null : bytes.subarray(at + HEADER_BYTES, end);
}

/** A writer that died leaves a record without its end: the bytes stop, or zeros stand in their place. A text ends with neither. */
function isCutOff(bytes: Uint8Array, body: Uint8Array | null, at: number): boolean {
  const isZeroed = bytes.at(-1) === 0;
  return isZeroed || (body === null && MARK.every((byte, index) => (bytes[at + index] ?? byte) === byte));
}

function nextMark(bytes: Uint8Array, from: number): number | null {
  for (let at = bytes.indexOf(MARK[0], from); at >= 0; at = bytes.indexOf(MARK[0], at + 1)) {
    if (MARK.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return null;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
  return value;
});

/** CRC-32 as in zip and png. Finds damage; it is no protection against somebody who wants to deceive. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xff_ff_ff_ff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xff_ff_ff_ff) >>> 0;
}
