import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countsOf } from "#tools/count-text.ts";
import { encoded } from "#tools/encode-text.ts";
import { transformed } from "#tools/transform-text.ts";
import { countCharacters, piecesOf, wordsOf } from "#tools/words.ts";
import { HOSTILE, toolWorld } from "./tool-world.ts";

const world = toolWorld();
const lines = fc.array(
  fc.string({ unit: "grapheme", maxLength: 12 }).filter((line) => !/[\r\n]/.test(line)),
  { maxLength: 30 },
);
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom(...Object.values(HOSTILE)),
);

describe("count_text", () => {
  test.each([
    ["", { characters: 0, words: 0, lines: 0, sentences: 0, paragraphs: 0, bytes: 0 }],
    ["one\ntwo\n", { lines: 2, words: 2, paragraphs: 1, bytes: 8 }],
    ["one\ntwo", { lines: 2 }],
    ["\n", { lines: 1, words: 0 }],
    ["a\r\nb\rc", { lines: 3 }],
    ["Don't split well-known words at 3.5 or 1,000.", { words: 8, sentences: 1 }],
    ["Mr. Smith met Dr. Jones, e.g. in Bonn. They spoke.", { sentences: 2 }],
    ["One para.\n\n\nTwo para.\n", { paragraphs: 2, sentences: 2 }],
    ["A sentence that is\nwrapped over lines. Another.", { sentences: 2 }],
    ["日本語の文章です。次の文。", { sentences: 2, lines: 1 }],
    ["👩‍👩‍👧‍👦e\u0301🇩🇪", { characters: 3 }],
    ["\r\n", { characters: 1 }],
  ])("%j", (text, expected) => expect(countsOf(text)).toMatchObject(expected));

  test("finds the words of scripts without spaces", () => {
    expect([...wordsOf("私は東京に住んでいます。")].length).toBeGreaterThan(3);
    expect([...wordsOf("กรุงเทพมหานคร เป็นเมืองหลวง")].length).toBeGreaterThan(2);
  });

  test("counts characters as Intl.Segmenter does, though it asks it only where it must", () => {
    const whole = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    const unit = fc.constantFrom(
      "a",
      "é",
      "e\u0301",
      "한",
      "ᄒ",
      "ᅡ",
      "\r",
      "\n",
      "🇩",
      "👩",
      "\u200d",
      "🏽",
      "ß",
      "日",
      "が",
      "か\u3099",
      " ",
      "क",
      "्",
      "ष",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        expect(countCharacters(text)).toBe([...whole.segment(text)].length);
      }),
      { numRuns: 1000 },
    );
  });

  test("pieces joined are the text, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1000, maxLength: 9000 }), (text) => {
        expect(piecesOf(text).join("")).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test("[V4] a line of 5 MB is counted in seconds", () => {
    const line = "Some words, and 3.5 more. ".repeat(200_000);
    const began = performance.now();
    expect(countsOf(line)).toMatchObject({ lines: 1, words: 1_000_000, characters: line.length });
    expect(performance.now() - began).toBeLessThan(20_000);
  }, 40_000);
});

describe("transform_text", () => {
  test.each([
    ["sort-lines", "b\na\nC\n", "a\nb\nC\n"],
    ["sort-lines-numeric", "b 10\na 9\nc 1.5\nnone\n-3", "-3\nc 1.5\na 9\nb 10\nnone"],
    ["sort-lines-numeric", "1,200\n300", "300\n1,200"],
    ["dedupe-lines", "a\nb\na\n", "a\nb\n"],
    ["reverse-lines", "a\nb\nc", "c\nb\na"],
    ["number-lines", "a\nb", "1. a\n2. b"],
    ["trim-lines", " a \n\tb", "a\nb"],
    ["remove-empty-lines", "a\n\n \nb\n", "a\nb\n"],
    ["sort-lines", "b\r\na\r\n", "a\r\nb\r\n"],
    ["upper-case", "straße é", "STRASSE É"],
    ["lower-case", "ABC É", "abc é"],
    ["title-case", "the lord of the rings by NASA", "The Lord of the Rings by NASA"],
    ["sentence-case", "HELLO WORLD. HOW DO I DO?", "Hello world. How do I do?"],
    ["camel-case", "hello big World", "helloBigWorld"],
    ["snake-case", "HTTPServer fooBar-baz", "http_server_foo_bar_baz"],
    ["kebab-case", "Don't Panic\nfoo_bar", "dont-panic\nfoo-bar"],
  ] as const)("%s of %j", (operation, text, expected) => expect(transformed(operation, text)).toBe(expected));

  test.each([
    "sort-lines",
    "sort-lines-numeric",
    "dedupe-lines",
    "trim-lines",
    "remove-empty-lines",
    "snake-case",
    "kebab-case",
  ] as const)("%s twice is the same as once", (operation) => {
    fc.assert(
      fc.property(lines, (all) => {
        const once = transformed(operation, all.join("\n"));
        expect(transformed(operation, once)).toBe(once);
      }),
    );
  });

  test("sorting and reversing keep every line; reversing twice gives the text back", () => {
    fc.assert(
      fc.property(lines, (all) => {
        const text = all.map((line) => `${line}\n`).join("");
        const sorted = transformed("sort-lines", text).split("\n");
        expect(sorted.toSorted()).toEqual(text.split("\n").toSorted());
        expect(transformed("reverse-lines", transformed("reverse-lines", text))).toBe(text);
      }),
    );
  });

  test("a result that is too long to read is cut for the model and whole as a value", async () => {
    const output = await world.run("transform_text", { operation: "upper-case", text: "x".repeat(50_000) });
    expect(output.text.length).toBeLessThan(21_000);
    expect(output.text).toContain("30,000 more characters");
    expect(output.ok && (output.value as { text: string }).text.length).toBe(50_000);
  });
});

describe("encode_text", () => {
  test.each([
    ["base64-encode", "Grüße", "R3LDvMOfZQ=="],
    ["base64-decode", "R3LDvMOf\nZQ", "Grüße"],
    ["url-encode", "a b&ü", "a%20b%26%C3%BC"],
    ["url-decode", "a%20b+c", "a b+c"],
    ["html-escape", `<a href="x">'&`, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;"],
    ["html-unescape", "&lt;&auml;&#x1F600;&#65;&hellip;&nope;&amp;lt;", "<ä😀A…&nope;&lt;"],
    ["hex-encode", "é", "c3a9"],
    ["hex-decode", "0xC3 A9", "é"],
    ["html-unescape", "&#0;&#xD800;&constructor;", "&#0;&#xD800;&constructor;"],
  ] as const)("%s of %j", (operation, text, expected) => expect(encoded(operation, text)).toBe(expected));

  test.each([
    ["base64-decode", "_-8"],
    ["hex-decode", "abc"],
    ["url-decode", "%zz"],
    ["base64-decode", "/////w=="],
  ] as const)("%s of %j is refused", (operation, text) => {
    expect(() => encoded(operation, text)).toThrow(expect.objectContaining({ name: "ToolRefusal" }));
  });

  test.each([
    ["base64-encode", "base64-decode"],
    ["url-encode", "url-decode"],
    ["hex-encode", "hex-decode"],
    ["html-escape", "html-unescape"],
  ] as const)("[V4] %s and back gives every text again, a lone surrogate as U+FFFD", (encode, decode) => {
    fc.assert(
      fc.property(texts, (text) => {
        const back = encoded(decode, encoded(encode, text));
        expect(back).toBe(
          encode === "html-escape"
            ? text
            : text
                .replace(/^\ufeff/, "")
                .toWellFormed()
                .replace(/^\ufeff/, ""),
        );
      }),
    );
  });

  test("a file is encoded byte for byte, text or not", async () => {
    await world.workspace.write("x.bin", Uint8Array.from([0, 255, 128]));
    expect(await world.value("encode_text", { operation: "base64-encode", path: "x.bin" })).toEqual({ text: "AP+A" });
    expect(await world.value("encode_text", { operation: "hex-encode", path: "x.bin" })).toEqual({ text: "00ff80" });
    expect(await world.refusal("encode_text", { operation: "html-escape", path: "x.bin" })).toContain(
      "not a text file",
    );
  });
});

describe("hash_text", () => {
  test.each(["sha-1", "sha-256", "sha-384", "sha-512"])("%s is what Node says of the same bytes", async (algorithm) => {
    for (const text of ["", "abc", "Grüße 👋"]) {
      const expected = createHash(algorithm.replace("-", "")).update(text).digest("hex");
      expect(await world.value("hash_text", { algorithm, text })).toEqual({ hash: expected });
    }
  });

  test("a file's hash is that of its bytes", async () => {
    const bytes = Uint8Array.from([0xff, 0xfe, 0x41, 0]);
    await world.workspace.write("utf16.txt", bytes);
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(await world.value("hash_text", { algorithm: "sha-256", path: "utf16.txt" })).toEqual({ hash: expected });
  });
});

describe("parse_url", () => {
  test("takes a URL apart, decoded, and keeps a password to itself", async () => {
    const value = await world.value("parse_url", {
      url: "https://ann:geheim@example.com:8443/a%20b?x=1&x=2&q=%C3%BC#top",
    });
    expect(value).toEqual({
      href: "https://ann@example.com:8443/a%20b?x=1&x=2&q=%C3%BC#top",
      scheme: "https",
      username: "ann",
      hasPassword: true,
      host: "example.com",
      port: "8443",
      path: "/a b",
      fragment: "top",
      parameters: [
        { name: "x", value: "1" },
        { name: "x", value: "2" },
        { name: "q", value: "ü" },
      ],
    });
    expect(JSON.stringify(await world.run("parse_url", { url: "ftp://u:geheim@h/" }))).not.toContain("geheim");
  });

  test("a URL without a scheme is refused with what it should be", async () => {
    expect(await world.refusal("parse_url", { url: "example.com/x" })).toContain(
      "Did you mean https://example.com/x ?",
    );
    expect(await world.refusal("parse_url", { url: "%%%" })).not.toContain("Did you mean");
  });

  test("[Z2] script and data addresses are taken apart like any other, never opened", async () => {
    expect(await world.value("parse_url", { url: "javascript:alert(1)%ff" })).toMatchObject({
      scheme: "javascript",
      path: "alert(1)%ff",
    });
  });
});

test("[V4] every text tool answers every hostile text", async () => {
  const inputs = [
    ["count_text", {}],
    ...["sort-lines", "title-case", "sentence-case", "camel-case", "number-lines"].map(
      (operation) => ["transform_text", { operation }] as const,
    ),
    ...["base64-decode", "url-decode", "hex-decode", "html-unescape"].map(
      (operation) => ["encode_text", { operation }] as const,
    ),
    ["hash_text", { algorithm: "sha-256" }],
    ["summarise", {}],
    ["keywords", {}],
    ["csv_statistics", {}],
    ["convert_format", { from: "auto", to: "json" }],
    ["convert_format", { from: "yaml", to: "markdown-table" }],
    ["test_regex", { pattern: "(.)" }],
  ] as const;
  for (const text of Object.values(HOSTILE)) {
    for (const [name, input] of inputs) expect(typeof (await world.run(name, { ...input, text })).text).toBe("string");
  }
});
