import { forceCloseDatabase } from "fake-indexeddb";
import { unwrap } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { openDatabase } from "#storage/database.ts";
import type { Database } from "#storage/database.ts";
import { saveDraft } from "#storage/draft-store.ts";
import { checkpoint } from "#storage/save.ts";
import { readSession } from "#storage/session-store.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import { describeStorageProblem, leavesSaving, StorageError, toStorageError } from "#storage/storage-error.ts";
import type { StorageProblem } from "#storage/storage-error.ts";

import {
  acceptTurn,
  contentOf,
  delta,
  freshDatabase,
  freshFactory,
  problemOf,
  RUN,
  sampleDraft,
  SESSION,
  T0,
} from "./samples.ts";

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

/** From now on the browser aborts every readwrite transaction as it does on a full disk or a broken one. */
async function failWrites(database: Database, error: string): Promise<() => void> {
  const raw = await rawConnection(database);
  const original = raw.transaction.bind(raw);
  raw.transaction = (stores, mode, options) => {
    const tx = original(stores, mode, options);
    if (mode !== "readwrite") return tx;
    const commit = tx.commit.bind(tx);
    tx.commit = () => {
      // Every request succeeded; the disk turns out to be full when the browser writes it all down.
      (tx as unknown as { _abort(name: string): void })._abort(error);
      commit();
    };
    return tx;
  };
  return () => {
    raw.transaction = original;
  };
}

/** The package's own type asks for the class where it takes a connection. */
const forceClose = forceCloseDatabase as unknown as (connection: IDBDatabase) => void;

describe("[W9] when storage fails", () => {
  test.each([
    ["QuotaExceededError", { kind: "quota" }],
    ["UnknownError", { kind: "aborted", detail: "UnknownError" }],
    ["DataError", { kind: "aborted", detail: "DataError" }],
  ])(
    "a %s that arrives with the abort is a typed problem, nothing is written, and reading goes on",
    async (name, problem) => {
      await acceptTurn(db);
      const before = await contentOf(db, "sessions", "turns", "journal", "index");
      const mend = await failWrites(db, name);
      const save = () => checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
      expect(await problemOf(save())).toEqual(problem);
      expect(await problemOf(saveDraft(db, sampleDraft()))).toEqual(problem);
      expect(await contentOf(db, "sessions", "turns", "journal", "index")).toBe(before);
      mend();
      expect((await save()).revision).toBe(2);
    },
  );

  test("a request that fails with a full disk is a full disk, not a nameless abort", async () => {
    const work = db.write(["settings"], "relaxed", async (writing) => {
      await writing.tx.objectStore("settings").count();
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(await problemOf(work)).toEqual({ kind: "quota" });
  });

  test("a mistake in the work itself is not called a storage failure, and nothing of it is written", async () => {
    const work = db.write(["settings"], "relaxed", async (writing) => {
      writing.put("settings", { key: "theme", value: "dark", revision: 1 });
      await writing.get("settings", "theme");
      throw new TypeError("a mistake");
    });
    await expect(work).rejects.toThrow(TypeError);
    expect(await readSettings(db)).toEqual({});
  });

  test("a record that the browser cannot store is refused before it breaks anything", async () => {
    const work = patchSettings(db, { theme: () => "dark" });
    expect((await problemOf(work)).kind).toBe("aborted");
  });

  test("after the browser ended the connection the next call opens a new one by itself", async () => {
    await acceptTurn(db);
    (await rawConnection(db)).close();
    expect((await readSession(db, SESSION))?.revision).toBe(1);
    (await rawConnection(db)).close();
    const saved = await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    expect(saved.revision).toBe(2);
  });

  test("a connection that is lost in the middle of reading is replaced once, then the call fails as closed", async () => {
    let attempts = 0;
    const flaky = (failures: number) =>
      db.read(["settings"], async (tx) => {
        attempts += 1;
        if (attempts <= failures)
          throw new DOMException(
            "Connection to Indexed Database server lost. Refresh the page to try again",
            "UnknownError",
          );
        return tx.objectStore("settings").count();
      });
    expect(await flaky(1)).toBe(0);
    attempts = 0;
    expect(await problemOf(flaky(9))).toEqual({ kind: "closed" });
    expect(attempts).toBe(2);
    expect(await readSettings(db)).toEqual({});
  });

  test("a terminated connection is forgotten at once and its owner is told", async () => {
    const onLost = vi.fn<() => void>();
    freshFactory();
    const lossy = await openDatabase({ onLost });
    const raw = await rawConnection(lossy);
    forceClose(raw);
    await vi.waitFor(() => expect(onLost).toHaveBeenCalledTimes(1));
    expect(await rawConnection(lossy)).not.toBe(raw);
    expect(await readSettings(lossy)).toEqual({});
  });

  test("a connection that is lost under a write fails it as a whole, and the next one works", async () => {
    await acceptTurn(db);
    const raw = await rawConnection(db);
    const write = db.write(["sessions", "settings"], "relaxed", async (writing) => {
      writing.remove("sessions", SESSION);
      await writing.get("sessions", SESSION);
      // What a browser does with what is open before it ends the connection.
      writing.tx.abort();
      forceClose(raw);
      await writing.get("settings", "theme");
    });
    expect((await problemOf(write)).kind).toBe("aborted");
    expect((await readSession(db, SESSION))?.revision).toBe(1);
    expect(await rawConnection(db)).not.toBe(raw);
  });

  test("a database that vanished while the app was open is not replaced by an empty one", async () => {
    await acceptTurn(db);
    (await rawConnection(db)).close();
    freshFactory();
    expect((await problemOf(readSession(db, SESSION))).kind).toBe("unavailable");
    expect(await indexedDB.databases()).toEqual([]);
  });

  test("closing waits for what runs and refuses what comes later", async () => {
    const saving = acceptTurn(db);
    await db.close();
    expect((await saving).revision).toBe(1);
    expect(await problemOf(readSettings(db))).toEqual({ kind: "closed" });
  });

  test("a browser without a database is a typed problem", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    expect(await problemOf(openDatabase())).toEqual({ kind: "unavailable", detail: "SecurityError" });
  });

  test("every problem has a sentence that says what happened and a way out", () => {
    const problems: StorageProblem[] = [
      { kind: "quota" },
      { kind: "low-space" },
      { kind: "blocked" },
      { kind: "closed" },
      { kind: "no-answer" },
      { kind: "aborted", detail: "x" },
      { kind: "corrupt", store: "turns", key: "1", detail: "x" },
      { kind: "newer-version", found: 2, known: 1 },
      { kind: "fenced", held: 1, current: 2 },
      { kind: "deleted" },
      { kind: "not-found" },
      { kind: "unavailable", detail: "x" },
    ];
    for (const problem of problems) expect(describeStorageProblem(problem)).toMatch(/^[A-Z].+\.$/);
    expect(new Set(problems.map(describeStorageProblem)).size).toBe(problems.length);
    expect(toStorageError(new StorageError({ kind: "quota" })).problem).toEqual({ kind: "quota" });
    expect(toStorageError("odd").problem).toEqual({ kind: "aborted", detail: "unknown error" });
  });

  test("[W9] only a record that cannot be read and space that runs low leave saving as it is", () => {
    const leaves = (problem: StorageProblem) => leavesSaving(new StorageError(problem));
    expect(leaves({ kind: "corrupt", store: "turns", key: "1", detail: "x" })).toBe(true);
    expect(leaves({ kind: "low-space" })).toBe(true);
    for (const kind of ["quota", "blocked", "closed", "no-answer"] as const) expect(leaves({ kind })).toBe(false);
    expect(leavesSaving(new Error("odd"))).toBe(false);
  });
});
