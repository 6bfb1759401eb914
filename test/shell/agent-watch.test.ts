import { expect, test } from "vitest";

import { newPingWatch, newRestartPolicy, PING_INTERVAL_MS } from "#shell/agent-watch.ts";

test("[C2] three pings in a row without an answer mean death", () => {
  const watch = newPingWatch(0, 0);
  const todo = [1, 2, 3, 4].map((n) => watch.tick(n * PING_INTERVAL_MS, true));
  expect(todo).toEqual(["ping", "ping", "ping", "dead"]);
});

test("anything that the worker says starts the count anew", () => {
  const watch = newPingWatch(0, 0);
  for (let n = 1; n < 20; n++) {
    expect(watch.tick(n * PING_INTERVAL_MS, true)).toBe("ping");
    if (n % 3 === 0) watch.heard();
  }
});

test("[P5] a hidden page counts nothing, however long it is hidden", () => {
  const watch = newPingWatch(0, 0);
  watch.tick(PING_INTERVAL_MS, true);
  watch.tick(2 * PING_INTERVAL_MS, true);
  for (let n = 3; n < 100; n++) expect(watch.tick(n * PING_INTERVAL_MS, false)).toBe("rest");
  const again = [100, 101, 102, 103].map((n) => watch.tick(n * PING_INTERVAL_MS, true));
  expect(again).toEqual(["ping", "ping", "ping", "dead"]);
});

test("[P5] a page that was itself paused for an hour gives the worker a whole new chance", () => {
  const watch = newPingWatch(0, 0);
  watch.tick(PING_INTERVAL_MS, true);
  watch.tick(2 * PING_INTERVAL_MS, true);
  watch.tick(3 * PING_INTERVAL_MS, true);
  expect(watch.tick(3_600_000, true)).toBe("ping");
  expect(watch.tick(3_600_000 + PING_INTERVAL_MS, true)).toBe("ping");
});

test("a tick out of turn asks, and counts no miss", () => {
  const watch = newPingWatch(0, 0);
  watch.tick(PING_INTERVAL_MS, true);
  for (let n = 1; n < 10; n++) expect(watch.tick(PING_INTERVAL_MS + n, true)).toBe("ping");
});

test("a debugger's pause is no loop: each silent death doubles the patience with the next worker", () => {
  const ticksUntilDead = (silentDeaths: number): number => {
    const watch = newPingWatch(0, silentDeaths);
    let n = 1;
    while (watch.tick(n * PING_INTERVAL_MS, true) !== "dead") n++;
    return n;
  };
  expect([0, 1, 2, 3].map(ticksUntilDead)).toEqual([4, 7, 13, 25]);
  expect(ticksUntilDead(50)).toBe(49);
});

test("restarts come at once, then after 1, 3 and 10 s, and from the fifth death in a row the person is told", () => {
  const policy = newRestartPolicy();
  const plans = Array.from({ length: 6 }, () => policy.died(0, "error"));
  expect(plans.map((plan) => plan.delayMs)).toEqual([0, 1_000, 3_000, 10_000, 30_000, 30_000]);
  expect(plans.map((plan) => plan.isHopeless)).toEqual([false, false, false, false, true, true]);
});

test("a worker that lived for a minute died of something new", () => {
  const policy = newRestartPolicy();
  for (let n = 0; n < 5; n++) policy.died(null, "silence");
  expect(policy.died(60_000, "error")).toEqual({ delayMs: 0, isHopeless: false });
  expect(policy.silentDeaths()).toBe(0);
});

test("[C2] a worker that Stop took away is replaced at once, however many died before it", () => {
  const policy = newRestartPolicy();
  for (let n = 0; n < 5; n++) policy.died(0, "error");
  expect(policy.died(0, "stop")).toEqual({ delayMs: 0, isHopeless: false });
});
