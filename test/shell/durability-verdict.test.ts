import { describe, expect, it } from "vitest";

import { SELF_TEST_WORDS, selfTestWord } from "#protocol/self-test.ts";
import { type Arrival, judgeSaved, judgeWhole } from "#shell/durability-verdict.ts";

const KILLED_AT = 10_000;

function text(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `${selfTestWord(from + index)} `).join("");
}

/** Words 1 to 50 long before the kill, 51 to 60 in its last second. */
const ARRIVED: readonly Arrival[] = [
  { at: KILLED_AT - 1_500, text: text(1, 50) },
  { at: KILLED_AT - 300, text: text(51, 60) },
];

describe("the verdict of a test of durability", () => {
  it("[R6] passes what lost no more than the last second, and says how much that was", () => {
    expect(judgeSaved(ARRIVED, text(1, 60), KILLED_AT)).toContain(
      "60 of the 60 words that had arrived. None was lost.",
    );
    expect(judgeSaved(ARRIVED, text(1, 52), KILLED_AT)).toContain(
      "52 of the 60 words that had arrived. The last 8 had",
    );
  });

  it("[R6] finds a word lost that was older than a second", () => {
    expect(() => judgeSaved(ARRIVED, text(1, 49), KILLED_AT)).toThrow("1 words older than a second were lost.");
    expect(() => judgeSaved(ARRIVED, "", KILLED_AT)).toThrow("50 words older");
  });

  it("[R4] finds a word that is missing in the middle, stands twice, or was never written", () => {
    for (const wrong of [text(1, 20) + text(22, 60), text(1, 20) + text(20, 60), `${text(1, 60)}word-9999`]) {
      expect(() => judgeSaved(ARRIVED, wrong, KILLED_AT)).toThrow("is not the one that had been written");
    }
  });

  it("[R2] takes only the whole answer for whole", () => {
    expect(judgeWhole(text(1, SELF_TEST_WORDS))).toContain("in order, none twice");
    expect(() => judgeWhole(text(1, SELF_TEST_WORDS - 1))).toThrow("of 200 words");
    expect(() => judgeWhole(text(1, SELF_TEST_WORDS) + text(1, 1))).toThrow("Word 201");
  });
});
