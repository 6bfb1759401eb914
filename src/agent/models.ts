import type { ModelRef } from "#domain/model.ts";
import { openConnectionProvider } from "#providers/openai-compatible.ts";
import type { Provider } from "#providers/provider.ts";
import { readConnectionWithKey } from "#storage/connection-store.ts";
import type { Database } from "#storage/database.ts";

/** The provider behind a model, with its key read from storage for this use; null where the connection is gone. */
export async function openModel(db: Database, model: ModelRef): Promise<Provider | null> {
  if (model.provider === "built-in") {
    const { builtInProvider } = await import("#providers/built-in/provider.ts");
    return builtInProvider;
  }
  const stored = await readConnectionWithKey(db, model.connectionId);
  return stored === null ? null : openConnectionProvider(stored.connection, stored.apiKey);
}
