import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { Database } from "#storage/database.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import { StorageError, type StorageProblem } from "#storage/storage-error.ts";

import { everyWrite, faultyDisk, oneFault, type Fault, type FaultyDisk, type Operation } from "./faulty-disk.ts";
import { countTasks, quiet } from "./quiet-loop.ts";

countTasks();

let disk: FaultyDisk;
let db: Database;
const open: Database[] = [];

function join(): Database {
  const joined = new Database({ name: disk.join().name });
  open.push(joined);
  return joined;
}

beforeEach(async () => {
  disk = faultyDisk("faulty");
  globalThis.indexedDB = disk.factory;
  db = join();
  await patchSettings(db, { theme: "dark" });
});
afterEach(async () => {
  disk.plan = () => null;
  disk.release();
  await Promise.race([Promise.all(open.splice(0).map((each) => each.close())), quiet()]);
});

const isWrite = ({ what }: Operation): boolean => what === "write";

async function problemOf(work: Promise<unknown>): Promise<StorageProblem["kind"] | "none" | "other"> {
  return work.then(
    () => "none" as const,
    (cause: unknown) => (cause instanceof StorageError ? cause.problem.kind : ("other" as const)),
  );
}

/** What another process finds. */
async function stored(): Promise<unknown> {
  return (await readSettings(join()))["theme"];
}

describe("a disk that is allowed to fail", () => {
  test.each<[string, Fault, StorageProblem["kind"] | "none", string]>([
    ["a request that fails", { kind: "fail", at: "request", name: "UnknownError" }, "aborted", "dark"],
    ["a commit that finds no space", { kind: "fail", at: "commit", name: "QuotaExceededError" }, "quota", "dark"],
    ["a commit that the browser aborts", { kind: "fail", at: "commit", name: "AbortError" }, "aborted", "dark"],
    ["a connection lost in the commit", { kind: "lose", at: "commit" }, "closed", "dark"],
    ["a connection lost after the commit", { kind: "lose", at: "committed" }, "closed", "light"],
    ["a connection lost before the transaction, which is replaced", { kind: "lose", at: "begin" }, "none", "light"],
  ])("%s: what the writer hears, and what is stored", async (_name, fault, problem, theme) => {
    disk.plan = oneFault(fault, 1, isWrite);
    expect(await problemOf(patchSettings(db, { theme: "light" }))).toBe(problem);
    expect(disk.injected.map((entry) => entry.fault)).toEqual([fault]);
    expect(await stored()).toBe(theme);
    await patchSettings(db, { theme: "system" });
    expect(await stored()).toBe("system");
  });

  test.each<[Fault, string]>([
    [{ kind: "die", at: "begin" }, "dark"],
    [{ kind: "die", at: "commit" }, "dark"],
    [{ kind: "die", at: "committed" }, "light"],
  ])("a process that dies at %o hears nothing more, and what it had committed stays", async (fault, theme) => {
    const dead: number[] = [];
    disk.onDeath = (client) => dead.push(client);
    disk.plan = oneFault(fault, 1, isWrite);
    let heard = 0;
    const listen = (work: Promise<unknown>): void => void work.catch(() => undefined).finally(() => heard++);
    listen(patchSettings(db, { theme: "light" }));
    listen(readSettings(db));
    await quiet();
    listen(readSettings(db));
    await quiet();
    expect(heard).toBe(0);
    expect(dead).toEqual([0]);
    expect(await stored()).toBe(theme);
  });

  test("what is held has not begun, holds up what overlaps it, and goes on when it is released", async () => {
    const other = join();
    await readSettings(other);
    disk.plan = oneFault({ kind: "hold" }, 1, isWrite);
    const order: string[] = [];
    const first = patchSettings(db, { theme: "light" }).then(() => order.push("held"));
    await quiet();
    const second = patchSettings(other, { theme: "system" }).then(() => order.push("behind it"));
    await quiet();
    expect(order).toEqual([]);
    expect(disk.held).toBe(1);
    disk.release();
    await Promise.all([first, second]);
    expect(order).toEqual(["held", "behind it"]);
    expect(disk.held).toBe(0);
  });

  test("a process that hangs has written, holds nobody up, and hears of it when it goes on", async () => {
    disk.plan = oneFault({ kind: "stall" }, 1, isWrite);
    let isTold = false;
    const hanging = patchSettings(db, { theme: "light" }).then(() => (isTold = true));
    await quiet();
    expect(isTold).toBe(false);
    expect(await stored()).toBe("light");
    await patchSettings(join(), { theme: "system" });
    disk.release();
    await hanging;
    expect(await stored()).toBe("system");
  });

  test("a process that dies while its write is held lets the others go on", async () => {
    const client = disk.join();
    const dying = new Database({ name: client.name });
    await readSettings(dying);
    disk.plan = oneFault({ kind: "hold" }, 1, isWrite);
    void patchSettings(dying, { theme: "light" });
    await quiet();
    const behind = patchSettings(db, { theme: "system" });
    await quiet();
    client.die();
    await behind;
    expect(disk.held).toBe(0);
    expect(await stored()).toBe("system");
  });

  test("a process that dies while it makes the database leaves none, and the next one makes it", async () => {
    disk = faultyDisk("new");
    globalThis.indexedDB = disk.factory;
    const client = disk.join();
    void readSettings(new Database({ name: client.name }));
    await new Promise((resolve) => setImmediate(resolve));
    client.die();
    await patchSettings(join(), { theme: "light" });
    expect(await stored()).toBe("light");
  });

  test("a connection that cannot be opened is told as such, and the next try works", async () => {
    disk.plan = oneFault({ kind: "fail", at: "request", name: "UnknownError" }, 1, ({ what }) => what === "open");
    const fresh = join();
    expect(await problemOf(readSettings(fresh))).toBe("unavailable");
    expect((await readSettings(fresh))["theme"]).toBe("dark");
  });

  test("a full disk fails every write and no read", async () => {
    disk.plan = everyWrite("QuotaExceededError");
    expect(await problemOf(patchSettings(db, { theme: "light" }))).toBe("quota");
    expect(await problemOf(patchSettings(db, { theme: "light" }))).toBe("quota");
    expect((await readSettings(db))["theme"]).toBe("dark");
  });

  test("operations are numbered by what they are for", async () => {
    const seen: string[] = [];
    disk.plan = ({ what, purpose, nth }) => {
      seen.push(`${what} ${purpose} ${nth}`);
      return null;
    };
    await patchSettings(db, { theme: "light" });
    await readSettings(db);
    await readSettings(join());
    expect(seen).toEqual(["write other 2", "read other 1", "open other 2", "read other 2"]);
    expect(disk.records("settings")).toMatchObject([{ key: "theme", value: "light" }]);
  });
});
