import { describe, expect, test } from "vitest";

import type { EnterRules, KeyPress } from "#ui/composer/enter-key.ts";
import { isForInputMethod, meaningOfEnter } from "#ui/composer/enter-key.ts";

const DESK: EnterRules = { enterSends: true, isTouchOnly: false, onScreenKeysHaveCode: false };
const PHONE: EnterRules = { ...DESK, isTouchOnly: true };

function press(fields: Partial<KeyPress> = {}): KeyPress {
  return {
    key: "Enter",
    code: "Enter",
    keyCode: 13,
    isComposing: false,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...fields,
  };
}

describe("the input method's Enter", () => {
  test("an Enter while a word is being composed is not the composer's", () => {
    expect(isForInputMethod(press({ isComposing: true }), false)).toBe(true);
  });

  test("Safari's confirming Enter, which comes after the end of the composition, is known by its code 229", () => {
    expect(isForInputMethod(press({ keyCode: 229 }), false)).toBe(true);
  });

  test("an Enter in the task in which the composition ended is not the composer's", () => {
    expect(isForInputMethod(press(), true)).toBe(true);
  });

  test("any other Enter is", () => {
    expect(isForInputMethod(press(), false)).toBe(false);
  });
});

describe("what Enter means", () => {
  test("with a fine pointer Enter sends and Shift+Enter adds a line", () => {
    expect(meaningOfEnter(press(), DESK)).toBe("send");
    expect(meaningOfEnter(press({ shiftKey: true }), DESK)).toBe("new-line");
  });

  test("where the setting says so Enter adds a line", () => {
    expect(meaningOfEnter(press(), { ...DESK, enterSends: false })).toBe("new-line");
  });

  test("Ctrl+Enter, Cmd+Enter and the number pad's Enter always send", () => {
    for (const rules of [DESK, PHONE, { ...PHONE, enterSends: false }]) {
      expect(meaningOfEnter(press({ ctrlKey: true }), rules)).toBe("send");
      expect(meaningOfEnter(press({ metaKey: true }), rules)).toBe("send");
      expect(meaningOfEnter(press({ code: "NumpadEnter" }), rules)).toBe("send");
    }
  });

  test("Ctrl+Shift+Enter stops the run and sends", () => {
    expect(meaningOfEnter(press({ ctrlKey: true, shiftKey: true }), DESK)).toBe("stop-and-send");
  });

  test("on a touch screen the keyboard's Enter adds a line, that of a keyboard which is plugged in sends", () => {
    expect(meaningOfEnter(press({ code: "" }), PHONE)).toBe("new-line");
    expect(meaningOfEnter(press(), PHONE)).toBe("send");
  });

  test("where the keyboard on the screen looks like a real one Enter adds a line on every touch screen", () => {
    expect(meaningOfEnter(press(), { ...PHONE, onScreenKeysHaveCode: true })).toBe("new-line");
  });

  test("another key is not Enter", () => {
    expect(meaningOfEnter(press({ key: "a", code: "KeyA" }), DESK)).toBe("not-enter");
  });
});
