import { describe, expect, test } from "vitest";

import { targetOf } from "#ui/session-list/list-keys.ts";

const TITLES = ["Kettle timing", "Trip budget", "Regex", "Kitchen"];
const WITH_P = [...TITLES, "Packing list"];

describe("keys in the session list", () => {
  test("arrows move by one and stop at the ends", () => {
    expect(targetOf("ArrowDown", TITLES, 0)).toBe(1);
    expect(targetOf("ArrowDown", TITLES, 3)).toBe(3);
    expect(targetOf("ArrowUp", TITLES, 0)).toBe(0);
    expect(targetOf("Home", TITLES, 2)).toBe(0);
    expect(targetOf("End", TITLES, 0)).toBe(3);
  });

  test("a letter goes to the next title that begins with it, and round", () => {
    expect(targetOf("k", TITLES, 0)).toBe(3);
    expect(targetOf("K", TITLES, 3)).toBe(0);
    expect(targetOf("x", TITLES, 0)).toBeNull();
  });

  test("the keys of a row and of the page are left alone", () => {
    for (const key of ["p", "P", "/", " ", "F2", "Delete", "Enter", "Tab"]) expect(targetOf(key, WITH_P, 0)).toBeNull();
  });
});
