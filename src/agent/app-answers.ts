import type { SessionId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Settings } from "#protocol/commands.ts";
import { patchSettings } from "#storage/settings-store.ts";

import type { Answers, AppCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import type { SessionActor } from "./session-actor.ts";

/** The sessions that this worker runs now. */
export interface RunningSessions {
  running(): readonly { readonly id: SessionId; readonly actor: SessionActor }[];
  actor(id: SessionId): SessionActor;
}

/** The commands about the app as a whole. */
export function appAnswers(
  env: Environment,
  audience: Audience,
  sessions: RunningSessions,
): Answers<Exclude<AppCommandName, "flush">> {
  async function changeSettings(patch: Partial<Settings>): Promise<Settings> {
    await patchSettings(env.db, patch);
    const settings = await env.readSettings();
    audience.toAll({ type: "settings-changed", settings });
    env.peers.tell({ kind: "settings-written" });
    return settings;
  }

  async function connectionsWritten(): Promise<void> {
    const { connections } = await import("./connections.ts");
    audience.toAll({ type: "connections-changed", connections: await connections.list(env) });
    env.peers.tell({ kind: "settings-written" });
  }

  return {
    "read-settings": () => env.readSettings(),
    "change-setting": ({ patch }) => changeSettings(patch),
    "list-connections": async () => (await import("./connections.ts")).connections.list(env),
    "check-connection": async ({ form }) => (await import("./connections.ts")).connections.check(env, form),
    "save-connection": async ({ form, sessionId }) => {
      const { connections } = await import("./connections.ts");
      const connection = await connections.store(env, form);
      const model = { provider: "connection", connectionId: connection.id, model: connection.model } as const;
      await connectionsWritten();
      await changeSettings({ defaultModel: model });
      if (sessionId !== null) await sessions.actor(sessionId).useModel(model);
      return connection;
    },
    "remove-connection": async ({ id }) => {
      const { connections } = await import("./connections.ts");
      await connections.remove(env, id);
      const { defaultModel } = await env.readSettings();
      if (defaultModel.provider === "connection" && defaultModel.connectionId === id) {
        await changeSettings({ defaultModel: BUILT_IN_MODEL });
      }
      await connectionsWritten();
      return null;
    },
    "read-storage-usage": () => env.readStorageUsage(),
    "note-ending": ({ ending }) => {
      env.witness.ending = ending;
      return Promise.resolve(null);
    },
    "count-active-runs": () => Promise.resolve({ count: sessions.running().length }),
    ping: () => {
      // Only a page that is looked at asks: what it may have said when it was about to leave is over.
      for (const { actor } of sessions.running()) actor.stay();
      return Promise.resolve(null);
    },
  };
}
