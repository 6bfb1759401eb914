import { describe, expect, test } from "vitest";

import { splitAtHits, titleMatches } from "#ui/session-list/find.ts";

describe("finding sessions", () => {
  test("hits are marked whatever their case, and no character is lost", () => {
    const pieces = splitAtHits("Kettle timing, kettle size", "kettle");
    expect(pieces.filter((piece) => piece.isHit).map((piece) => piece.text)).toEqual(["Kettle", "kettle"]);
    expect(pieces.map((piece) => piece.text).join("")).toBe("Kettle timing, kettle size");
  });

  test("[V4] a query made of signs, brackets or half a character cannot break it", () => {
    for (const query of ["(", "[a", "a+b*", "\\", "-", "\ud800", "^$", "/", "{1}"]) {
      expect(
        splitAtHits("a+b* (x) [a] 1-2", query)
          .map((piece) => piece.text)
          .join(""),
      ).toBe("a+b* (x) [a] 1-2");
    }
    expect(splitAtHits("a+b*", "+b*")).toEqual([
      { text: "a", isHit: false },
      { text: "+b*", isHit: true },
    ]);
  });

  test("an empty query marks nothing", () => {
    expect(splitAtHits("text", "  ")).toEqual([{ text: "text", isHit: false }]);
  });

  test("a title matches when it holds every word, in any order", () => {
    expect(titleMatches("Trip budget in three currencies", "budget TRIP")).toBe(true);
    expect(titleMatches("Trip budget", "budget kettle")).toBe(false);
    expect(titleMatches("anything", "")).toBe(true);
  });
});
