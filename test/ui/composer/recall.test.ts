import { describe, expect, test } from "vitest";

import { NOT_RECALLING, recallStep } from "#ui/composer/recall.ts";

const SENT = ["first", "second", "third"];

describe("recalling sent messages", () => {
  test("Up in an empty composer brings the newest, then older ones, Down returns to the empty composer", () => {
    const one = recallStep(NOT_RECALLING, "up", SENT, "");
    expect(one?.text).toBe("third");
    const two = recallStep(one?.recall ?? NOT_RECALLING, "up", SENT, "third");
    expect(two?.text).toBe("second");
    const back = recallStep(two?.recall ?? NOT_RECALLING, "down", SENT, "second");
    expect(back?.text).toBe("third");
    expect(recallStep(back?.recall ?? NOT_RECALLING, "down", SENT, "third")).toEqual({
      recall: NOT_RECALLING,
      text: "",
    });
  });

  test("a text that somebody is writing is never replaced", () => {
    expect(recallStep(NOT_RECALLING, "up", SENT, "mine")).toBeNull();
    expect(recallStep({ at: 0 }, "up", SENT, "third, changed")).toBeNull();
  });

  test("at the oldest it stays there, and with nothing sent the key is the browser's", () => {
    expect(recallStep({ at: 2 }, "up", SENT, "first")).toEqual({ recall: { at: 2 }, text: "first" });
    expect(recallStep(NOT_RECALLING, "up", [], "")).toBeNull();
    expect(recallStep(NOT_RECALLING, "down", SENT, "")).toBeNull();
  });
});
