import { beforeEach, describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { putBlob, readBlob } from "#storage/blob-store.ts";
import { Database } from "#storage/database.ts";
import { listFiles } from "#storage/file-store.ts";
import { listEntries } from "#storage/index-store.ts";
import { addQueueItem, listQueue } from "#storage/queue-store.ts";
import { fullSave } from "#storage/save.ts";
import { readPath, readSession } from "#storage/session-store.ts";
import { StorageError } from "#storage/storage-error.ts";
import { secondCopyWorld, type Life, type SecondCopyWorld } from "#test/helpers/second-copy-world.ts";

import { acceptTurn, contentOf, id, sampleQueueItem, sampleTurn, SESSION, T0 } from "./samples.ts";

const OTHER = id<SessionId>("session-2");

let world: SecondCopyWorld;
let life: Life;
beforeEach(async () => {
  world = secondCopyWorld();
  life = world.start();
});

async function fill(): Promise<void> {
  const blobId = await putBlob(life.db, new Uint8Array([7, 8]), T0);
  const attachments = [{ blobId, name: "a", mediaType: "text/plain", size: 2, path: "a" }];
  for (const sessionId of [SESSION, OTHER]) {
    for (const seq of [1, 2, 3]) {
      const turn = sampleTurn({ sessionId, seq });
      await acceptTurn(life.db, { ...turn, user: { ...turn.user, attachments } });
      await life.settle();
    }
  }
  await addQueueItem(life.db, sampleQueueItem());
  await life.settle();
}

type Write = (this: Database, ...asked: Parameters<Database["write"]>) => Promise<unknown>;

/** Asks before each write of every connection; what `ask` throws the write fails with. Returns the way back. */
function beforeWrites(ask: (db: Database, stores: readonly string[]) => void): () => void {
  const write = Reflect.get(Database.prototype, "write") as Write;
  const asking: Write = async function (...asked) {
    ask(this, asked[0]);
    return write.apply(this, asked);
  };
  Reflect.set(Database.prototype, "write", asking);
  return () => void Reflect.set(Database.prototype, "write", write);
}

/** From the given number on: the worker, or the disk, is gone. */
function failWritesAfter(count: number): () => void {
  let left = count;
  return beforeWrites(() => {
    if (left-- <= 0) throw new StorageError({ kind: "quota" });
  });
}

const STORES = ["sessions", "turns", "index", "drafts", "queue", "tombstones"] as const;

describe("[R3] [R7] bringing back", () => {
  test("interrupted after any write never shows half a session, and the next start brings all of it", async () => {
    await fill();
    const whole = await contentOf(life.db, ...STORES);
    await life.die();
    for (let step = 0; ; step += 1) {
      world.loseDatabase();
      const heal = failWritesAfter(step);
      const first = world.start();
      // The start goes on with what is there: nobody is locked out by a full disk.
      const { entries } = await listEntries(first.db, null, 9);
      for (const { sessionId } of entries) {
        const session = await readSession(first.db, sessionId);
        expect((await readPath(first.db, sessionId, session?.head ?? 0, 9)).turns).toHaveLength(3);
      }
      const isDone = first.reports.length > 0;
      heal();
      await first.die();
      const second = world.start();
      await listEntries(second.db, null, 9);
      expect(await contentOf(second.db, ...STORES)).toBe(whole);
      await second.die();
      if (isDone) return;
      expect(step).toBeLessThan(20);
    }
  });

  test("two tabs that start at once bring it back once, and both see all of it from the first read on", async () => {
    await fill();
    await life.die();
    world.loseDatabase();
    const [one, two] = [world.start(), world.start()];
    const lists = await Promise.all([listEntries(one.db, null, 9), listEntries(two.db, null, 9)]);
    expect(lists.map(({ entries }) => entries.length)).toEqual([2, 2]);
    expect([...one.reports, ...two.reports]).toHaveLength(1);
    expect((await listQueue(two.db, SESSION)).length).toBe(1);
  });

  test("a damaged record costs itself alone, is told, and stays in the copy", async () => {
    await fill();
    await life.die();
    const log = [...world.files.keys()].filter((name) => name.startsWith("log/"));
    const text = '"text":"question 2"';
    const victim = log.find((name) => new TextDecoder().decode(world.files.get(name)).includes(text)) ?? "";
    const bytes = world.files.get(victim) ?? new Uint8Array();
    const at = new TextDecoder("latin1").decode(bytes).indexOf(text);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    world.loseDatabase();
    const again = world.start();
    expect((await listEntries(again.db, null, 9)).entries).toHaveLength(2);
    expect(again.reports).toMatchObject([{ sessions: 2, turns: 5, unreadable: 1 }]);
    await (await again.copy()).check(again.db);
    expect(world.files.get(victim)).toEqual(bytes);
    expect((await (await again.copy()).status()).lastCheck).toMatchObject({ damaged: 1 });
  });

  test("[D2] a file whose bytes are wrong is not passed off as the right one", async () => {
    await fill();
    await life.die();
    const name = [...world.files.keys()].find((file) => file.startsWith("blobs/")) ?? "";
    world.files.get(name)?.fill(0);
    world.loseDatabase();
    const again = world.start();
    expect(await readBlob(again.db, id(name.slice("blobs/".length)))).toBeNull();
    expect(again.reports).toMatchObject([{ files: 0, unreadable: 1 }]);
    expect(world.files.has(name)).toBe(true);
  });

  test("[W7] a session that went on in two ways keeps the database's way, and the copy keeps the other", async () => {
    await fill();
    await life.die();
    world.loseDatabase();
    // The same session, begun anew where nobody knew of the copy, and not as far on.
    const raw = new Database({});
    const foreign = { ...sampleTurn({ seq: 1 }), id: id<never>("another-turn") };
    await acceptTurn(raw, foreign);
    await raw.close();
    const again = world.start();
    expect((await readPath(again.db, SESSION, 1, 5)).turns[0]?.id).toBe("another-turn");
    expect(again.reports).toMatchObject([{ sessions: 1, conflicts: 1 }]);
    const kept = [...world.files.values()].map((bytes) => new TextDecoder().decode(bytes)).join("");
    expect(kept).toContain("session-1.turn-3");
  });
});

describe("[W9] after a death in the middle of a write", () => {
  test("the log is rotated before the first write, once, and leaves nothing behind", async () => {
    await acceptTurn(life.db);
    await life.settle();
    await life.die();
    const again = world.start();
    const writes: { readonly first: string; readonly store: string }[] = [];
    const end = beforeWrites((db, [store = ""]) => {
      writes.push({ first: db === again.db ? "app" : "copy", store });
    });
    await readSession(again.db, SESSION);
    expect(writes).toEqual([]);
    await fullSave(again.db, { sessionId: SESSION, token: null, update: (session) => session, now: T0 });
    end();
    expect(writes.filter(({ first }) => first === "copy").map(({ store }) => store)).toEqual(Array(6).fill("files"));
    expect(await listFiles(again.db, id("log"))).toEqual([]);
    expect(await contentOf(again.db, "files")).toBe("[[]]");
    await again.settle();
    await again.passTime();
    expect([...world.files.keys()].filter((name) => name.startsWith("writers/"))).toEqual([]);
  });

  test("a quiet end, and a tab that still lives, are no death", async () => {
    await acceptTurn(life.db);
    await life.passTime();
    await life.die();
    const second = world.start();
    await fullSave(second.db, { sessionId: SESSION, token: null, update: (session) => session, now: T0 });
    await second.settle();
    const third = world.start();
    let rotations = 0;
    const end = beforeWrites((_db, [store]) => {
      if (store === "files") rotations += 1;
    });
    await fullSave(third.db, { sessionId: SESSION, token: null, update: (session) => session, now: T0 + 1 });
    end();
    expect(rotations).toBe(0);
  });
});
