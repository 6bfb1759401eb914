import { describe, expect, it } from "vitest";

import { type SavingFacts, savingOf } from "#ui/transcript/saved-line.tsx";

const NOW = 1_700_000_000_000;

function words(facts: Partial<SavingFacts>): string | undefined {
  const base = { savedAt: NOW, isRunning: false, trouble: null, isAgentThere: true, now: NOW };
  return savingOf({ ...base, ...facts })?.words;
}

describe("the line that tells of saving", () => {
  it("is calm while everything is saved, running or not, and counts only what has waited", () => {
    expect(words({})).toBe("Saved");
    expect(words({ savedAt: NOW - 3_600_000 })).toBe("Saved");
    expect(words({ isRunning: true, savedAt: NOW - 1_000 })).toBe("Saved");
    expect(words({ isRunning: true, savedAt: NOW - 12_000 })).toBe("Saved 12 s ago");
  });

  it("says nothing before there is anything to save", () => {
    expect(words({ savedAt: null })).toBeUndefined();
  });

  it("[W9] names what keeps a running answer from being saved, and since when", () => {
    const trouble = "There is no space left to save.";
    expect(words({ trouble, isRunning: true, savedAt: NOW - 8_000 })).toBe(`Not saved for 8 s: ${trouble}`);
    expect(words({ trouble, isRunning: true, savedAt: NOW - 1_000 })).toBe("Saved");
    expect(words({ trouble, savedAt: null })).toBe(`Not saved: ${trouble}`);
    expect(words({ trouble, savedAt: NOW - 8_000 })).toMatch(/^Last saved at \d\d:\d\d:\d\d\. There is no space/);
  });

  it("[R4] tells up to when everything is saved while the agent is gone", () => {
    expect(words({ isAgentThere: false })).toMatch(/^Saved up to \d\d:\d\d:\d\d$/);
  });
});
