import { describe, expect, it } from "vitest";

import type { FollowInput, FollowState } from "#ui/transcript/follow.ts";
import { FOLLOWING, follow } from "#ui/transcript/follow.ts";

function after(...inputs: FollowInput[]): FollowState {
  return inputs.reduce(follow, FOLLOWING);
}

const WHEEL_UP: FollowInput = { type: "wheel", deltaY: -4 };

function scroll(direction: "up" | "down", byPx: number, fromEndPx: number, isExplained = false): FollowInput {
  return { type: "scrolled", direction, byPx, fromEndPx, isExplained };
}

describe("follow", () => {
  it.each<[string, FollowInput]>([
    ["the wheel goes up", WHEEL_UP],
    ["a finger drags the text down", { type: "touch-drag", downPx: 9 }],
    ["PageUp is pressed", { type: "key", key: "PageUp" }],
    ["the up arrow is pressed", { type: "key", key: "ArrowUp" }],
    ["Home is pressed", { type: "key", key: "Home" }],
    ["the scrollbar is dragged up", { type: "scrollbar-drag", direction: "up" }],
    ["something inside is selected while text arrives", { type: "held", fromEndPx: 80 }],
    ["the page is searched and jumps far up", scroll("up", 400, 900)],
    ["a session opens at a place", { type: "opened", at: "place" }],
  ])("[V3] lets go at once when %s", (_, input) => {
    expect(after(input)).toEqual({ mode: "free", pill: "latest" });
  });

  it.each<[string, FollowInput]>([
    ["the wheel goes down", { type: "wheel", deltaY: 30 }],
    ["a finger rests", { type: "touch-drag", downPx: 8 }],
    ["a finger drags the text up", { type: "touch-drag", downPx: -60 }],
    ["text arrives", { type: "grew", fromEndPx: 300 }],
    ["the toolbar of a phone collapses", scroll("up", 120, 130, true)],
    ["the composer grows", scroll("up", 60, 60, true)],
    ["the place moves by a few pixels", scroll("up", 20, 30)],
    ["an approval arrives", { type: "approval-arrived" }],
    ["the run finishes", { type: "finished" }],
    ["a disclosure is unfolded at the end", { type: "held", fromEndPx: 40 }],
    ["a letter is typed", { type: "key", key: "a" }],
  ])("goes on following when %s", (_, input) => {
    expect(after(input)).toEqual(FOLLOWING);
  });

  it.each<[string, FollowInput]>([
    ["a message is sent", { type: "sent" }],
    ["Latest is pressed", { type: "latest-pressed" }],
    ["End is pressed", { type: "key", key: "End" }],
    ["a scroll down arrives at the end", scroll("down", 100, 48)],
  ])("follows again when %s", (_, input) => {
    expect(after(WHEEL_UP, input)).toEqual(FOLLOWING);
  });

  it.each<[string, FollowInput]>([
    ["a scroll down stops short of the end", scroll("down", 100, 49)],
    ["a scroll up is near the end", scroll("up", 10, 20)],
    ["the text shrinks under the reader", scroll("down", 100, 0, true)],
    ["more text arrives", { type: "grew", fromEndPx: 500 }],
  ])("[V3] leaves the reader alone when %s", (_, input) => {
    expect(after(WHEEL_UP, input).mode).toBe("free");
  });

  it("says what waits below", () => {
    const grew: FollowInput = { type: "grew", fromEndPx: 200 };
    expect(after(WHEEL_UP).pill).toBe("latest");
    expect(after(WHEEL_UP, grew).pill).toBe("new-text");
    expect(after(WHEEL_UP, grew, { type: "finished" }).pill).toBe("finished");
    expect(after(WHEEL_UP, grew, { type: "approval-arrived" }).pill).toBe("approval");
    expect(after(WHEEL_UP, { type: "approval-arrived" }, grew).pill).toBe("approval");
    expect(after(WHEEL_UP, { type: "approval-arrived" }, { type: "approval-settled" }).pill).toBe("latest");
    expect(after(WHEEL_UP, { type: "finished" }).pill).toBe("latest");
  });
});
