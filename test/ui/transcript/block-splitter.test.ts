import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Block } from "#ui/transcript/markdown/block-splitter.ts";
import { BlockSplitter, splitWhole } from "#ui/transcript/markdown/block-splitter.ts";

const PIECES = [
  "# Title\n",
  "#",
  "## Sub\n\n",
  "plain words ",
  "**bold**",
  "***both***",
  "*it*",
  "`code`",
  "```js\n",
  "```\n",
  "~~~\n",
  "let a = 1;\n",
  "- item\n",
  "- [x] task\n",
  "  - nested\n",
  "1. one\n",
  "2",
  ". two\n",
  "> quote\n",
  "***",
  "---",
  "___",
  "| a | b |\n|---|---|\n| 1 | 2 |\n",
  "| c |",
  "<div>",
  "</div>\n",
  "<!-- c -->",
  "\n",
  "\n\n",
  "    indented\n",
  "    ",
  "[link](https://a.example)",
  "![i](https://b.example/x.png)",
  "===\n",
  "a\n",
  "\r\n",
  "\u00a0",
  "&amp;",
  "\\*",
  "|",
  "é😀",
] as const;

const document = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((pieces) => pieces.join(""));

function shape(blocks: readonly Block[]): string[] {
  return blocks.map(
    ({ token, from, level }) => `${String(from)} ${String(level)} ${token.type}:${token.raw.trimEnd()}`,
  );
}

describe("BlockSplitter", () => {
  it("[R2] gives the same blocks whether the text came in pieces or whole", () => {
    fc.assert(
      fc.property(document, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (text, sizes) => {
        const splitter = new BlockSplitter();
        let at = 0;
        while (at < text.length) {
          at += sizes.next().value;
          splitter.update(text.slice(0, at));
        }
        splitter.update(text);
        splitter.finish();
        expect(shape(splitter.finished)).toEqual(shape(splitWhole(text)));
      }),
      { numRuns: 600 },
    );
  });

  it("[V2] never changes a finished block while text arrives", () => {
    fc.assert(
      fc.property(document, (text) => {
        const splitter = new BlockSplitter();
        let before: readonly unknown[] = [];
        for (let at = 1; at <= text.length; at++) {
          splitter.update(text.slice(0, at));
          expect(splitter.finished.slice(0, before.length)).toEqual(before);
          before.forEach((token, index) => {
            expect(splitter.finished[index]).toBe(token);
          });
          before = [...splitter.finished];
        }
      }),
      { numRuns: 100 },
    );
  });

  it("keeps the rest to lex small however long the answer is", () => {
    const splitter = new BlockSplitter();
    let text = "";
    for (let index = 0; index < 200; index++) {
      text += `Paragraph ${String(index)} with words.\n\n`;
      splitter.update(text);
      expect(splitter.open.length).toBeLessThanOrEqual(2);
    }
    expect(splitter.finished.length + splitter.open.length).toBe(200);
  });

  it("resolves a link whose definition came after its use, once, at the end", () => {
    const text = "See [the page][p].\n\nOther words.\n\n[p]: https://a.example/\n";
    const splitter = new BlockSplitter();
    for (let at = 1; at <= text.length; at++) splitter.update(text.slice(0, at));
    expect(JSON.stringify(splitter.finished[0])).not.toContain("https://a.example/");
    const other = splitter.finished[1];
    splitter.finish();
    expect(JSON.stringify(splitter.finished[0])).toContain("https://a.example/");
    expect(splitter.finished[1]).toBe(other);
  });

  it("[V2] keeps finished blocks when a line break of two characters comes in two pieces", () => {
    const splitter = new BlockSplitter();
    splitter.update("one\r\n\r\ntwo\r\n\r\nthree\r\n");
    const before = [...splitter.finished];
    expect(before.length).toBeGreaterThan(0);
    splitter.update("one\r\n\r\ntwo\r\n\r\nthree\r\n\r");
    splitter.update("one\r\n\r\ntwo\r\n\r\nthree\r\n\r\nfour");
    before.forEach((block, index) => {
      expect(splitter.finished[index]).toBe(block);
    });
  });

  it("gives headings levels without a gap, below the message's own", () => {
    const levels = splitWhole("### a\n\n# b\n\n## c\n\n##### d\n").map((block) => block.level);
    expect(levels).toEqual([3, 3, 4, 5]);
  });

  it("[V4] takes any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const splitter = new BlockSplitter();
        for (let at = 1; at <= text.length; at += 3) splitter.update(text.slice(0, at));
        splitter.update(text);
        splitter.finish();
      }),
    );
    const long = new BlockSplitter();
    long.update("x".repeat(1_000_000));
    long.finish();
    expect(long.finished).toHaveLength(1);
  });
});
