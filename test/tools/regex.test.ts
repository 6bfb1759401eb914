import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isKnownShort } from "#tools/regex-cost.ts";
import { explainPattern } from "#tools/regex-explanation.ts";
import { searchTexts } from "#tools/regex-match.ts";
import { HOSTILE, toolWorld } from "./tool-world.ts";

const world = toolWorld();

test("all matches with their places, groups and names", async () => {
  const value = await world.value("test_regex", { pattern: "(\\w+)@(?<host>\\w+)(x)?", text: "a@b c@dd" });
  expect(value).toMatchObject({
    count: 2,
    matches: [
      { match: "a@b", index: 0, groups: ["a", "b", null], named: { host: "b" } },
      { match: "c@dd", index: 4, groups: ["c", "dd", null], named: { host: "dd" } },
    ],
  });
});

test("a pattern copied with its slashes and flags is taken as meant", async () => {
  expect(await world.value("test_regex", { pattern: "/A/i", text: "aA" })).toMatchObject({ count: 2 });
  expect(await world.value("test_regex", { pattern: "a", flags: "i", text: "aA" })).toMatchObject({ count: 2 });
});

test("empty matches do not go on for ever", async () => {
  expect(await world.value("test_regex", { pattern: "", text: "ab" })).toMatchObject({ count: 3 });
});

test.each([
  ["(", "Unterminated group"],
  ["[", "Unterminated character class"],
  ["a", "flags"],
])("%s that is no pattern is refused with the engine's reason", async (pattern, reason) => {
  const flags = pattern === "a" ? "zz" : "";
  expect(await world.refusal("test_regex", { pattern, flags, text: "x" })).toContain(reason);
});

describe("[C2] a pattern that could run away is not run where nothing can end it", () => {
  const text = `${"a".repeat(40)}b`;
  test.each([
    "(a+)+$",
    "(a|a)*$",
    "(a|aa)+$",
    "(a*)*c",
    "(.*a){20}",
    "(?:a?){40}a{40}",
    `${"a?".repeat(30)}a{30}c`,
    "(\\w+\\s?)*$",
    "([a-z]+)*=",
    "(a+)\\1+c",
  ])("%s", async (pattern) => {
    const began = performance.now();
    expect(await world.refusal("test_regex", { pattern, text })).toContain("could take very long");
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("a simple one is not run on too much text either", () => {
    const search = { flags: "", limit: 10, texts: ["x".repeat(100_000)] };
    expect(isKnownShort({ ...search, pattern: "\\s+$" })).toBe(false);
    expect(isKnownShort({ ...search, pattern: "abc" })).toBe(true);
    expect(isKnownShort({ ...search, pattern: "(a|b)c?", texts: ["x".repeat(1000)] })).toBe(true);
  });

  test("whatever is known to be short is short", () => {
    const piece = fc.constantFrom(
      "a",
      "b",
      "(",
      ")",
      "*",
      "+",
      "?",
      "{2,9}",
      "{1,}",
      "|",
      ".",
      "\\d",
      "[ab]",
      "(?=",
      "(?:",
      "^",
      "$",
      "\\1",
    );
    const patterns = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
    const texts = fc
      .array(fc.constantFrom("a", "b", "1"), { maxLength: 2000 })
      .map((letters) => [letters.join(""), "a".repeat(letters.length)]);
    fc.assert(
      fc.property(patterns, texts, (pattern, all) => {
        const search = { pattern, flags: "", texts: all, limit: 1_000_000 };
        if (!isValid(pattern) || !isKnownShort(search)) return;
        const began = performance.now();
        searchTexts(search);
        expect(performance.now() - began).toBeLessThan(3000);
      }),
      { numRuns: 1500 },
    );
  }, 60_000);
});

function isValid(pattern: string): boolean {
  try {
    return RegExp(pattern).source !== "";
  } catch {
    return false;
  }
}

describe("the explanation", () => {
  test("names each piece in order", () => {
    expect(explainPattern("^(\\d{3})-[a-z]+?(?<x>a|b)$", "i")).toEqual([
      "^ the start of the text (of a line with m)",
      "( ) a group that is kept",
      "  \\d a digit, 3 times",
      '- the text "-"',
      "[a-z] one of these characters, once or more, as few as possible",
      "( ) a group that is kept named x",
      "  either",
      '    a the text "a"',
      "  or",
      '    b the text "b"',
      "$ the end of the text (of a line with m)",
      "i: upper and lower case count as the same",
    ]);
  });

  test("[V4] any pattern is explained or left alone", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 40 }),
        fc.constantFrom("", "u", "v", "gimsy"),
        (pattern, flags) => {
          expect(Array.isArray(explainPattern(pattern, flags))).toBe(true);
        },
      ),
    );
    for (const text of Object.values(HOSTILE)) expect(Array.isArray(explainPattern(text, ""))).toBe(true);
  });
});
