import { describe, expect, test } from "vitest";

import { isLongText, meaningOfPaste } from "#ui/composer/paste.ts";

describe("what a paste means", () => {
  test("a short text is inserted", () => {
    expect(meaningOfPaste({ text: "hello", fileCount: 0 })).toEqual({ kind: "text" });
  });

  test("a picture is attached", () => {
    expect(meaningOfPaste({ text: "", fileCount: 1 })).toEqual({ kind: "files" });
    expect(meaningOfPaste({ text: " \n", fileCount: 1 })).toEqual({ kind: "files" });
  });

  test("text that office programs copy together with its picture is inserted and the picture offered", () => {
    expect(meaningOfPaste({ text: "a cell", fileCount: 1 })).toEqual({ kind: "text-then-offer-files" });
  });

  test("4,000 characters or 100 lines become a file, less does not", () => {
    expect(meaningOfPaste({ text: "x".repeat(4_000), fileCount: 0 })).toEqual({ kind: "text-as-file" });
    expect(meaningOfPaste({ text: "\n".repeat(99), fileCount: 0 })).toEqual({ kind: "text-as-file" });
    expect(isLongText("x".repeat(3_999))).toBe(false);
    expect(isLongText("\n".repeat(98))).toBe(false);
  });
});
