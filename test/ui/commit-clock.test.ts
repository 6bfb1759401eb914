import { describe, expect, it } from "vitest";

import { COMMIT_INTERVAL_MS, CommitClock } from "#ui/commit-clock.ts";

import { pageClock } from "./page-clock.ts";

function started(isVisible = () => true) {
  const time = pageClock();
  let commits = 0;
  const clock = new CommitClock(() => commits++, time, isVisible);
  return { time, clock, commits: () => commits };
}

describe("CommitClock", () => {
  it("makes the first change visible at the next frame", () => {
    const { clock, time, commits } = started();
    clock.request();
    expect(commits()).toBe(0);
    time.draw();
    expect(commits()).toBe(1);
  });

  it("commits at most once in an interval however much arrives", () => {
    const { clock, time, commits } = started();
    for (let at = 0; at < 1_000; at += 5) {
      clock.request();
      time.advance(5);
      time.draw();
    }
    expect(commits()).toBeGreaterThanOrEqual(1_000 / COMMIT_INTERVAL_MS - 2);
    expect(commits()).toBeLessThanOrEqual(1_000 / COMMIT_INTERVAL_MS + 1);
  });

  it("draws less often when drawing takes long, so that there is time for keys", () => {
    const { clock, time, commits } = started();
    const drawFor = (ms: number) => {
      clock.request();
      time.advance(1_000);
      time.draw();
      time.advance(ms);
    };
    drawFor(100);
    const before = commits();
    clock.request();
    time.advance(150);
    time.draw();
    expect(commits()).toBe(before);
    time.advance(50);
    time.draw();
    expect(commits()).toBe(before + 1);
    drawFor(60_000);
    clock.request();
    time.advance(1_000);
    time.draw();
    expect(commits()).toBe(before + 3);
  });

  it("[P5] commits at once while the page is hidden, where no frame would come", () => {
    const { clock, commits } = started(() => false);
    clock.request();
    expect(commits()).toBe(1);
  });

  it("commits what waits when it is flushed, and not once more", () => {
    const { clock, time, commits } = started();
    clock.request();
    time.draw();
    clock.request();
    clock.flush();
    expect(commits()).toBe(2);
    time.advance(1_000);
    time.draw();
    expect(commits()).toBe(2);
  });
});
