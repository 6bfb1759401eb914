import { beforeEach, expect, test } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Database } from "#storage/database.ts";
import { readJournal } from "#storage/journal-store.ts";
import { checkpoint, fullSave } from "#storage/save.ts";
import { readTurn } from "#storage/session-store.ts";

import { acceptTurn, delta, event, freshDatabase, id, RUN, sampleTurn, SESSION, settled, T0 } from "./samples.ts";

const ANSWER_BYTES = 100_000;
const DELTA = "twenty bytes of text";
const SECONDS = 20;
/** Bytes written for each byte that arrived, over all stores, the sending and the final full save included. */
const BUDGET = 3;

let db: Database;
beforeEach(async () => {
  db = await freshDatabase();
});

/** An answer of 100 KB in deltas of 20 bytes over 20 seconds, by seconds. */
function answer(): RunEvent[][] {
  const perSecond = ANSWER_BYTES / DELTA.length / SECONDS;
  let seq = 3;
  const seconds = Array.from({ length: SECONDS }, () =>
    Array.from({ length: perSecond }, () => {
      seq += 1;
      return delta(seq, DELTA);
    }),
  );
  seconds[0]?.unshift(
    event(1, { type: "run-started", trigger: "send", model: BUILT_IN_MODEL }),
    event(2, { type: "step-started", step: 0 }),
    event(3, { type: "part-opened", partId: id("part-1"), kind: "text", step: 0 }),
  );
  seconds
    .at(-1)
    ?.push(
      event(seq + 1, { type: "part-closed", partId: id("part-1") }),
      event(seq + 2, { type: "step-ended", step: 0, finishReason: "stop", requestId: null }),
      event(seq + 3, { type: "run-ended", outcome: { kind: "completed" } }),
    );
  return seconds;
}

test("[W3] a 100 KB answer with a checkpoint a second costs at most 3 bytes written per byte that arrived", async () => {
  const written = new Map<string, number>();
  db.observeWrites(({ store, bytes }) => written.set(store, (written.get(store) ?? 0) + bytes));
  const turn = sampleTurn();
  await acceptTurn(db, turn);
  const seconds = answer();
  for (const [second, events] of seconds.entries()) {
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events, now: T0 + second * 1000 });
  }
  const journal = await readJournal(db, SESSION, RUN);
  expect(applyEvents(turn, journal.events)).toEqual(applyEvents(turn, seconds.flat()));

  const whole = applyEvents(turn, seconds.flat());
  await fullSave(db, { sessionId: SESSION, token: 0, update: settled, turns: [whole], settledRuns: [RUN], now: T0 });
  expect(await readTurn(db, SESSION, 1)).toEqual(whole);

  const total = [...written.values()].reduce((sum, bytes) => sum + bytes, 0);
  const factors = Object.fromEntries(
    [...written].map(([store, bytes]) => [store, Number((bytes / ANSWER_BYTES).toFixed(3))]),
  );
  console.log(`bytes written per byte streamed: ${(total / ANSWER_BYTES).toFixed(3)}`, factors);
  expect(total / ANSWER_BYTES).toBeLessThanOrEqual(BUDGET);
});

test("[W3] the last checkpoint of a long answer costs what the first one cost", async () => {
  const sizes: number[] = [];
  let size = 0;
  await acceptTurn(db);
  db.observeWrites(({ bytes }) => (size += bytes));
  for (const events of answer().slice(1, -1)) {
    size = 0;
    await checkpoint(db, { sessionId: SESSION, token: 0, runId: RUN, events, now: T0 });
    sizes.push(size);
  }
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(40);
  expect(Math.max(...sizes)).toBeLessThan((ANSWER_BYTES / SECONDS) * 1.25);
});
