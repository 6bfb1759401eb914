import { beforeEach, describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { putBlob, readBlob } from "#storage/blob-store.ts";
import { listConnections, readConnectionWithKey, saveConnection } from "#storage/connection-store.ts";
import { Database } from "#storage/database.ts";
import { readDraft, saveDraft } from "#storage/draft-store.ts";
import { listEntries } from "#storage/index-store.ts";
import { addQueueItem, listQueue } from "#storage/queue-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { deleteSession, purgeDeleted, undeleteSession } from "#storage/session-deletion.ts";
import { readPath, readSession } from "#storage/session-store.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import { secondCopyWorld, type Life, type SecondCopyWorld } from "#test/helpers/second-copy-world.ts";

import {
  acceptTurn,
  delta,
  id,
  RUN,
  sampleDraft,
  sampleQueueItem,
  sampleTurn,
  SESSION,
  settled,
  T0,
} from "./samples.ts";

const OTHER = id<SessionId>("session-2");

let world: SecondCopyWorld;
let life: Life;
beforeEach(() => {
  world = secondCopyWorld();
  life = world.start();
});

/** The database is gone and the app starts again. */
async function loseAndStart(): Promise<Life> {
  await life.settle();
  await life.die();
  world.loseDatabase();
  return world.start();
}

async function settleTurn(life: Life, sessionId = SESSION, seq = 1): Promise<void> {
  const turn = sampleTurn({ sessionId, seq });
  await acceptTurn(life.db, turn);
  await fullSave(life.db, { sessionId, token: null, update: settled, turns: [turn], settledRuns: [RUN], now: T0 + 1 });
}

test("[R6] a message that was accepted and one that waits in the queue are in the copy at once", async () => {
  await life.copy();
  await acceptTurn(life.db, sampleTurn());
  await addQueueItem(life.db, sampleQueueItem());
  await life.atOnce();
  await life.die();
  world.loseDatabase();
  const { db } = world.start();
  expect((await readPath(db, SESSION, 1, 10)).turns).toMatchObject([{ user: sampleTurn().user }]);
  expect(await listQueue(db, SESSION)).toHaveLength(1);
});

describe("[W9] [R3] a lost database comes back from its second copy", () => {
  test("sessions with their turns, the list, drafts, what waits, files and settings are as they were", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const blobId = await putBlob(life.db, bytes, T0);
    const attachments = [{ blobId, name: "a", mediaType: "text/plain", size: 3, path: "a" }];
    const turn = sampleTurn();
    await acceptTurn(life.db, { ...turn, user: { ...turn.user, attachments } });
    await acceptTurn(life.db, sampleTurn({ sessionId: OTHER }));
    await acceptTurn(life.db, sampleTurn({ sessionId: OTHER, seq: 2 }));
    await saveDraft(life.db, sampleDraft());
    await addQueueItem(life.db, sampleQueueItem());
    await patchSettings(life.db, { theme: "dark" });
    const before = await Promise.all([readSession(life.db, SESSION), readPath(life.db, OTHER, 2, 10)]);

    const again = await loseAndStart();
    expect(await readSession(again.db, SESSION)).toEqual(before[0]);
    expect(await readPath(again.db, OTHER, 2, 10)).toEqual(before[1]);
    expect((await listEntries(again.db, null, 10)).entries.map((entry) => entry.sessionId)).toEqual([OTHER, SESSION]);
    expect((await readDraft(again.db, SESSION))?.text).toBe("half a");
    expect(await listQueue(again.db, SESSION)).toHaveLength(1);
    expect(await readBlob(again.db, blobId)).toEqual(bytes);
    expect(await readSettings(again.db)).toMatchObject({ theme: "dark" });
    expect(again.reports).toMatchObject([
      { wasLost: true, sessions: 2, turns: 3, files: 1, drafts: 1, queued: 1, settings: 1, unreadable: 0 },
    ]);
  });

  test("nothing is read from the database before it is back", async () => {
    await settleTurn(life);
    const again = await loseAndStart();
    const [first, second] = await Promise.all([readSession(again.db, SESSION), listEntries(again.db, null, 5)]);
    expect(first?.id).toBe(SESSION);
    expect(second.entries).toHaveLength(1);
  });

  test("a second loss finds the same again, with what was saved after the first", async () => {
    await settleTurn(life);
    life = await loseAndStart();
    await acceptTurn(life.db, sampleTurn({ seq: 2 }));
    const again = await loseAndStart();
    expect((await readPath(again.db, SESSION, 2, 10)).turns).toHaveLength(2);
  });

  test("a first visit restores nothing and says nothing", async () => {
    expect((await listEntries(life.db, null, 5)).entries).toEqual([]);
    expect(life.reports).toEqual([]);
  });

  test("a start with its database in order restores nothing and reads no segment", async () => {
    await settleTurn(life);
    await life.passTime();
    await life.die();
    const again = world.start();
    const reads: string[] = [];
    const read = again.folder.read.bind(again.folder);
    again.folder.read = (part, name) => {
      reads.push(part);
      return read(part, name);
    };
    await readSession(again.db, SESSION);
    await patchSettings(again.db, { theme: "dark" });
    expect(reads).toEqual([]);
    expect(again.reports).toEqual([]);
  });
});

describe("[W7] what was removed stays removed", () => {
  test("a deleted session stays deleted, and its deletion can still be undone", async () => {
    await settleTurn(life);
    await deleteSession(life.db, SESSION, T0 + 5);
    const again = await loseAndStart();
    expect((await listEntries(again.db, null, 5)).entries).toEqual([]);
    expect(again.reports).toMatchObject([{ sessions: 0, deleted: 1 }]);
    await undeleteSession(again.db, SESSION, T0 + 9);
    expect((await readPath(again.db, SESSION, 1, 5)).turns).toHaveLength(1);
  });

  test("a session that was removed for good is gone from the copy too, and cannot be brought back", async () => {
    const [mine, theirs] = [new Uint8Array([1]), new Uint8Array([2])];
    const attach = async (sessionId: SessionId, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
      const turn = sampleTurn({ sessionId });
      const blobId = await putBlob(life.db, bytes, T0);
      const attachments = [{ blobId, name: "a", mediaType: "text/plain", size: 1, path: "a" }];
      await acceptTurn(life.db, { ...turn, user: { ...turn.user, attachments } });
    };
    await attach(SESSION, mine);
    await attach(OTHER, theirs);
    await life.settle();
    await deleteSession(life.db, SESSION, T0 + 5);
    await purgeDeleted(life.db, T0 + 10);
    await life.settle();
    const kept = [...world.files.values()].map((bytes) => new TextDecoder().decode(bytes)).join("");
    expect(kept).not.toContain(`${SESSION}.message-1`);
    expect(kept).toContain(`${OTHER}.message-1`);
    const files = [...world.files].filter(([name]) => name.startsWith("blobs/")).map(([, bytes]) => [...bytes]);
    expect(files).toEqual([[2]]);
    const again = await loseAndStart();
    expect(await readSession(again.db, SESSION)).toBeNull();
    await expect(acceptTurn(again.db)).rejects.toMatchObject({ problem: { kind: "deleted" } });
  });

  test("a message that was sent from the queue does not wait again", async () => {
    await settleTurn(life);
    await addQueueItem(life.db, sampleQueueItem());
    await life.settle();
    const turn = { ...sampleTurn({ seq: 2 }), id: id<never>("queued-1") };
    await fullSave(life.db, {
      sessionId: SESSION,
      token: null,
      update: (session) => ({ ...session, head: 2, nextSeq: 3 }),
      turns: [turn],
      removeQueueItem: id("queued-1"),
      now: T0 + 2,
    });
    const again = await loseAndStart();
    expect(await listQueue(again.db, SESSION)).toEqual([]);
    expect((await readPath(again.db, SESSION, 2, 5)).turns).toHaveLength(2);
  });
});

describe("[W4] the newer one wins, record by record", () => {
  test("a database that lost its last writes gets them back and keeps what only it has", async () => {
    await settleTurn(life);
    await life.settle();
    const older = await snapshotOf(life);
    await acceptTurn(life.db, sampleTurn({ seq: 2 }));
    await life.settle();
    await life.die();
    // The same database as it was before the last write, with a session in it that the copy does not know.
    world.loseDatabase();
    const raw = new Database({});
    await older.putInto(raw);
    await acceptTurn(raw, sampleTurn({ sessionId: OTHER }));
    await raw.close();

    const again = world.start();
    expect((await readPath(again.db, SESSION, 2, 5)).turns.map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await readPath(again.db, OTHER, 1, 5)).turns).toHaveLength(1);
    expect(again.reports).toMatchObject([{ wasLost: false, sessions: 1, turns: 1 }]);
  });

  test("a database that turns out to be behind gets the rest by the comparison", async () => {
    await settleTurn(life);
    await life.settle();
    const older = await snapshotOf(life);
    await acceptTurn(life.db, sampleTurn({ seq: 2 }));
    await life.passTime();
    await life.die();
    world.loseDatabase();
    // As a tail of zeros leaves it: older than the copy, with its note, and after a quiet end.
    const raw = new Database({});
    await older.putInto(raw);
    await patchSettings(raw, { secondCopy: { since: 1 } });
    await raw.close();
    const again = world.start();
    expect((await readPath(again.db, SESSION, 2, 5)).turns).toEqual([]);
    const result = await (await again.copy()).check(again.db);
    expect(result).toMatchObject({ restored: { wasLost: false, sessions: 1, turns: 1 } });
    expect((await readPath(again.db, SESSION, 2, 5)).turns).toHaveLength(2);
    expect((await (await again.copy()).check(again.db))?.restored).toBeNull();
  });

  test("a newer database is left as it is", async () => {
    await settleTurn(life);
    await life.settle();
    await life.die();
    const unseen = world.start();
    await fullSave(unseen.db, {
      sessionId: SESSION,
      token: null,
      update: (session) => ({ ...session, title: "Newer" }),
      now: T0 + 9,
    });
    // It dies before the copy hears of it.
    await unseen.die();
    const again = world.start();
    expect((await readSession(again.db, SESSION))?.title).toBe("Newer");
    expect(await (await again.copy()).check(again.db)).toMatchObject({ caughtUp: 1 });
    life = again;
    const third = await loseAndStart();
    expect((await readSession(third.db, SESSION))?.title).toBe("Newer");
  });
});

/** The sessions and turns of a database, to be put into another one past every check. */
async function snapshotOf(life: Life) {
  const stores = ["sessions", "turns", "index"] as const;
  const rows = await life.db.read([...stores], (tx) =>
    Promise.all(stores.map((store) => tx.objectStore(store).getAll())),
  );
  return {
    async putInto(db: Database): Promise<void> {
      await db.write([...stores], "strict", async (writing) => {
        for (const [at, store] of stores.entries()) for (const row of rows[at] ?? []) writing.put(store, row);
      });
    },
  };
}

describe("[W3] the copy stays off the path of a save", () => {
  test("a save neither waits for the copy nor fails with it; the trouble is told, and what was missed comes later", async () => {
    await settleTurn(life);
    await life.settle();
    life.folder.isFull = true;
    await settleTurn(life, OTHER);
    await life.settle();
    const copy = await life.copy();
    expect((await copy.status()).trouble).toMatchObject({ name: "QuotaExceededError" });
    expect((await copy.status()).waiting).toBeGreaterThan(0);
    life.folder.isFull = false;
    await life.settle();
    expect(await copy.status()).toMatchObject({ trouble: null, waiting: 0 });
    const again = await loseAndStart();
    expect(await readSession(again.db, OTHER)).not.toBeNull();
  });

  test("checkpoints write nothing to the copy", async () => {
    await acceptTurn(life.db);
    await life.settle();
    const before = (await (await life.copy()).status()).bytes;
    for (let seq = 1; seq <= 20; seq += 1) {
      await checkpoint(life.db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(seq, "a")], now: T0 + seq });
    }
    await life.settle();
    expect((await (await life.copy()).status()).bytes).toBe(before);
  });
});

describe("[Z1] keys of providers", () => {
  test("are nowhere in the copy, and a connection that comes back says that it has none", async () => {
    const fields = {
      id: id<never>("c1"),
      preset: "openai" as const,
      label: "Mine",
      baseUrl: "https://api.example.com/v1",
      model: "m",
      updatedAt: T0,
    };
    await saveConnection(life.db, fields, "sk-very-secret-key-abcd");
    await life.settle();
    const kept = [...world.files.values()].map((bytes) => new TextDecoder().decode(bytes)).join("");
    expect(kept).toContain("api.example.com");
    expect(kept).not.toContain("very-secret");
    expect(kept).not.toContain("ciphertext");
    const again = await loseAndStart();
    expect(await listConnections(again.db)).toMatchObject([{ label: "Mine", keyHint: null }]);
    expect((await readConnectionWithKey(again.db, id("c1")))?.apiKey).toBeNull();
  });
});
