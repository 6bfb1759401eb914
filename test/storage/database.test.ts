import { deleteDB, unwrap } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { newSession } from "#domain/session.ts";
import type { Session } from "#domain/session.ts";
import { openDatabase } from "#storage/database.ts";
import type { Database } from "#storage/database.ts";
import { saveDraft } from "#storage/draft-store.ts";
import { DATABASE_VERSION } from "#storage/migrations.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { DATABASE_NAME } from "#storage/schema.ts";
import { readSession } from "#storage/session-store.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import type { ObservedWrite } from "#storage/transaction.ts";

import { acceptTurn, delta, freshDatabase, freshFactory, problemOf, RUN, sampleDraft, SESSION, T0 } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function rawConnection(database: Database): Promise<IDBDatabase> {
  return unwrap(await database.connect());
}

const keep = (session: Session): Session => session;

describe("writes", () => {
  test("[W1] a write resolves only after its transaction has completed, and asks for the commit itself", async () => {
    const raw = await rawConnection(db);
    const log: string[] = [];
    const original = raw.transaction.bind(raw);
    raw.transaction = (stores, mode, options) => {
      const tx = original(stores, mode, options);
      log.push(`${mode} ${options?.durability ?? ""}`);
      const commit = tx.commit.bind(tx);
      tx.commit = () => {
        log.push("commit");
        commit();
      };
      tx.addEventListener("complete", () => log.push("complete"));
      return tx;
    };
    await acceptTurn(db);
    log.push("resolved");
    expect(log).toEqual(["readwrite strict", "commit", "complete", "resolved"]);
    log.length = 0;
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    expect(log).toEqual(["readwrite relaxed", "commit", "complete"]);
  });

  test("no transaction of one connection overlaps a write; reads overlap each other", async () => {
    const raw = await rawConnection(db);
    const open = new Set<string>();
    const overlaps = new Set<string>();
    const original = raw.transaction.bind(raw);
    raw.transaction = (stores, mode, options) => {
      const tx = original(stores, mode, options);
      const name = mode ?? "readonly";
      for (const other of open) overlaps.add([name, other].sort().join(" over "));
      open.add(name);
      tx.addEventListener("complete", () => open.delete(name));
      return tx;
    };
    const reads = Array.from({ length: 3 }, () => readSettings(db));
    await Promise.all([
      ...reads,
      acceptTurn(db),
      readSettings(db),
      saveDraft(db, sampleDraft()),
      readSession(db, SESSION),
    ]);
    expect([...overlaps]).toEqual(["readonly over readonly"]);
  });

  test("written bytes are heard after the commit, and only then", async () => {
    const heard: ObservedWrite[] = [];
    const stop = db.observeWrites((write) => heard.push(write));
    await patchSettings(db, { theme: "dark" });
    expect(heard).toEqual([{ store: "settings", bytes: '{"key":"theme","value":"dark","revision":1}'.length }]);
    await problemOf(fullSave(db, { sessionId: SESSION, token: null, update: keep, now: T0 }));
    stop();
    await patchSettings(db, { theme: "light" });
    expect(heard).toHaveLength(1);
  });
});

describe("[P4] versions", () => {
  const newer = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE_NAME, 99);
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error ?? new Error("failed")));
    });

  test("a tab lets go when a newer version upgrades, says so once, and refuses everything from then on", async () => {
    const onNewerVersion = vi.fn<() => void>();
    const old = await openDatabase({ onNewerVersion });
    await db.close();
    await acceptTurn(old);
    (await newer()).close();
    expect(onNewerVersion).toHaveBeenCalledTimes(1);
    const open = vi.spyOn(indexedDB, "open");
    expect(await problemOf(readSession(old, SESSION))).toEqual({
      kind: "newer-version",
      found: 99,
      known: DATABASE_VERSION,
    });
    expect(await problemOf(acceptTurn(old))).toEqual({ kind: "newer-version", found: 99, known: DATABASE_VERSION });
    expect(open).not.toHaveBeenCalled();
  });

  test("an old version does not open a newer database, and says which it found", async () => {
    await db.close();
    (await newer()).close();
    expect(await problemOf(openDatabase())).toEqual({ kind: "newer-version", found: 99, known: DATABASE_VERSION });
  });

  test("a tab that does not let go blocks the upgrade; opening says so and does not hold the database afterwards", async () => {
    await db.close();
    const raw = await newer();
    raw.close();
    freshFactory();
    const stubborn = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(DATABASE_NAME, 1);
      request.addEventListener("upgradeneeded", () => request.result.createObjectStore("old"));
      request.addEventListener("success", () => resolve(request.result));
    });
    const migrations = { version: 2, steps: [() => undefined, () => undefined] };
    expect(await problemOf(openDatabase({ blockedMs: 1, migrations }))).toEqual({ kind: "blocked" });
    const close = vi.spyOn(IDBDatabase.prototype, "close");
    stubborn.close();
    // The request that nobody waits for any more is granted now, and lets go by itself.
    await vi.waitFor(() => expect(close.mock.contexts.map((closed) => (closed as IDBDatabase).version)).toContain(2));
    const opened = await openDatabase({ migrations });
    await opened.close();
  });
});

test("[I3] when the database is deleted under the app, its owner is told, and no empty one takes its place", async () => {
  const onLost = vi.fn<() => void>();
  const open = await openDatabase({ onLost });
  await db.close();
  await deleteDB(DATABASE_NAME);
  expect(onLost).toHaveBeenCalledTimes(1);
  expect((await problemOf(readSettings(open))).kind).toBe("unavailable");
  expect(await indexedDB.databases()).toEqual([]);
});

test("a new database says that it is new, a known one does not", async () => {
  expect(db.wasCreated).toBe(true);
  await fullSave(db, { sessionId: SESSION, token: null, create: newSession(SESSION, T0, null), update: keep, now: T0 });
  await db.close();
  expect((await openDatabase()).wasCreated).toBe(false);
});
