import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createUpdates, type Updates } from "#shell/updates.ts";

const world = { runs: 0, steps: [] as string[], flush: (): Promise<unknown> => Promise.resolve() };
let updates: Updates;

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(world, { runs: 0, steps: [], flush: () => Promise.resolve() });
  updates = createUpdates({
    countActiveRuns: () => Promise.resolve(world.runs),
    isVisible: () => true,
    flush: () => (world.steps.push("flush"), world.flush()),
    reload: () => world.steps.push("reload"),
  });
});

afterEach(() => {
  updates.release();
  vi.useRealTimers();
});

const takeOver = (): void => void world.steps.push("take over");
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test("[P4] a new version waits until the person agrees", async () => {
  updates.waits(takeOver);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: false });
  expect(world.steps).toEqual([]);
});

test("[P4] consent writes everything, lets the new version take over, and reloads when it has", async () => {
  updates.waits(takeOver);
  await settle();
  updates.apply();
  await settle();
  expect(updates.state.value).toEqual({ kind: "applying" });
  expect(world.steps).toEqual(["flush", "take over"]);
  updates.tookOver();
  expect(world.steps).toEqual(["flush", "take over", "reload"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(world.steps, "reloaded once").toHaveLength(3);
});

test("[P4] no update while a run is active in any tab; the prompt says so, and says when it is over", async () => {
  world.runs = 1;
  updates.waits(takeOver);
  await settle();
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: true });
  updates.apply();
  await settle();
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: true });
  expect(world.steps).toEqual([]);
  world.runs = 0;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: false });
});

test("[P4] a run that begins while the rest is written stops the update", async () => {
  updates.waits(takeOver);
  await settle();
  world.flush = () => Promise.resolve((world.runs = 1));
  updates.apply();
  await settle();
  expect(world.steps).toEqual(["flush"]);
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: true });
});

test("a worker that does not answer the flush holds the update up for 2 s at most", async () => {
  updates.waits(takeOver);
  await settle();
  world.flush = () => new Promise(() => {});
  updates.apply();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(world.steps).toEqual(["flush", "take over"]);
  updates.tookOver();
});

test("a version that never says that it took over is loaded after 5 s", async () => {
  updates.waits(takeOver);
  await settle();
  updates.apply();
  await vi.advanceTimersByTimeAsync(4_900);
  expect(world.steps).not.toContain("reload");
  await vi.advanceTimersByTimeAsync(200);
  expect(world.steps).toContain("reload");
});

test("a tab left behind by another tab's update, or by its server, only needs a reload", async () => {
  updates.tookOver();
  await settle();
  expect(updates.state.value).toEqual({ kind: "ready", blockedByRuns: false });
  updates.apply();
  await settle();
  expect(world.steps).toEqual(["flush", "reload"]);
});

test("[Z3] no timer outlives its owner", async () => {
  updates.waits(takeOver);
  await settle();
  updates.apply();
  await settle();
  updates.release();
  expect(vi.getTimerCount()).toBe(0);
});

test("the same state is told once, not every time it is looked at", async () => {
  const told = vi.fn<() => void>();
  updates.waits(takeOver);
  await settle();
  updates.state.subscribe(told);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveBeenCalledOnce();
});
