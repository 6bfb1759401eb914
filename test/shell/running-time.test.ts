import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { afterRunningTime } from "#shell/running-time.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a wait ends once, after its time, while the page runs", async () => {
  const onTime = vi.fn<() => void>();
  afterRunningTime(2_000, () => true, onTime);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(onTime).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(onTime).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test("[P5] time that does not count, and time in which the whole page stood still, is not waited", async () => {
  const onTime = vi.fn<() => void>();
  let counts = false;
  afterRunningTime(2_000, () => counts, onTime);
  await vi.advanceTimersByTimeAsync(60_000);
  counts = true;
  await vi.advanceTimersByTimeAsync(1_000);
  // The clock jumps as it does over a closed lid: timers did not fire meanwhile.
  const later = performance.now() + 3_600_000;
  vi.spyOn(performance, "now")
    .mockImplementationOnce(() => later)
    .mockImplementationOnce(() => later);
  await vi.advanceTimersByTimeAsync(500);
  await vi.advanceTimersByTimeAsync(500);
  expect(onTime).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(500);
  expect(onTime).toHaveBeenCalledOnce();
});

test("[Z3] a wait that is called off never ends", async () => {
  const onTime = vi.fn<() => void>();
  afterRunningTime(2_000, () => true, onTime)();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(onTime).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
