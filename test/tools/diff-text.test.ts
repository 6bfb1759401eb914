import { applyPatch } from "diff";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { diffOf } from "#tools/diff-text.ts";
import { fileChangeView } from "#tools/file-change.ts";
import { toolWorld } from "./tool-world.ts";

test("says how many lines came and went, with a patch", async () => {
  const world = toolWorld();
  await world.workspace.write("old.txt", new TextEncoder().encode("a\nb\nc\n"));
  const output = await world.run("diff_text", { beforePath: "old.txt", after: "a\nB\nc\nd\n" });
  expect(output.text).toMatch(/^2 lines added, 1 line removed\.\n/);
  expect(output).toMatchObject({
    ok: true,
    value: { added: 2, removed: 1 },
    view: { kind: "diff", before: "a\nb\nc\n" },
  });
  expect(output.ok && (output.value as { patch: string }).patch).toContain("@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n");
  expect(await world.value("diff_text", { before: "x", after: "x" })).toEqual({ added: 0, removed: 0, patch: "" });
  expect(await world.refusal("diff_text", { before: "x" })).toContain("exactly one of");
});

test("[V4] a patch applied to the old text gives the new one", () => {
  const line = fc.constantFrom("a", "b", "c", "", " ", "-", "+x", "\\", "é", "a\ud800");
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([all, hasEnd]) => all.join("\n") + (hasEnd ? "\n" : ""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { patch, added, removed } = diffOf(before, after, "old", "new");
      expect(patch === "" ? before : applyPatch(before, patch)).toBe(after);
      expect([patch === "", added === 0 && removed === 0]).toEqual([before === after, before === after]);
    }),
    { numRuns: 500 },
  );
});

test("two large texts with nothing in common end in seconds, with a patch that applies", () => {
  const before = Array.from({ length: 40_000 }, (_, index) => `old ${String(index)}\n`).join("");
  const after = Array.from({ length: 40_000 }, (_, index) => `new ${String(index * 7)}\n`).join("");
  const began = performance.now();
  const { patch, added, removed } = diffOf(before, after, "old", "new");
  expect(performance.now() - began).toBeLessThan(10_000);
  expect([added, removed]).toEqual([40_000, 40_000]);
  expect(applyPatch(before, patch)).toBe(after);
}, 30_000);

test("[W3] a small change in a long file costs a card only its surroundings", () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${String(index)}`);
  const view = fileChangeView("a", lines.join("\n"), lines.with(10_000, "changed").join("\n"));
  if (view.kind !== "file-change") throw new Error("another view");
  expect(view.before).toMatch(/^… 9,980 unchanged lines …\nline 9980\n/);
  expect(view.after).toContain("\nchanged\n");
  expect(view.after?.length).toBeLessThan(1000);
  const small = fileChangeView("a", "x", "y");
  expect(small).toEqual({ kind: "file-change", path: "a", before: "x", after: "y" });
});
