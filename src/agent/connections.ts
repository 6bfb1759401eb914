import type { ConnectionId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { Connection } from "#domain/model.ts";
import type { ConnectionCheck, ConnectionForm } from "#protocol/commands.ts";
import { normaliseBaseUrl } from "#providers/base-url.ts";
import { checkConnection } from "#providers/connection-check.ts";
import { listConnections, readConnectionWithKey, removeConnection, saveConnection } from "#storage/connection-store.ts";

import type { Environment } from "./environment.ts";
import { Refused } from "./refusals.ts";

/** Connections and their keys. Loaded when first used: most starts need none of it before the message box works. */
export const connections = {
  list: (env: Environment): Promise<Connection[]> => listConnections(env.db),
  remove: (env: Environment, id: ConnectionId): Promise<void> => removeConnection(env.db, id),
  store: storeConnection,
  /** Tries what the form says, with the stored key where none was typed. */
  check: async (env: Environment, form: ConnectionForm): Promise<ConnectionCheck> =>
    checkConnection({ ...form, apiKey: form.apiKey ?? (await storedKey(env, form)) }),
};

/** A stored key goes only to the origin that it was given for. */
async function storedKey(env: Environment, form: ConnectionForm): Promise<string | null> {
  const stored = form.id === null ? null : await readConnectionWithKey(env.db, form.id);
  if (stored === null) return null;
  return originOf(stored.connection.baseUrl) === originOf(form.baseUrl) ? stored.apiKey : null;
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

async function storeConnection(env: Environment, form: ConnectionForm): Promise<Connection> {
  const url = normaliseBaseUrl(form.baseUrl, form.preset);
  if (!url.ok) throw new Refused("invalid", url.message);
  const { baseUrl } = url;
  if (form.model.trim() === "")
    throw new Refused("invalid", "Name the model to use. Test the connection to see a list.");
  const typedKey = form.apiKey?.trim();
  return saveConnection(
    env.db,
    {
      id: form.id ?? mintId<ConnectionId>(env.unique),
      preset: form.preset,
      label: form.label.trim() === "" ? new URL(baseUrl).host : form.label.trim(),
      baseUrl,
      model: form.model.trim(),
      updatedAt: env.clock.now(),
    },
    typedKey,
  );
}
