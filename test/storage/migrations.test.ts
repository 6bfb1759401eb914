import { expect, test } from "vitest";

import { openDatabase } from "#storage/database.ts";
import { DATABASE_VERSION, MIGRATIONS } from "#storage/migrations.ts";
import type { MigrationStep } from "#storage/migrations.ts";
import { readSession } from "#storage/session-store.ts";

import { acceptTurn, ALL_STORES, contentOf, freshDatabase, freshFactory, problemOf, SESSION, T0 } from "./samples.ts";

/** A step as a later version may have it: it rewrites records and needs the step before it to have ended. */
const rename: MigrationStep = async (_database, tx) => {
  const store = tx.objectStore("sessions");
  for (const session of await store.getAll()) await store.put({ ...session, title: `${session.title} (moved)` });
};

test("[W8] each store of the schema exists in a new database, and nothing else", async () => {
  const db = await freshDatabase();
  expect([...(await db.connect()).objectStoreNames].toSorted()).toEqual(ALL_STORES.toSorted());
});

test("[W8] a database of an older version keeps everything through the steps that it lacks, each run once and in order", async () => {
  const db = await freshDatabase();
  await acceptTurn(db);
  await db.close();
  const migrations = { version: DATABASE_VERSION + 2, steps: [...MIGRATIONS, rename, rename] };
  const moved = await openDatabase({ migrations });
  expect(await readSession(moved, SESSION)).toMatchObject({
    title: "New session (moved) (moved)",
    revision: 1,
    updatedAt: T0,
  });
  await moved.close();
  const again = await openDatabase({ migrations });
  expect((await readSession(again, SESSION))?.title).toBe("New session (moved) (moved)");
  await again.close();
});

test("[W8] a step that fails changes nothing: the older database stays as it was", async () => {
  const db = await freshDatabase();
  await acceptTurn(db);
  const before = await contentOf(db, "sessions", "turns", "index");
  await db.close();
  const broken: MigrationStep = async () => {
    throw new Error("broken");
  };
  const migrations = { version: DATABASE_VERSION + 2, steps: [...MIGRATIONS, rename, broken] };
  expect((await problemOf(openDatabase({ migrations }))).kind).toBe("unavailable");
  const old = await openDatabase();
  expect(await contentOf(old, "sessions", "turns", "index")).toBe(before);
  await old.close();
});

test("a first visit runs every step", async () => {
  freshFactory();
  const db = await openDatabase({ migrations: { version: DATABASE_VERSION + 1, steps: [...MIGRATIONS, rename] } });
  expect((await db.connect()).version).toBe(DATABASE_VERSION + 1);
  await db.close();
});
