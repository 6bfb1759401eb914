import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { WireValue } from "./provider.ts";

/** The value under these names, one inside the other; undefined where the way ends early. */
export function valueAt(value: WireValue, ...names: readonly string[]): WireValue {
  let found = value;
  for (const name of names) {
    if (!isRecord(found)) return undefined;
    found = found[name];
  }
  return found;
}

/** Null where there is no text, or only an empty one. */
export function textAt(value: WireValue, ...names: readonly string[]): string | null {
  const found = valueAt(value, ...names);
  return typeof found === "string" && found !== "" ? found : null;
}

export function numberAt(value: WireValue, ...names: readonly string[]): number | null {
  const found = valueAt(value, ...names);
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

export function listAt(value: WireValue, ...names: readonly string[]): readonly JsonValue[] {
  const found = valueAt(value, ...names);
  return isList(found) ? found : [];
}

export function isRecord(value: WireValue): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: WireValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What a library parsed from JSON, with the type back that it hides. */
export function asWireValue(value: unknown): WireValue {
  return value as WireValue;
}

/** Undefined where the text is no JSON. */
export function parseWire(text: string): WireValue {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    // A page, an empty body, half an answer: what that means is for the caller to say.
    return undefined;
  }
}
