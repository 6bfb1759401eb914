import { beforeEach, describe, expect, test } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { goBack } from "#storage/go-back.ts";
import { listEntries } from "#storage/index-store.ts";
import { listRestorePoints } from "#storage/restore-points.ts";
import { fullSave } from "#storage/save.ts";
import { deleteSession, purgeDeleted, undeleteSession } from "#storage/session-deletion.ts";
import { readPath, readSession, readTurn } from "#storage/session-store.ts";
import { secondCopyWorld, type Life, type SecondCopyWorld } from "#test/helpers/second-copy-world.ts";

import { acceptTurn, id, RUN, sampleTurn, SESSION, settled, T0 } from "./samples.ts";

const OTHER = id<SessionId>("session-2");
const DAY_MS = 24 * 3_600_000;

let world: SecondCopyWorld;
let life: Life;
beforeEach(() => {
  world = secondCopyWorld();
  life = world.start();
});

async function addTurn(sessionId: SessionId, seq: number): Promise<void> {
  const turn = sampleTurn({ sessionId, seq });
  await acceptTurn(life.db, turn);
  await fullSave(life.db, {
    sessionId,
    token: null,
    update: settled,
    turns: [turn],
    settledRuns: [RUN],
    now: T0 + seq,
  });
  await life.settle();
}

async function setTitle(sessionId: SessionId, title: string): Promise<void> {
  await fullSave(life.db, { sessionId, token: null, update: (session) => ({ ...session, title }), now: T0 + 50 });
  await life.settle();
}

async function points() {
  return listRestorePoints(await life.copy());
}

async function goTo(at: number, sessionId: SessionId | null) {
  return goBack(await life.copy(), life.db, { at, sessionId, label: "Before", now: T0 + 99 });
}

const titleOf = async (sessionId: SessionId) => (await readSession(life.db, sessionId))?.title;

describe("[W7] restore points", () => {
  test("are the ends of earlier days and list what is different now", async () => {
    await addTurn(SESSION, 1);
    await addTurn(OTHER, 1);
    expect(await points()).toEqual([]);
    world.now += DAY_MS;
    expect(await points()).toEqual([]);
    await setTitle(SESSION, "Renamed");
    const [point, ...others] = await points();
    expect(others).toEqual([]);
    expect(point).toMatchObject({ label: null, more: 0, sessions: [{ sessionId: SESSION, isDeletedNow: false }] });
    expect(new Date(point?.at ?? 0).getDate()).toBe(new Date(world.now - DAY_MS).getDate());
  });

  test("one session goes back, the others stay, and the state that was left can be had again", async () => {
    await addTurn(SESSION, 1);
    await addTurn(OTHER, 1);
    await setTitle(SESSION, "Old");
    world.now += DAY_MS;
    await addTurn(SESSION, 2);
    await setTitle(SESSION, "New");
    await setTitle(OTHER, "Other");
    const [yesterday] = await points();

    const gone = await goTo(yesterday?.at ?? 0, SESSION);
    expect(gone).toMatchObject({ sessionIds: [SESSION], undeleted: 0, busy: 0, unreadable: 0 });
    const session = await readSession(life.db, SESSION);
    expect(session).toMatchObject({ title: "Old", head: 1, nextSeq: 3 });
    expect(await titleOf(OTHER)).toBe("Other");
    // What came later is a branch of the session still.
    expect(await readTurn(life.db, SESSION, 2)).not.toBeNull();
    expect((await listEntries(life.db, null, 5)).entries.map(({ title }) => title)).toContain("Old");

    const before = (await points()).find(({ label }) => label === "Before");
    expect(before?.at).toBe(gone.leftAt);
    await goTo(gone.leftAt, SESSION);
    expect(await readSession(life.db, SESSION)).toMatchObject({ title: "New", head: 2 });
    expect((await readPath(life.db, SESSION, 2, 5)).turns).toHaveLength(2);
  });

  test("everything goes back: a session deleted since comes back, one that was begun later stays", async () => {
    await addTurn(SESSION, 1);
    await addTurn(OTHER, 1);
    world.now += DAY_MS;
    await deleteSession(life.db, SESSION, T0 + 60);
    await setTitle(OTHER, "Changed");
    const third = id<SessionId>("session-3");
    await addTurn(third, 1);
    const [yesterday] = await points();
    expect(yesterday?.sessions.map(({ isDeletedNow }) => isDeletedNow).toSorted()).toEqual([false, true]);
    const gone = await goTo(yesterday?.at ?? 0, null);
    expect(gone).toMatchObject({ undeleted: 1 });
    expect([...gone.sessionIds].toSorted()).toEqual([SESSION, OTHER]);
    expect((await listEntries(life.db, null, 9)).entries).toHaveLength(3);
    expect(await titleOf(OTHER)).toBe("New session");
    // Also after the database was lost: the deletion is over.
    await life.settle();
    await life.die();
    world.loseDatabase();
    life = world.start();
    expect((await listEntries(life.db, null, 9)).entries).toHaveLength(3);
  });

  test("a session that was deleted then, or was removed for good since, does not come back", async () => {
    await addTurn(SESSION, 1);
    await addTurn(OTHER, 1);
    await deleteSession(life.db, OTHER, T0 + 60);
    await life.settle();
    world.now += DAY_MS;
    await setTitle(SESSION, "Changed");
    await purgeDeleted(life.db, T0 + 70);
    await life.settle();
    const [yesterday] = await points();
    expect(yesterday?.sessions.map(({ sessionId }) => sessionId)).toEqual([SESSION]);
    expect(await goTo(yesterday?.at ?? 0, null)).toMatchObject({ sessionIds: [SESSION], undeleted: 0 });
    expect(await readSession(life.db, OTHER)).toBeNull();
  });

  test("a session that lay in the trash then and was taken out of it since stays as it is", async () => {
    await addTurn(SESSION, 1);
    await addTurn(OTHER, 1);
    await deleteSession(life.db, OTHER, T0 + 60);
    await life.settle();
    world.now += DAY_MS;
    await undeleteSession(life.db, OTHER, T0 + 70);
    await setTitle(OTHER, "Out of the trash");
    await setTitle(SESSION, "Changed");
    const [yesterday] = await points();
    expect(await goTo(yesterday?.at ?? 0, null)).toMatchObject({ sessionIds: [SESSION] });
    expect(await titleOf(OTHER)).toBe("Out of the trash");
  });

  test("[C1] a session with an unfinished reply is left alone and counted", async () => {
    await addTurn(SESSION, 1);
    world.now += DAY_MS;
    await acceptTurn(life.db, sampleTurn({ seq: 2 }));
    const [yesterday] = await points();
    expect(await goTo(yesterday?.at ?? 0, null)).toMatchObject({ sessionIds: [], busy: 1 });
    expect((await readSession(life.db, SESSION))?.pending).not.toBeNull();
  });

  test("[S3] a message that was not answered yet at the end of that day keeps the answer that it got later", async () => {
    await addTurn(SESSION, 1);
    await acceptTurn(life.db, sampleTurn({ seq: 2 }));
    await life.settle();
    world.now += DAY_MS;
    const answered = { ...sampleTurn({ seq: 2 }), runs: [completedRun()] };
    await fullSave(life.db, { sessionId: SESSION, token: null, update: settled, turns: [answered], now: T0 + 80 });
    await setTitle(SESSION, "Later");
    const [yesterday] = await points();
    await goTo(yesterday?.at ?? 0, SESSION);
    expect(await readSession(life.db, SESSION)).toMatchObject({ pending: null, headStatus: "completed", head: 2 });
    expect((await readTurn(life.db, SESSION, 2))?.runs).toHaveLength(1);
  });

  test("no tool is allowed again by going back", async () => {
    await addTurn(SESSION, 1);
    const allow = (tools: string[]) =>
      fullSave(life.db, {
        sessionId: SESSION,
        token: null,
        update: (session) => ({ ...session, allowedTools: tools }),
        now: T0 + 50,
      });
    await allow(["write-file", "delete-file"]);
    await life.settle();
    world.now += DAY_MS;
    await allow(["write-file"]);
    const [yesterday] = await points();
    await goTo(yesterday?.at ?? 0, SESSION);
    expect((await readSession(life.db, SESSION))?.allowedTools).toEqual(["write-file"]);
  });

  test("compaction keeps what a restore point needs and drops the rest", async () => {
    await addTurn(SESSION, 1);
    for (let step = 0; step < 30; step += 1) await setTitle(SESSION, `Monday ${step}`);
    world.now += DAY_MS;
    for (let step = 0; step < 30; step += 1) await setTitle(SESSION, `Tuesday ${step}`);
    await (await life.copy()).check(life.db);
    const kept = [...world.files.values()].map((bytes) => new TextDecoder().decode(bytes)).join("");
    expect(kept).toContain("Monday 29");
    expect(kept).not.toContain("Monday 5");
    const [monday] = await points();
    await goTo(monday?.at ?? 0, SESSION);
    expect(await titleOf(SESSION)).toBe("Monday 29");
  });
});

function completedRun() {
  return {
    id: RUN,
    trigger: "send" as const,
    model: { provider: "built-in", model: "built-in" } as const,
    startedAt: T0,
    lastSeq: 1,
    hasProgress: true,
    phase: { kind: "working" } as const,
    outcome: { kind: "completed" } as const,
    endedAt: T0 + 1,
  };
}
