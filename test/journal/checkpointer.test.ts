import { describe, expect, it } from "vitest";

import { readId, type RunId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import { CHECKPOINT_INTERVAL_MS, startCheckpointer } from "#journal/checkpointer.ts";
import { gate } from "#providers/scripted.ts";
import { fakeTime } from "#test/helpers/fake-time.ts";

function event(seq: number): RunEvent {
  return { type: "run-resumed", runId: readId<RunId>("run"), seq, at: seq };
}

function setUp(write?: (events: readonly RunEvent[]) => Promise<void>) {
  const time = fakeTime();
  const written: number[][] = [];
  const failures: unknown[] = [];
  const checkpointer = startCheckpointer({
    timers: time,
    write: async (events) => {
      await write?.(events);
      written.push(events.map(({ seq }) => seq));
    },
    failed: (cause) => failures.push(cause),
  });
  return { time, written, failures, checkpointer };
}

describe("checkpointer", () => {
  it("[contract 6] saves at least once for each burst of activity", async () => {
    const { time, written, checkpointer } = setUp();
    for (let burst = 1; burst <= 3; burst++) {
      checkpointer.append(event(burst * 2 - 1));
      checkpointer.append(event(burst * 2));
      await time.advance(CHECKPOINT_INTERVAL_MS);
      expect(written).toHaveLength(burst);
    }
    expect(written.flat()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("[contract 7] [W3] saves nothing without activity, however long it waits", async () => {
    const { time, written } = setUp();
    await time.advance(3_600_000);
    expect(written).toEqual([]);
  });

  it("[contract 8] once told to stop, no later save follows, and its timer is gone", async () => {
    const { time, written, checkpointer } = setUp();
    checkpointer.append(event(1));
    const left = await checkpointer.stop();
    expect(left.map(({ seq }) => seq)).toEqual([1]);
    checkpointer.append(event(2));
    await checkpointer.flush();
    await time.advance(10 * CHECKPOINT_INTERVAL_MS);
    expect(written).toEqual([]);
    expect(time.pending).toBe(0);
  });

  it("[W4] stopping waits for the write that is under way, so that none can land after it", async () => {
    const [paused, goOn] = gate();
    const { time, written, checkpointer } = setUp(() => paused);
    checkpointer.append(event(1));
    await time.advance(CHECKPOINT_INTERVAL_MS);
    let isStopped = false;
    const stopping = checkpointer.stop().then(() => (isStopped = true));
    await time.advance(5000);
    expect(isStopped).toBe(false);
    goOn();
    await stopping;
    expect(written).toEqual([[1]]);
  });

  it("[W4] writes one batch at a time and in order; what comes meanwhile is the next batch", async () => {
    const [paused, goOn] = gate();
    let writing = 0;
    const { time, written, checkpointer } = setUp(async () => {
      writing++;
      expect(writing).toBe(1);
      await paused;
      writing--;
    });
    checkpointer.append(event(1));
    const first = checkpointer.flush();
    checkpointer.append(event(2));
    const second = checkpointer.flush();
    checkpointer.append(event(3));
    await time.advance(3 * CHECKPOINT_INTERVAL_MS);
    goOn();
    await Promise.all([first, second]);
    await time.advance(CHECKPOINT_INTERVAL_MS);
    expect(written.flat()).toEqual([1, 2, 3]);
    expect(written[0]).toEqual([1]);
  });

  it("[E6] a flush resolves only when everything appended before it is durable", async () => {
    const { written, checkpointer } = setUp();
    checkpointer.append(event(1));
    checkpointer.append(event(2));
    await checkpointer.flush();
    expect(written.flat()).toEqual([1, 2]);
  });

  it("[W9] a failed write keeps its events and tries them again; nothing is lost or doubled", async () => {
    let isFull = true;
    const { time, written, failures, checkpointer } = setUp(() =>
      isFull ? Promise.reject(new DOMException("full", "QuotaExceededError")) : Promise.resolve(),
    );
    checkpointer.append(event(1));
    await expect(checkpointer.flush()).rejects.toThrow("full");
    checkpointer.append(event(2));
    await time.advance(2 * CHECKPOINT_INTERVAL_MS);
    expect(failures.length).toBeGreaterThan(1);
    isFull = false;
    await time.advance(CHECKPOINT_INTERVAL_MS);
    expect(written).toEqual([[1, 2]]);
  });
});
