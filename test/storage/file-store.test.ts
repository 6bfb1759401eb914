import { expect, test } from "vitest";

import { listFiles, readFile, removeFile, writeFile } from "#storage/file-store.ts";

import { freshDatabase, id, SESSION, T0 } from "./samples.ts";

test("[C4] [V4] files are kept by session and path, whatever the path is, and replaced as a whole", async () => {
  const db = await freshDatabase();
  const odd = "a/\ud800\0 <b>.md";
  await writeFile(db, { sessionId: SESSION, path: odd, bytes: new Uint8Array([1, 2]), modifiedAt: T0 });
  await writeFile(db, { sessionId: SESSION, path: "b.md", bytes: new Uint8Array([3]), modifiedAt: T0 + 1 });
  await writeFile(db, { sessionId: id("session-10"), path: "b.md", bytes: new Uint8Array([4]), modifiedAt: T0 });
  await writeFile(db, { sessionId: SESSION, path: "b.md", bytes: new Uint8Array([5, 6, 7]), modifiedAt: T0 + 2 });
  expect(await listFiles(db, SESSION)).toEqual([
    { path: odd, size: 2, modifiedAt: T0 },
    { path: "b.md", size: 3, modifiedAt: T0 + 2 },
  ]);
  expect(await readFile(db, SESSION, "b.md")).toEqual(new Uint8Array([5, 6, 7]));
  expect(await readFile(db, id("session-10"), "b.md")).toEqual(new Uint8Array([4]));
  await removeFile(db, SESSION, "b.md");
  await removeFile(db, SESSION, "b.md");
  expect(await readFile(db, SESSION, "b.md")).toBeNull();
  expect(await listFiles(db, id("session-10"))).toHaveLength(1);
});
