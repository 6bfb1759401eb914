import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import type { RunId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { RunEvent } from "#domain/run-event.ts";
import { mergeDeltas } from "#domain/run-event.ts";
import type { Database } from "#storage/database.ts";
import { readJournal } from "#storage/journal-store.ts";
import { checkpoint } from "#storage/save.ts";

import {
  acceptTurn,
  delta,
  event,
  freshDatabase,
  id,
  plant,
  problemOf,
  RUN,
  sampleTurn,
  SESSION,
  T0,
} from "./samples.ts";

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
  await acceptTurn(db);
});

const store = (events: readonly RunEvent[], now = T0) =>
  checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events, now });

const rows = () => db.read(["journal"], (tx) => tx.objectStore("journal").getAll());

/** A run with text of `length` deltas. */
function run(length: number): RunEvent[] {
  return [
    event(1, { type: "run-started", trigger: "send", model: BUILT_IN_MODEL }),
    event(2, { type: "step-started", step: 0 }),
    event(3, { type: "part-opened", partId: id("part-1"), kind: "text", step: 0 }),
    ...Array.from({ length }, (_, at) => delta(at + 4, `${at} `)),
  ];
}

test("[W2] a checkpoint stores the partial work itself: text, calls with arguments and results, the last seq", async () => {
  const call = id<never>("call-1");
  const events = [
    ...run(2),
    event(6, { type: "tool-call-started", callId: call, step: 0, tool: "write-file", effect: "once", tier: 3 }),
    event(7, { type: "tool-call-input", callId: call, input: { path: "a" } }),
    event(8, { type: "tool-call-running", callId: call }),
    event(9, { type: "tool-call-output", callId: call, result: "done", output: { ok: true, text: "ok", value: 1 } }),
  ];
  await store(events, T0 + 40);
  const journal = await readJournal(db, SESSION, RUN);
  expect(applyEvents(sampleTurn(), journal.events)).toEqual(applyEvents(sampleTurn(), events));
  expect(journal).toMatchObject({ savedAt: T0 + 40, unreadable: 0 });
  expect(journal.events.at(-1)?.seq).toBe(9);
});

test("[W3] [E5] a checkpoint appends one row with its deltas merged; nothing new writes no row", async () => {
  await store(run(50));
  expect(await rows()).toHaveLength(1);
  expect((await rows())[0]?.events).toHaveLength(4);
  await store([]);
  await store([delta(54, "x")]);
  expect((await rows()).map((row) => row.seq)).toEqual([53, 54]);
});

test("rows come back in the order of their events, beyond nine and ninety-nine", async () => {
  const events = run(120);
  for (const one of events) await store([one]);
  const journal = await readJournal(db, SESSION, RUN);
  expect(journal.events).toEqual(events);
});

test("[E1] a checkpoint whose fate was unknown is sent again with what came since, and nothing is there twice", async () => {
  const events = run(30);
  await store(events.slice(0, 12));
  await store(events);
  expect((await readJournal(db, SESSION, RUN)).events).toEqual(mergeDeltas(events));
  await store(events.slice(0, 20));
  await store(events.slice(15));
  expect((await readJournal(db, SESSION, RUN)).events).toEqual(mergeDeltas(events));
});

test("[E1] whatever stretches are stored, in whatever order they are repeated, recovery applies each event once", async () => {
  const events = run(12);
  const wanted = applyEvents(sampleTurn(), events);
  const retries = fc.array(fc.tuple(fc.nat({ max: 15 }), fc.boolean()), { maxLength: 8 });
  const holds = fc.asyncProperty(retries, async (steps) => {
    db = await freshDatabase();
    await acceptTurn(db);
    let saved = 0;
    for (const [end, isKnown] of [...steps, [15, true] as const]) {
      if (end < saved) continue;
      await store(events.slice(saved, end));
      // If its fate is unknown, the next checkpoint begins where this one began.
      if (isKnown) saved = end;
    }
    const journal = await readJournal(db, SESSION, RUN);
    expect(applyEvents(sampleTurn(), journal.events)).toEqual(wanted);
  });
  await fc.assert(holds, { numRuns: 40 });
});

test("events that begin inside a stored batch are cut at its end; a merged one that cannot be cut is refused", async () => {
  const events = run(10);
  await store(events.slice(0, 8));
  await store(events.slice(6));
  expect(applyEvents(sampleTurn(), (await readJournal(db, SESSION, RUN)).events)).toEqual(
    applyEvents(sampleTurn(), events),
  );
  const straddling = { ...delta(20, "x"), firstSeq: 12 };
  expect((await problemOf(store([straddling]))).kind).toBe("aborted");
});

test("[R3] a batch that cannot be read is counted and left, and the others are read", async () => {
  await store(run(3).slice(0, 3));
  await plant(db, "journal", { sessionId: SESSION, runId: RUN, seq: 4, events: "gone", savedAt: T0 });
  await store([delta(5, "b")]);
  const journal = await readJournal(db, SESSION, RUN);
  expect(journal.unreadable).toBe(1);
  expect(journal.events.map((one) => one.seq)).toEqual([1, 2, 3, 5]);
});

test("[C4] the journals of two runs do not mix, although one id begins like the other", async () => {
  await store([delta(1, "a")]);
  const other = id<RunId>("run-10");
  await acceptTurn(db, sampleTurn({ seq: 2 }), { runId: other });
  await checkpoint(db, { sessionId: SESSION, token: 0, runId: other, events: [delta(1, "b", other)], now: T0 });
  expect((await readJournal(db, SESSION, RUN)).events).toEqual([delta(1, "a")]);
  expect((await readJournal(db, SESSION, other)).events).toEqual([delta(1, "b", other)]);
});
