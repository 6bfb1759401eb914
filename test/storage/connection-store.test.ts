import { beforeEach, expect, test } from "vitest";

import type { Connection } from "#domain/model.ts";
import { listConnections, readConnectionWithKey, removeConnection, saveConnection } from "#storage/connection-store.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";

import { ALL_STORES, contentOf, freshDatabase, id, plant, T0 } from "./samples.ts";

const KEY = "sk-very-secret-key-0123456789-WXYZ";
const FIELDS: Omit<Connection, "keyHint"> = {
  id: id("connection-1"),
  preset: "custom",
  label: "Mine",
  baseUrl: "https://models.example/v1",
  model: "model-1",
  updatedAt: T0,
};

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const readKey = async () => (await readConnectionWithKey(db, FIELDS.id))?.apiKey;

test("a connection and its key survive a restart; the list shows no more of the key than its end", async () => {
  const saved = await saveConnection(db, FIELDS, KEY);
  expect(saved).toEqual({ ...FIELDS, keyHint: "WXYZ" });
  await db.close();
  db = await openDatabase();
  expect(await listConnections(db)).toEqual([saved]);
  expect(await readConnectionWithKey(db, FIELDS.id)).toEqual({ connection: saved, apiKey: KEY });
  expect(await readConnectionWithKey(db, id("unknown"))).toBeNull();
});

test("[Z1] the key is in no record of any store, neither as text nor as bytes", async () => {
  await saveConnection(db, FIELDS, KEY);
  const everything = await db.read(ALL_STORES, (tx) =>
    Promise.all(ALL_STORES.map((store) => tx.objectStore(store).getAll())),
  );
  const bytes: Uint8Array[] = [];
  const text = JSON.stringify(everything, (_key, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    bytes.push(value);
    return "bytes";
  });
  expect(text).not.toContain(KEY.slice(0, 12));
  expect(bytes.length).toBeGreaterThan(0);
  for (const part of bytes) expect(Buffer.from(part).toString("latin1")).not.toContain(KEY.slice(0, 12));
  const vault = await db.read(["vault"], (tx) => tx.objectStore("vault").getAll());
  expect(vault.map((entry) => entry.key.extractable)).toEqual([false]);
});

test("[Z1] a short key gives nothing of itself away", async () => {
  expect((await saveConnection(db, FIELDS, "short")).keyHint).not.toMatch(/[a-z]/);
  expect(await readKey()).toBe("short");
});

test("[Z1] a key is bound to the origin that it was given for: a record that was moved does not open it", async () => {
  await saveConnection(db, FIELDS, KEY);
  await plant(db, "connections", { ...FIELDS, baseUrl: "https://evil.example/v1", keyHint: "WXYZ" });
  expect(await readKey()).toBeNull();
  await plant(db, "connections", { ...FIELDS, keyHint: "WXYZ" });
  expect(await readKey()).toBe(KEY);
});

test("[Z1] a key does not open under another connection", async () => {
  await saveConnection(db, FIELDS, KEY);
  const other = { ...FIELDS, id: id<never>("connection-2") };
  await saveConnection(db, other, null);
  const [secret] = await db.read(["secrets"], (tx) => tx.objectStore("secrets").getAll());
  await plant(db, "secrets", { ...secret, connectionId: "connection-2" });
  expect((await readConnectionWithKey(db, other.id))?.apiKey).toBeNull();
});

test("[Z1] editing keeps the key within its origin and drops it with another one", async () => {
  await saveConnection(db, FIELDS, KEY);
  const renamed = await saveConnection(
    db,
    { ...FIELDS, label: "Renamed", baseUrl: "https://models.example/v2" },
    undefined,
  );
  expect(renamed.keyHint).toBe("WXYZ");
  expect(await readKey()).toBe(KEY);
  const moved = await saveConnection(db, { ...FIELDS, baseUrl: "https://elsewhere.example/v1" }, undefined);
  expect(moved.keyHint).toBeNull();
  expect(await readKey()).toBeNull();
  expect(await contentOf(db, "secrets")).toBe("[[]]");
  await saveConnection(db, FIELDS, undefined);
  expect(await readKey()).toBeNull();
});

test("a key can be replaced and removed, and goes with its connection", async () => {
  await saveConnection(db, FIELDS, KEY);
  await saveConnection(db, FIELDS, "another-key-of-some-length");
  expect(await readKey()).toBe("another-key-of-some-length");
  expect((await saveConnection(db, FIELDS, null)).keyHint).toBeNull();
  expect(await readKey()).toBeNull();
  await saveConnection(db, FIELDS, KEY);
  await removeConnection(db, FIELDS.id);
  expect(await listConnections(db)).toEqual([]);
  expect(await contentOf(db, "connections", "secrets")).toBe("[[],[]]");
});

test("two tabs that save their first keys at the same time can both be read", async () => {
  const other = await openDatabase();
  await Promise.all([
    saveConnection(db, FIELDS, KEY),
    saveConnection(other, { ...FIELDS, id: id("connection-2") }, "key-of-the-other-tab"),
  ]);
  expect(await readKey()).toBe(KEY);
  expect((await readConnectionWithKey(db, id("connection-2")))?.apiKey).toBe("key-of-the-other-tab");
  await other.close();
});

test("[Z1] an address without an origin is refused, and the refusal does not hold the key", async () => {
  const refused = saveConnection(db, { ...FIELDS, baseUrl: "models.example/v1" }, KEY);
  await expect(refused).rejects.toThrow(RangeError);
  await expect(refused).rejects.not.toThrow(KEY);
  expect(await listConnections(db)).toEqual([]);
});
