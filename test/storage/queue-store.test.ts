import { beforeEach, expect, test } from "vitest";

import type { QueueItemId } from "#domain/ids.ts";
import type { Database } from "#storage/database.ts";
import { openDatabase } from "#storage/database.ts";
import {
  addQueueItem,
  editQueueItem,
  listQueue,
  listQueued,
  QUEUE_CAP,
  removeQueueItem,
} from "#storage/queue-store.ts";

import { freshDatabase, id, plant, sampleQueueItem, SESSION } from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

const item = (at: number) => sampleQueueItem({ id: id(`item-${at}`), text: `text ${at}` });
const texts = async () => (await listQueue(db, SESSION)).map((queued) => queued.text);

test("[C5] messages wait in the order in which they were added, also from two tabs at once, and after a restart", async () => {
  const other = await openDatabase();
  const added = await Promise.all(
    Array.from({ length: 12 }, (_, at) => addQueueItem(at % 2 === 0 ? db : other, item(at))),
  );
  const positions = added.flatMap((result) => (result.kind === "added" ? [result.item.position] : []));
  expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
  await other.close();
  await db.close();
  db = await openDatabase();
  const queue = await listQueue(db, SESSION);
  expect(queue.map((queued) => queued.position)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
});

test("[C5] the same item twice is one item", async () => {
  await addQueueItem(db, item(1));
  await addQueueItem(db, item(2));
  expect(await addQueueItem(db, item(1))).toEqual({ kind: "added", item: { ...item(1), position: 1 } });
  expect(await texts()).toEqual(["text 1", "text 2"]);
});

test("a full queue refuses, keeps what it has, and other sessions are not full", async () => {
  for (let at = 0; at < QUEUE_CAP; at += 1) await addQueueItem(db, item(at));
  expect(await addQueueItem(db, item(99))).toEqual({ kind: "full" });
  expect(await listQueue(db, SESSION)).toHaveLength(QUEUE_CAP);
  const elsewhere = sampleQueueItem({ id: id("elsewhere"), sessionId: id("session-2") });
  expect((await addQueueItem(db, elsewhere)).kind).toBe("added");
  expect((await listQueued(db)).toSorted()).toEqual([SESSION, "session-2"]);
});

test("a place that became free in the middle or at the end is not taken before those that wait", async () => {
  for (const at of [1, 2, 3]) await addQueueItem(db, item(at));
  expect(await removeQueueItem(db, id("item-2"))).toBe(true);
  expect(await removeQueueItem(db, id("item-2"))).toBe(false);
  await addQueueItem(db, { ...item(4), id: id("before-the-others-by-name") });
  expect(await texts()).toEqual(["text 1", "text 3", "text 4"]);
});

test("a waiting message can get another text; one that was sent cannot", async () => {
  await addQueueItem(db, item(1));
  expect(await editQueueItem(db, id("item-1"), "better")).toMatchObject({ text: "better", position: 1 });
  expect(await texts()).toEqual(["better"]);
  await removeQueueItem(db, id("item-1"));
  expect(await editQueueItem(db, id<QueueItemId>("item-1"), "late")).toBeNull();
  expect(await texts()).toEqual([]);
});

test("[R3] an item that cannot be read takes no other with it", async () => {
  await addQueueItem(db, item(1));
  await plant(db, "queue", { ...item(2), position: 2, text: 5 });
  expect(await texts()).toEqual(["text 1"]);
});
