import type { JsonObject } from "./json.ts";

/**
 * What a provider wants back untouched with a part (signatures, encrypted reasoning, item ids).
 * Opaque: stored with its part, returned only to the maker, never shown or exported.
 */
export interface ProviderOpaque {
  readonly maker: string;
  readonly content: JsonObject;
}
