import { describe, expect, it } from "vitest";

import { readEntities } from "#ui/transcript/markdown/entities.ts";
import { hostToShow, isInlineImage, safeLink } from "#ui/transcript/markdown/safe-link.ts";
import { isNumericColumn } from "#ui/transcript/markdown/table-block.tsx";

describe("safeLink", () => {
  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a.example/1",
    "//evil.example/x",
    "/relative",
    "relative",
    "#anchor",
    "https://",
    "https://bank.example@evil.example/",
    "http\n://a",
    "",
  ])("[Z2] does not follow %j", (href) => {
    expect(safeLink(href)).toBeNull();
  });

  it("follows the web, mail and places in the app", () => {
    expect(safeLink("https://a.example/b?c=1")).toEqual({
      kind: "outside",
      url: "https://a.example/b?c=1",
      host: "a.example",
    });
    expect(safeLink("HTTP://A.example")).toMatchObject({ kind: "outside", host: "a.example" });
    expect(safeLink("mailto:a@b.example")).toEqual({ kind: "outside", url: "mailto:a@b.example", host: null });
    expect(safeLink("#/s/abc?turn=3")).toEqual({ kind: "inside", hash: "#/s/abc?turn=3" });
  });

  it("[Z2] shows the real host of a link that names another one", () => {
    expect(hostToShow("bank.example", "evil.example")).toBe("evil.example");
    expect(hostToShow("https://bank.example/login", "evil.example")).toBe("evil.example");
    expect(hostToShow("www.a.example", "a.example")).toBeNull();
    expect(hostToShow("a.example/page", "a.example")).toBeNull();
    expect(hostToShow("the page", "a.example")).toBeNull();
  });

  it("[Z2] draws no picture but one that is in the text itself", () => {
    expect(isInlineImage("https://a.example/x.png")).toBe(false);
    expect(isInlineImage("data:image/svg+xml;base64,AAAA")).toBe(false);
    expect(isInlineImage("data:image/png;base64,iVBORw0KGgo=")).toBe(true);
  });
});

describe("readEntities", () => {
  it("reads what answers contain and leaves the rest", () => {
    expect(readEntities("a &amp; b &lt;c&gt; &#233; &#x1F600; &nope; &copy;")).toBe("a & b <c> é 😀 &nope; ©");
    expect(readEntities("&#0; &#99999999; &#x110000;")).toBe("\ufffd &#99999999; \ufffd");
  });
});

describe("isNumericColumn", () => {
  it.each<[string[], boolean]>([
    [["1", "2.5", "-3", "1,000"], true],
    [["€ 249.90", "62 %", "4 ms"], true],
    [["1", "", "–"], true],
    [["1", "two"], false],
    [["2026-01-15"], false],
    [[""], false],
  ])("%j: %s", (cells, expected) => {
    expect(isNumericColumn(cells)).toBe(expected);
  });
});
