import { beforeEach, expect, test } from "vitest";

import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";

import { freshDatabase } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

test("settings survive a restart; before anything was set there are none", async () => {
  expect(await readSettings(db)).toEqual({});
  await patchSettings(db, { theme: "dark", stepLimit: 7, defaultModel: { provider: "built-in", model: "built-in" } });
  await db.close();
  db = await openDatabase();
  expect(await readSettings(db)).toEqual({
    theme: "dark",
    stepLimit: 7,
    defaultModel: { provider: "built-in", model: "built-in" },
  });
});

test("[W11] two tabs that change two settings at the same time both keep theirs", async () => {
  const other = await openDatabase();
  await Promise.all([patchSettings(db, { theme: "dark" }), patchSettings(other, { enterSends: false })]);
  expect(await readSettings(db)).toEqual({ theme: "dark", enterSends: false });
  await other.close();
});

test("[W11] a key's revision grows with every change of that key alone; an undefined value changes nothing", async () => {
  await patchSettings(db, { theme: "dark" });
  expect(await patchSettings(db, { theme: undefined, stepLimit: 3 })).toEqual({ theme: "dark", stepLimit: 3 });
  await patchSettings(db, { theme: "light" });
  const rows = await db.read(["settings"], (tx) => tx.objectStore("settings").getAll());
  expect(rows.map((row) => [row.key, row.revision])).toEqual([
    ["stepLimit", 1],
    ["theme", 2],
  ]);
});
