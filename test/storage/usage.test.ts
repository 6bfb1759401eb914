import { expect, test } from "vitest";

import { putBlob } from "#storage/blob-store.ts";
import { byteSize } from "#storage/byte-size.ts";
import { estimateUsage } from "#storage/usage.ts";

import { acceptTurn, freshDatabase, id, sampleTurn, T0 } from "./samples.ts";

test("usage is near what was stored, and costs no more with more records", async () => {
  const db = await freshDatabase();
  let written = 0;
  db.observeWrites(({ store, bytes }) => (written += store === "turns" ? bytes : 0));
  for (let at = 0; at < 60; at += 1)
    await acceptTurn(db, sampleTurn({ sessionId: id(`s${at}`), text: "x".repeat(1000) }));
  await putBlob(db, new Uint8Array(5000), T0);
  const usage = new Map((await estimateUsage(db)).map((store) => [store.store, store]));
  expect(usage.get("turns")?.records).toBe(60);
  expect(Math.abs((usage.get("turns")?.bytes ?? 0) - written)).toBeLessThan(written * 0.02);
  expect(usage.get("blobs")?.bytes).toBeGreaterThanOrEqual(5000);
  expect(usage.get("journal")).toEqual({ store: "journal", records: 0, bytes: 0 });
});

test("the size of a record is that of its JSON in UTF-8, and binary counts by its bytes", () => {
  expect(byteSize({ a: "ä€" })).toBe('{"a":""}'.length + 2 + 3);
  expect(byteSize({ bytes: new Uint8Array(100) })).toBe('{"bytes":""}'.length + 100);
  expect(byteSize("\ud800\0")).toBeGreaterThan(2);
  expect(byteSize(undefined)).toBe(0);
});
