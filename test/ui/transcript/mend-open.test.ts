import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitWhole } from "#ui/transcript/markdown/block-splitter.ts";
import { mendInline, mendOpen } from "#ui/transcript/markdown/mend-open.ts";

describe("mendInline", () => {
  it.each([
    ["plain", "plain"],
    ["a **bold", "a **bold**"],
    ["a **bold ", "a **bold** "],
    ["a **bold*", "a **bold**"],
    ["a **bold**", "a **bold**"],
    ["a **", "a "],
    ["**bold and *both", "**bold and *both***"],
    ["some `code", "some `code`"],
    ["some `", "some "],
    ["``a ` b", "``a ` b``"],
    ["~~gone", "~~gone~~"],
    ["5*3", "5*3"],
    ["snake_case_name", "snake_case_name"],
    ["2 * 3", "2 * 3"],
    ["see [the pa", "see the pa"],
    ["see [the page]", "see the page"],
    ["see [the page](https://a.exa", "see the page"],
    ["see [the page](https://a.example) now", "see [the page](https://a.example) now"],
    ["look ![alt](https://a", "look "],
    ["**see [the pa", "**see the pa**"],
    ["a \\*not", "a \\*not"],
    ["[1] is a note", "[1] is a note"],
  ])("%j is drawn as %j", (text, expected) => {
    expect(mendInline(text)).toBe(expected);
  });

  it("[V4] ends for any text", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("*", "_", "`", "[", "]", "(", ")", "~", "!", "a", " ", "\\"),
          maxLength: 40,
        }),
        (text) => {
          expect(mendInline(text)).toBeTypeOf("string");
        },
      ),
    );
  });
});

describe("mendOpen", () => {
  function drawn(text: string): string {
    const token = splitWhole(text).at(-1)?.token;
    if (token === undefined) throw new Error("no block");
    return mendOpen(token).raw;
  }
  it("closes what is open in the last item of a list, not in the items before", () => {
    expect(drawn("- a **b\n- c **d")).toBe("- a **b\n- c **d**");
  });
  it("works on the last cell of a table", () => {
    expect(drawn("| a | b |\n|---|---|\n| 1 | **2")).toContain("**2**");
  });
  it("leaves code alone", () => {
    expect(drawn("```\na **b")).toBe("```\na **b");
    expect(drawn("- x\n\n  ```\n  a **b")).toBe("- x\n\n  ```\n  a **b");
  });
});
