import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DiffLine } from "#ui/transcript/diff-lines.ts";
import { diffLines, withContext } from "#ui/transcript/diff-lines.ts";

function shown(lines: readonly DiffLine[]): string {
  return lines.map((line) => `${{ same: " ", added: "+", removed: "-" }[line.kind]}${line.text}`).join("\n");
}

describe("diffLines", () => {
  it("shows what was added and removed", () => {
    expect(shown(diffLines("tent\nstove\nmap\n", "tent\nmap\ncompass\n"))).toBe(" tent\n-stove\n map\n+compass");
  });

  it("shows a new file and a removed one whole", () => {
    expect(shown(diffLines("", "a\nb\n"))).toBe("+a\n+b");
    expect(shown(diffLines("a\nb\n", ""))).toBe("-a\n-b");
  });

  it("gives back both texts, in order, for any two texts", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 20 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before.join("\n"), after.join("\n"));
        expect(lines.filter((line) => line.kind !== "added").map((line) => line.text)).toEqual(before);
        expect(lines.filter((line) => line.kind !== "removed").map((line) => line.text)).toEqual(after);
        expect(lines.flatMap((line) => line.after ?? [])).toEqual(after.map((_, index) => index + 1));
      }),
    );
  });

  it("answers for texts that are too different to compare line by line", () => {
    const many = (word: string) => Array.from({ length: 60_000 }, (_, index) => `${word} ${String(index)}`).join("\n");
    expect(diffLines(many("a"), many("b"))).toHaveLength(120_000);
  });

  it("leaves out unchanged lines far from a change and says how many", () => {
    const before = Array.from({ length: 20 }, (_, index) => String(index));
    const rows = withContext(diffLines(before.join("\n"), before.with(10, "ten").join("\n")));
    expect(rows[0]).toEqual({ kind: "skipped", count: 7 });
    expect(rows).toHaveLength(1 + 3 + 2 + 3 + 1);
    expect(rows.at(-1)).toEqual({ kind: "skipped", count: 6 });
  });
});
