import { unwrap } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Database } from "#storage/database.ts";
import { readJournal } from "#storage/journal-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import { describeStorageProblem } from "#storage/storage-error.ts";
import { withinRunningTime } from "#storage/time-limit.ts";

import { acceptTurn, delta, freshFactory, problemOf, RUN, sampleTurn, SESSION, settled, T0 } from "./samples.ts";

const LIMIT_MS = 200;

let db: Database;
beforeEach(async () => {
  freshFactory();
  db = new Database({ answerLimitMs: LIMIT_MS });
  await db.connect();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The next transaction of this connection does what it is told, and its end is never heard. */
async function loseNextEnd(): Promise<{ readonly landed: Promise<void> }> {
  const raw = unwrap(await db.connect());
  const original = raw.transaction.bind(raw);
  let land: () => void = () => undefined;
  const landed = new Promise<void>((resolve) => {
    land = resolve;
  });
  raw.transaction = (stores, mode, options) => {
    raw.transaction = original;
    const tx = original(stores, mode, options);
    tx.addEventListener("complete", () => land());
    const listen = tx.addEventListener.bind(tx);
    tx.addEventListener = ((type: string, ...rest: [EventListener]) => {
      if (type !== "complete") listen(type, ...rest);
    }) as IDBTransaction["addEventListener"];
    return tx;
  };
  return { landed };
}

describe("[W9] a database that does not answer", () => {
  test("fails the write in words after the limit, and the next one goes through on a new connection", async () => {
    const before = await db.connect();
    await loseNextEnd();
    const lost = patchSettings(db, { theme: "dark" });
    const behind = patchSettings(db, { stepLimit: 3 });
    expect(await problemOf(lost)).toEqual({ kind: "no-answer" });
    expect(describeStorageProblem({ kind: "no-answer" })).toMatch(/does not answer/);
    await behind;
    expect(await readSettings(db)).toMatchObject({ stepLimit: 3 });
    expect(await db.connect()).not.toBe(before);
  });

  test("in the middle of a write rolls it back, so that nothing of it lands later", async () => {
    const stuck = db.write(["settings"], "strict", async (writing) => {
      writing.put("settings", { key: "theme", value: "dark", revision: 1 });
      for (;;) await writing.get("settings", "theme");
    });
    expect(await problemOf(stuck)).toEqual({ kind: "no-answer" });
    expect(await readSettings(db)).toEqual({});
  });

  test("fails a read after the limit; the writes behind it are not held up for ever", async () => {
    const stuck = db.read(["settings"], async (tx) => {
      for (;;) await tx.objectStore("settings").count();
    });
    const behind = patchSettings(db, { theme: "dark" });
    expect(await problemOf(stuck)).toEqual({ kind: "no-answer" });
    await behind;
    expect(await readSettings(db)).toMatchObject({ theme: "dark" });
  });

  test("fails also where it does not even open, and is asked again by the next call", async () => {
    await db.close();
    const late = new Database({ answerLimitMs: LIMIT_MS });
    const open = indexedDB.open.bind(indexedDB);
    const silent = vi.spyOn(indexedDB, "open").mockImplementationOnce((name, version) => {
      const request = open(name, version);
      request.addEventListener = () => undefined;
      return request;
    });
    expect(await problemOf(readSettings(late))).toEqual({ kind: "no-answer" });
    silent.mockRestore();
    expect(await readSettings(late)).toEqual({});
  });

  test("[W4] a checkpoint that landed late after all is found by its seq when it is sent again", async () => {
    await acceptTurn(db);
    const { landed } = await loseNextEnd();
    const save = (...events: ReturnType<typeof delta>[]) =>
      checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events, now: T0 });
    expect(await problemOf(save(delta(1, "a")))).toEqual({ kind: "no-answer" });
    await landed;
    await save(delta(1, "a"), delta(2, "b"));
    const { events } = await readJournal(db, SESSION, RUN);
    expect(events.map((event) => ("text" in event ? event.text : "")).join("")).toBe("ab");
  });

  test("[W4] [S2] an accepted turn that landed late after all is one turn when it is sent again", async () => {
    const { landed } = await loseNextEnd();
    expect(await problemOf(acceptTurn(db))).toEqual({ kind: "no-answer" });
    await landed;
    await acceptTurn(db);
    expect(await readSession(db, SESSION)).toMatchObject({ head: 1, nextSeq: 2 });
    expect(await readTurn(db, SESSION, 2)).toBeNull();
  });

  test("[W4] a checkpoint of a former holder that lands late is refused by the token and by the settled run", async () => {
    await acceptTurn(db);
    await fullSave(db, {
      sessionId: SESSION,
      token: 0,
      update: settled,
      turns: [sampleTurn()],
      settledRuns: [RUN],
      now: T0,
    });
    const late = checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events: [delta(1, "a")], now: T0 });
    expect(await problemOf(late)).toMatchObject({ kind: "fenced" });
    expect((await readJournal(db, SESSION, RUN)).events).toEqual([]);
  });
});

describe("the time limit", () => {
  test("counts time in which this worker ran: a sleep of an hour is one slice", async () => {
    vi.useFakeTimers();
    const failure = new Error("no answer");
    const work = withinRunningTime(new Promise<never>(() => undefined), 20_000, () => failure);
    const outcome = work.catch((cause: unknown) => cause);
    const ended = vi.fn<(cause: unknown) => void>();
    void outcome.then(ended);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toBe(failure);
  });

  test("begins again where waiting is right, and leaves no timer behind", async () => {
    vi.useFakeTimers();
    const verdicts = [null, new Error("no answer")];
    const asked = vi.fn<() => Error | null>(() => verdicts.shift() ?? null);
    const outcome = withinRunningTime(new Promise<never>(() => undefined), 1_000, asked).catch(String);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(asked).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(await outcome).toBe("Error: no answer");
    expect(await withinRunningTime(Promise.resolve(7), 1_000, asked)).toBe(7);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
