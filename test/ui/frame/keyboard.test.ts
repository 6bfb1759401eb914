import { describe, expect, test } from "vitest";

import type { KeyStroke } from "#ui/frame/keyboard.ts";
import { nextRegion, shortcutOf } from "#ui/frame/keyboard.ts";
import { shortcutTable } from "#ui/frame/shortcut-table.ts";

const OUTSIDE = { isInTextField: false };
const WRITING = { isInTextField: true };

function stroke(key: string, fields: Partial<KeyStroke> = {}): KeyStroke {
  return { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...fields };
}

describe("the keyboard map", () => {
  test("keys with Ctrl or Cmd work while writing too", () => {
    for (const command of [{ ctrlKey: true }, { metaKey: true }]) {
      expect(shortcutOf(stroke("O", { ...command, shiftKey: true }), WRITING)).toBe("new-session");
      expect(shortcutOf(stroke("b", command), WRITING)).toBe("toggle-side");
      expect(shortcutOf(stroke("\\", command), WRITING)).toBe("toggle-workspace");
      expect(shortcutOf(stroke(",", command), WRITING)).toBe("open-settings");
      expect(shortcutOf(stroke("/", command), WRITING)).toBe("open-help");
      expect(shortcutOf(stroke(".", command), WRITING)).toBe("stop-run");
    }
  });

  test("a slash is typed in a text field and goes to the message box elsewhere", () => {
    expect(shortcutOf(stroke("/"), WRITING)).toBeNull();
    expect(shortcutOf(stroke("/"), OUTSIDE)).toBe("focus-composer");
  });

  test("undo belongs to the text while writing", () => {
    expect(shortcutOf(stroke("z", { ctrlKey: true }), WRITING)).toBeNull();
    expect(shortcutOf(stroke("z", { ctrlKey: true }), OUTSIDE)).toBe("undo");
    expect(shortcutOf(stroke("Z", { ctrlKey: true, shiftKey: true }), OUTSIDE)).toBeNull();
  });

  test("Alt+Shift+arrows change the session, and select lines in a text field", () => {
    const keys = { altKey: true, shiftKey: true };
    expect(shortcutOf(stroke("ArrowUp", keys), OUTSIDE)).toBe("previous-session");
    expect(shortcutOf(stroke("ArrowDown", keys), OUTSIDE)).toBe("next-session");
    expect(shortcutOf(stroke("ArrowDown", keys), WRITING)).toBeNull();
  });

  test("characters typed with AltGr, which comes as Ctrl+Alt, are never taken", () => {
    expect(shortcutOf(stroke("\\", { ctrlKey: true, altKey: true }), WRITING)).toBeNull();
  });

  test("keys that browsers keep are left to them", () => {
    for (const key of ["n", "t", "w", "p", "r", "l"]) {
      expect(shortcutOf(stroke(key, { ctrlKey: true }), OUTSIDE)).toBeNull();
      expect(shortcutOf(stroke(key, { ctrlKey: true, shiftKey: true }), OUTSIDE)).toBeNull();
    }
    expect(shortcutOf(stroke("f", { ctrlKey: true }), OUTSIDE)).toBeNull();
  });

  test("F6 and F8 go on, with Shift back", () => {
    expect(shortcutOf(stroke("F6"), WRITING)).toBe("next-region");
    expect(shortcutOf(stroke("F6", { shiftKey: true }), WRITING)).toBe("previous-region");
    expect(shortcutOf(stroke("F8"), WRITING)).toBe("next-need");
    expect(shortcutOf(stroke("F8", { shiftKey: true }), WRITING)).toBe("previous-need");
  });

  test("past the last region F6 is the browser's", () => {
    expect(nextRegion(-1, 3, 1)).toBe(0);
    expect(nextRegion(-1, 3, -1)).toBe(2);
    expect(nextRegion(1, 3, 1)).toBe(2);
    expect(nextRegion(2, 3, 1)).toBeNull();
    expect(nextRegion(0, 3, -1)).toBeNull();
    expect(nextRegion(-1, 0, 1)).toBeNull();
  });

  test("the help names every action once", () => {
    const actions = shortcutTable("Ctrl").flatMap((group) =>
      group.rows.map((row) => `${group.heading}: ${row.action}`),
    );
    expect(new Set(actions).size).toBe(actions.length);
  });
});
