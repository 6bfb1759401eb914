import type { ConnectionId, SessionId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import { BUILT_IN_MODEL, type Connection } from "#domain/model.ts";
import type { ConnectionForm, Settings } from "#protocol/commands.ts";
import { normaliseBaseUrl } from "#providers/base-url.ts";
import { listConnections, readConnectionWithKey, removeConnection, saveConnection } from "#storage/connection-store.ts";
import { writeClosingMarker } from "#storage/marker-store.ts";
import { patchSettings } from "#storage/settings-store.ts";

import type { Answers, AppCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import { Refused } from "./refusals.ts";
import type { SessionActor } from "./session-actor.ts";

/** The sessions that this worker runs now. */
export interface RunningSessions {
  running(): readonly { readonly id: SessionId; readonly actor: SessionActor }[];
  actor(id: SessionId): SessionActor;
}

/** The commands about the app as a whole. */
export function appAnswers(env: Environment, audience: Audience, sessions: RunningSessions): Answers<AppCommandName> {
  async function changeSettings(patch: Partial<Settings>): Promise<Settings> {
    await patchSettings(env.db, patch);
    const settings = await env.readSettings();
    audience.toAll({ type: "settings-changed", settings });
    env.peers.tell({ kind: "settings-written" });
    return settings;
  }

  async function connectionsWritten(): Promise<void> {
    audience.toAll({ type: "connections-changed", connections: await listConnections(env.db) });
    env.peers.tell({ kind: "settings-written" });
  }

  return {
    "read-settings": () => env.readSettings(),
    "change-setting": ({ patch }) => changeSettings(patch),
    "list-connections": () => listConnections(env.db),
    "check-connection": async ({ form }) => {
      const { checkConnection } = await import("#providers/connection-check.ts");
      return checkConnection({ ...form, apiKey: form.apiKey ?? (await storedKey(env, form)) });
    },
    "save-connection": async ({ form, sessionId }) => {
      const connection = await storeConnection(env, form);
      const model = { provider: "connection", connectionId: connection.id, model: connection.model } as const;
      await connectionsWritten();
      await changeSettings({ defaultModel: model });
      if (sessionId !== null) await sessions.actor(sessionId).useModel(model);
      return connection;
    },
    "remove-connection": async ({ id }) => {
      await removeConnection(env.db, id);
      const { defaultModel } = await env.readSettings();
      if (defaultModel.provider === "connection" && defaultModel.connectionId === id) {
        await changeSettings({ defaultModel: BUILT_IN_MODEL });
      }
      await connectionsWritten();
      return null;
    },
    "read-storage-usage": () => env.readStorageUsage(),
    /** First the work, then the marker: a marker proves that nothing is missing. */
    flush: async ({ cause }) => {
      const running = sessions.running();
      await Promise.all(running.map(({ actor }) => actor.flush()));
      if (cause !== null && running.length > 0) {
        await writeClosingMarker(env.db, { sessionIds: running.map(({ id }) => id), cause, at: env.clock.now() });
      }
      return null;
    },
    "note-agent-death": () => {
      env.witness.agentDiedAt = env.clock.now();
      return Promise.resolve(null);
    },
    "count-active-runs": () => Promise.resolve({ count: sessions.running().length }),
    ping: () => Promise.resolve(null),
  };
}

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
