/** What a tool takes and gives, and what an unknown server sends: plain JSON, nothing with behaviour. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };
