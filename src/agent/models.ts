import type { ModelRef } from "#domain/model.ts";
import type { Provider } from "#providers/provider.ts";
import type { Database } from "#storage/database.ts";

/** The provider behind a model, with its key read from storage for this use; null where the connection is gone. */
export async function openModel(db: Database, model: ModelRef): Promise<Provider | null> {
  if (model.provider === "built-in") {
    const { builtInProvider } = await import("#providers/built-in/provider.ts");
    return builtInProvider;
  }
  const { readConnectionWithKey } = await import("#storage/connection-store.ts");
  const stored = await readConnectionWithKey(db, model.connectionId);
  if (stored === null) return null;
  const { openConnectionProvider } = await import("#providers/openai-compatible.ts");
  return openConnectionProvider(stored.connection, stored.apiKey);
}
