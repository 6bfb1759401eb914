import type { SessionId } from "#domain/ids.ts";
import type { Timers } from "#journal/ports.ts";
import type { StorageUsage } from "#protocol/commands.ts";
import { secondCopyDoor } from "#storage/database-guard.ts";
import { Database } from "#storage/database.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import type { Workspaces } from "#tools/workspaces.ts";

import type { Environment } from "./environment.ts";
import { openModel } from "./models.ts";
import { fileBlobs } from "./file-blobs.ts";
import { deviceNetwork } from "./network.ts";
import { broadcastPeers } from "./peers.ts";
import { settingsFrom } from "./settings.ts";
import { webLocks } from "./web-locks.ts";

/**
 * The platform of a worker in a browser. Opens nothing yet: the database and the files open with the first use, so
 * that whatever fails is the refusal of the command that needed it and the page is never left without an answer.
 */
export function browserEnvironment(scope: WorkerGlobalScope): Environment {
  const timers = scopeTimers();
  const locks = webLocks(scope.navigator.locks);
  const unique = (): string => crypto.randomUUID();
  const { storage } = scope.navigator;
  const after = (delayMs: number, run: () => void) => timers.after(delayMs, run);
  const secondCopy = secondCopyDoor({
    storage,
    after,
    load: async () => {
      const { openSecondCopy } = await import("#storage/open-second-copy.ts");
      return openSecondCopy({ storage, locks, unique, now: () => Date.now(), after });
    },
  });
  const db = new Database({ guard: secondCopy });
  let workspaces: Promise<Workspaces> | null = null;
  function files(): Promise<Workspaces> {
    workspaces ??= loadWorkspaces();
    return workspaces;
  }
  async function loadWorkspaces(): Promise<Workspaces> {
    const [{ openWorkspaces }, { withRoom }] = await Promise.all([
      import("#tools/open-workspaces.ts"),
      import("./room.ts"),
    ]);
    const storage = scope.navigator.storage ?? null;
    const opened = await openWorkspaces({ now: () => Date.now(), blobs: fileBlobs(db), storage });
    return withRoom(opened, { db, readStorageUsage });
  }
  async function readStorageUsage(): Promise<StorageUsage> {
    // WebKitGTK 2.50 has none of it, older Safaris no `estimate`: nothing is known there, and nothing has failed.
    const storage: Partial<StorageManager> | undefined = scope.navigator.storage;
    const estimate = await storage?.estimate?.();
    return {
      usedBytes: estimate?.usage ?? null,
      allowedBytes: estimate?.quota ?? null,
      isPersistent: (await storage?.persisted?.()) ?? null,
    };
  }
  return {
    db,
    clock: { now: () => Date.now() },
    secondCopy,
    timers,
    locks,
    peers: broadcastPeers(),
    network: deviceNetwork(scope),
    witness: { ending: null },
    unique,
    random: () => Math.random(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    loadTools: async () => (await import("#tools/registry.ts")).toolEntries,
    openWorkspace: async (sessionId: SessionId) => (await files()).open(sessionId),
    removeWorkspace: async (sessionId: SessionId) => (await files()).removeAll(sessionId),
    sessionReader: {
      search: async (query, limit) => (await import("#storage/search.ts")).searchTurns(db, query, limit),
      text: async (sessionId) => (await import("#storage/search.ts")).sessionText(db, sessionId),
    },
    openProvider: (model) => openModel(db, model),
    readSettings: async () => settingsFrom(await readSettings(db)),
    noteIntroduced: async () => {
      await patchSettings(db, { hasSeenIntro: true });
    },
    readStorageUsage,
    measureDevice: async () => (await import("./device-usage.ts")).measureDevice(scope),
    openReserve: async () => (await import("#storage/reserve.ts")).openReserve(scope.navigator.storage),
  };
}

function scopeTimers(): Timers {
  return {
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
    every(intervalMs, run) {
      const timer = setInterval(run, intervalMs);
      return () => {
        clearInterval(timer);
      };
    },
  };
}
