import { describe, expect, test } from "vitest";

import { extensionOf, imageType, prettyJson, previewKind } from "#ui/workspace/preview-kind.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("how a file is shown", () => {
  test("by its name", () => {
    expect(previewKind("notes.md", bytes("# a"))).toBe("markdown");
    expect(previewKind("a/b.CSV", bytes("a,b"))).toBe("csv");
    expect(previewKind("x.json", bytes("{}"))).toBe("json");
    expect(previewKind("photo.jpeg", bytes("\0"))).toBe("image");
    expect(previewKind("Makefile", bytes("all:"))).toBe("text");
  });

  test("a file with a NUL byte is not shown as text", () => {
    expect(previewKind("thing.txt", bytes("ab\0c"))).toBe("none");
  });

  test("[Z2] an SVG, which may hold scripts, is shown as its text and not as a picture", () => {
    expect(imageType("a.svg")).toBeNull();
    expect(previewKind("a.svg", bytes("<svg/>"))).toBe("text");
  });

  test("a name that begins with a dot has no extension", () => {
    expect(extensionOf(".env")).toBe("");
    expect(extensionOf("dir.d/file")).toBe("");
  });

  test("JSON is indented, and what is not JSON stays as it is", () => {
    expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(prettyJson("{a")).toBe("{a");
  });
});
