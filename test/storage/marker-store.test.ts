import { expect, test } from "vitest";

import { openDatabase } from "#storage/database.ts";
import { clearClosingMarker, readClosingMarker, writeClosingMarker } from "#storage/marker-store.ts";

import { freshDatabase, id, SESSION, T0 } from "./samples.ts";

test("[R4] how a page left is known after a restart, for each of its sessions, until it is cleared", async () => {
  const db = await freshDatabase();
  await writeClosingMarker(db, { sessionIds: [SESSION, id("other")], cause: "update", at: T0 });
  await writeClosingMarker(db, { sessionIds: [SESSION], cause: "page-closed", at: T0 + 1 });
  await db.close();
  const reopened = await openDatabase();
  expect(await readClosingMarker(reopened, SESSION)).toEqual({ sessionId: SESSION, cause: "page-closed", at: T0 + 1 });
  await clearClosingMarker(reopened, SESSION);
  await clearClosingMarker(reopened, SESSION);
  expect(await readClosingMarker(reopened, SESSION)).toBeNull();
  expect((await readClosingMarker(reopened, id("other")))?.cause).toBe("update");
});
