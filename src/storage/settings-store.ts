import type { JsonObject, JsonValue } from "#domain/json.ts";

import type { Database } from "./database.ts";

/** What was ever set, by key. What is missing has its default; who reads checks the values. */
export function readSettings(db: Database): Promise<JsonObject> {
  return db.read(["settings"], async (tx) => {
    const rows = await tx.objectStore("settings").getAll();
    return Object.fromEntries(rows.map((row) => [row.key, row.value]));
  });
}

/**
 * Sets the keys that `patch` names and no other, so that two tabs that change two settings both keep theirs. A key
 * whose value is undefined is left alone. Values are plain JSON. Gives all settings as they are then.
 */
export function patchSettings(db: Database, patch: object): Promise<JsonObject> {
  const changes = Object.entries(patch).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return db.write(["settings"], "strict", async (writing) => {
    const rows = new Map((await writing.tx.objectStore("settings").getAll()).map((row) => [row.key, row]));
    for (const [key, value] of changes) {
      const row = { key, value, revision: (rows.get(key)?.revision ?? 0) + 1 };
      writing.put("settings", row);
      rows.set(key, row);
    }
    return Object.fromEntries([...rows.values()].map((row) => [row.key, row.value]));
  });
}
