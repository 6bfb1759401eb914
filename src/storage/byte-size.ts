const encoder = new TextEncoder();

/** UTF-8 size of a record as JSON; binary counts by its own length. For counting, not for storing. */
export function byteSize(record: unknown): number {
  let binary = 0;
  const json = JSON.stringify(record, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    binary += value.byteLength;
    return "";
  });
  return encoder.encode(json ?? "").byteLength + binary;
}
