import { beforeEach, describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { turnStatus } from "#domain/turn.ts";
import { sessionCodec, turnCodec } from "#storage/codec.ts";
import type { Database } from "#storage/database.ts";
import { readDraft } from "#storage/draft-store.ts";
import { readEntry } from "#storage/index-store.ts";
import { repairRecords } from "#storage/repair.ts";
import { fullSave } from "#storage/save.ts";
import type { StoreName } from "#storage/schema.ts";
import { deleteSession, purgeDeleted } from "#storage/session-deletion.ts";
import { readPath, readSession, readTurn } from "#storage/session-store.ts";

import { acceptTurn, contentOf, freshDatabase, id, plant, sampleTurn, SESSION, settled, T0 } from "./samples.ts";

const NOW = T0 + 1000;
const DATA: StoreName[] = ["sessions", "turns", "index", "drafts", "queue", "approvals", "connections"];

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

/** Three questions in a row, all settled. */
async function threeTurns(): Promise<void> {
  for (const seq of [1, 2, 3]) {
    await acceptTurn(db, sampleTurn({ seq }));
    await fullSave(db, { sessionId: SESSION, token: null, update: settled, now: T0 });
  }
}

async function rowOf(store: "sessions" | "turns", key: IDBValidKey): Promise<object> {
  const row: unknown = await db.read([store], (tx) => tx.objectStore(store).get(IDBKeyRange.only(key)));
  return Object(row) as object;
}

const asideRows = () => db.read(["aside"], (tx) => tx.objectStore("aside").getAll());

describe("a repair", () => {
  test("[W10] of what can be read changes nothing", async () => {
    await threeTurns();
    const before = await contentOf(db, ...DATA);
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 0, rebuilt: 0, left: 0 });
    expect(await contentOf(db, ...DATA)).toBe(before);
  });

  test("[R3] joins the path again where one turn in its middle cannot be read, and keeps that record as it was", async () => {
    await threeTurns();
    const broken = { ...(await rowOf("turns", [SESSION, 2])), steps: "gone", parts: [{ kind: "text" }, 7] };
    await plant(db, "turns", broken);
    expect((await readPath(db, SESSION, 3, 10)).turns).toHaveLength(1);
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 1, rebuilt: 1, left: 0 });
    const { turns, unreadable } = await readPath(db, SESSION, 3, 10);
    expect(turns.map(({ user }) => user.text)).toEqual(["question 1", "question 2", "question 3"]);
    expect(unreadable).toEqual([]);
    expect(turns[1] && turnStatus(turns[1])).toBe("interrupted");
    expect(await asideRows()).toMatchObject([
      { sessionId: SESSION, store: "turns", key: [SESSION, 2], record: broken },
    ]);
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 0, rebuilt: 0, left: 0 });
  });

  test("[R3] gives the parts of a broken turn back that can be read, and closes a text that was being written", async () => {
    await threeTurns();
    const text = { kind: "text", id: "p1", step: 0, state: "streaming", text: "half an ans", seams: [] };
    await plant(db, "turns", { ...(await rowOf("turns", [SESSION, 3])), runs: null, parts: [text, { kind: "odd" }] });
    await repairRecords(db, NOW);
    const turn = await readTurn(db, SESSION, 3);
    expect(turn?.parts).toMatchObject([{ text: "half an ans", state: "cut" }]);
  });

  test("[R3] puts a session together again from its turns where its own record cannot be read", async () => {
    await threeTurns();
    await plant(db, "sessions", { id: SESSION, title: "Kettles", isPinned: true, head: "?", revision: 9 });
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 1, rebuilt: 1, left: 0 });
    const session = await readSession(db, SESSION);
    expect(session).toMatchObject({ title: "Kettles", isPinned: true, head: 3, nextSeq: 4, revision: 10 });
    // None of the three has ended by an event: the one that is open is named, so that recovery settles it.
    expect(session?.pending?.turnSeq).toBe(1);
  });

  test("[I2] brings back a session whose record is gone while its turns are there, but not one that was deleted", async () => {
    await threeTurns();
    await acceptTurn(db, sampleTurn({ sessionId: id<SessionId>("session-2") }));
    await deleteSession(db, id("session-2"), T0);
    await db.write(["sessions"], "relaxed", async (writing) => {
      writing.remove("sessions", SESSION);
      writing.remove("sessions", id<SessionId>("session-2"));
    });
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 0, rebuilt: 1, left: 0 });
    expect(await readSession(db, SESSION)).toMatchObject({ title: "question 1", head: 3 });
    expect(await readEntry(db, SESSION)).toMatchObject({ title: "question 1" });
    expect(await readSession(db, id("session-2"))).toBeNull();
  });

  test("[W8] leaves what a newer version wrote to that version", async () => {
    await threeTurns();
    await plant(db, "turns", { ...(await rowOf("turns", [SESSION, 2])), schema: 99, steps: "otherwise" });
    const before = await contentOf(db, "turns");
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 0, rebuilt: 0, left: 1 });
    expect(await contentOf(db, "turns")).toBe(before);
  });

  test("[R3] takes a broken draft out of the way of its session", async () => {
    await threeTurns();
    await plant(db, "drafts", { sessionId: SESSION, draft: 5 });
    expect(await repairRecords(db, NOW)).toEqual({ setAside: 1, rebuilt: 0, left: 0 });
    expect(await readDraft(db, SESSION)).toBeNull();
    expect(await asideRows()).toMatchObject([{ sessionId: SESSION, store: "drafts", record: { draft: 5 } }]);
  });

  test("[R3] leaves nothing behind that cannot be read, whichever field of a turn or session is broken", async () => {
    await threeTurns();
    const rows = { turns: await rowOf("turns", [SESSION, 3]), sessions: await rowOf("sessions", SESSION) };
    const keys = { turns: [SESSION, 3], sessions: SESSION } as const;
    for (const store of ["turns", "sessions"] as const) {
      const fixed = store === "turns" ? ["sessionId", "seq", "schema"] : ["id", "schema"];
      for (const field of Object.keys(rows[store]).filter((name) => !fixed.includes(name))) {
        for (const junk of [undefined, null, -1.5, "", "half", [], [null], {}, { id: 3 }]) {
          await plant(db, store, { ...rows[store], [field]: junk });
          await repairRecords(db, NOW);
          const codec = store === "turns" ? turnCodec : sessionCodec;
          expect(codec.decode(await rowOf(store, keys[store] as IDBValidKey)).ok, `${store}.${field}`).toBe(true);
        }
        await plant(db, store, rows[store]);
      }
    }
  });

  test("[I4] what it set aside goes for good with its session", async () => {
    await threeTurns();
    await plant(db, "drafts", { sessionId: SESSION, draft: 5 });
    await repairRecords(db, NOW);
    await deleteSession(db, SESSION, NOW);
    await purgeDeleted(db, NOW + 1);
    expect(await asideRows()).toEqual([]);
  });
});
