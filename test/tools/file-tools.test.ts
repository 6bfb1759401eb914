import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { ToolWorld } from "./tool-world.ts";
import { HOSTILE, loadTool, readText, toolWorld } from "./tool-world.ts";

let world: ToolWorld;

beforeEach(() => {
  world = toolWorld();
});

const write = (path: string, text: string) => world.run("write_file", { path, text });

describe("write_file", () => {
  test("creates, then replaces the whole file, and shows both sides", async () => {
    expect(await write("notes/a.md", "one\ntwo\n")).toEqual({
      ok: true,
      text: "Created notes/a.md: 2 lines, 8 bytes.",
      value: { path: "notes/a.md", bytes: 8, lines: 2, isNew: true },
      view: { kind: "file-change", path: "notes/a.md", before: null, after: "one\ntwo\n" },
    });
    expect(await write("notes/a.md", "x")).toMatchObject({
      value: { isNew: false },
      view: { before: "one\ntwo\n", after: "x" },
    });
    expect(await readText(world.workspace, "notes/a.md")).toBe("x");
  });

  test("[T1] a second run ends in the same state", async () => {
    await write("a.md", "text");
    const files = await world.workspace.list();
    await write("a.md", "text");
    expect(await world.workspace.list()).toEqual(files);
  });

  test("the preview shows exactly what will be written and writes nothing", async () => {
    await write("a.md", "before");
    const tool = await loadTool("write_file");
    expect(await tool.preview({ path: "a.md", text: "after" }, world.context)).toEqual({
      title: "Replace a.md",
      reason: "Replaces the whole content of a.md in this session's files.",
      view: { kind: "file-change", path: "a.md", before: "before", after: "after" },
    });
    expect(await readText(world.workspace, "a.md")).toBe("before");
  });

  test("[V4] every text comes back as it was, half a character as U+FFFD", async () => {
    for (const text of Object.values(HOSTILE)) {
      await write("a.md", text);
      expect(await readText(world.workspace, "a.md")).toBe(text.toWellFormed());
    }
  });
});

describe("append_file", () => {
  test("begins on a new line, and creates a missing file", async () => {
    expect(await world.value("append_file", { path: "a.md", text: "one" })).toEqual({ path: "a.md", lines: 1 });
    expect(await world.value("append_file", { path: "a.md", text: "two\n" })).toEqual({ path: "a.md", lines: 2 });
    await world.value("append_file", { path: "a.md", text: "three" });
    expect(await readText(world.workspace, "a.md")).toBe("one\ntwo\nthree");
  });

  test("several at once all arrive", async () => {
    const texts = Array.from({ length: 20 }, (_, index) => `line ${String(index)}`);
    await Promise.all(texts.map((text) => world.run("append_file", { path: "a.md", text })));
    expect((await readText(world.workspace, "a.md")).split("\n").toSorted()).toEqual(texts.toSorted());
  });

  test("a file that is no text is left alone", async () => {
    await world.workspace.write("x.bin", Uint8Array.from([0xff, 0x00, 0xc3]));
    expect(await world.refusal("append_file", { path: "x.bin", text: "x" })).toContain("not a text file");
    expect(await world.workspace.read("x.bin")).toEqual(Uint8Array.from([0xff, 0x00, 0xc3]));
  });

  test("[C2] a call that is stopped while it waits for another changes nothing", async () => {
    const tool = await loadTool("append_file");
    const gate = { open: () => {} };
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    const begun = { tell: () => {} };
    const hasBegun = new Promise<void>((resolve) => (begun.tell = resolve));
    const slow: ToolWorld["workspace"] = {
      list: () => world.workspace.list(),
      read: (path) => world.workspace.read(path),
      rename: (from, to) => world.workspace.rename(from, to),
      remove: (path) => world.workspace.remove(path),
      write: async (path, bytes) => {
        begun.tell();
        await opened;
        await world.workspace.write(path, bytes);
      },
    };
    const context = { ...world.context, workspace: slow };
    const first = tool.run({ path: "a.md", text: "one" }, context);
    const second = tool.run({ path: "a.md", text: "two" }, context);
    await hasBegun;
    world.stop.abort();
    gate.open();
    await expect(first).resolves.toMatchObject({ ok: true });
    await expect(second).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(await readText(world.workspace, "a.md")).toBe("one");
  });
});

describe("replace_in_file", () => {
  test("replaces the one place", async () => {
    await write("a.md", "one two three");
    expect(await world.value("replace_in_file", { path: "a.md", find: "two", replace: "$& 2" })).toEqual({
      path: "a.md",
      replacements: 1,
    });
    expect(await readText(world.workspace, "a.md")).toBe("one $& 2 three");
  });

  test("refuses several places with their number, unless all are meant", async () => {
    await write("a.md", "x.x.x");
    expect(await world.refusal("replace_in_file", { path: "a.md", find: "x", replace: "y" })).toContain(
      "occurs 3 times",
    );
    await world.value("replace_in_file", { path: "a.md", find: "x", replace: "y", isAll: true });
    expect(await readText(world.workspace, "a.md")).toBe("y.y.y");
  });

  test.each([
    ["Two", /other upper or lower case/],
    ["one  two", /other spaces or line ends/],
    ["four", /read_file shows/],
    ["", /empty/],
  ])("says why %j is not found", async (find, reason) => {
    await write("a.md", "one\ntwo three");
    expect(await world.refusal("replace_in_file", { path: "a.md", find, replace: "x" })).toMatch(reason);
    expect(await readText(world.workspace, "a.md")).toBe("one\ntwo three");
  });

  test("a preview of what cannot be done says so, without a view", async () => {
    const tool = await loadTool("replace_in_file");
    const preview = await tool.preview({ path: "none.md", find: "x", replace: "y" }, world.context);
    expect(preview.reason).toContain("There is no file none.md");
    expect(preview.view).toBeUndefined();
  });
});

describe("rename_file and delete_file", () => {
  test("a rename moves, and never overwrites", async () => {
    await write("a.md", "a");
    await write("b.md", "b");
    expect(await world.refusal("rename_file", { from: "a.md", to: "b.md" })).toContain("already a file b.md");
    expect(await world.value("rename_file", { from: "a.md", to: "c/a.md" })).toEqual({ from: "a.md", to: "c/a.md" });
    expect((await world.workspace.list()).map(({ path }) => path)).toEqual(["b.md", "c/a.md"]);
  });

  test("a deletion shows what goes", async () => {
    await write("a.md", "text");
    expect(await world.run("delete_file", { path: "a.md" })).toMatchObject({
      ok: true,
      value: { path: "a.md" },
      view: { kind: "file-change", before: "text", after: null },
    });
    expect(await world.workspace.list()).toEqual([]);
  });

  test("[T1] a second deletion ends in the same state and says that there was nothing to do", async () => {
    expect(await world.run("delete_file", { path: "a.md" })).toEqual({
      ok: true,
      text: "There is no file a.md, so nothing had to be deleted.",
      value: { path: "a.md" },
    });
  });

  test("a file that is no text can be deleted too", async () => {
    await world.workspace.write("x.bin", Uint8Array.from([0xff]));
    expect(await world.run("delete_file", { path: "x.bin" })).toMatchObject({
      ok: true,
      view: { kind: "files", paths: ["x.bin"] },
    });
  });
});

describe("list_files and read_file", () => {
  test("a list names what there is", async () => {
    expect((await world.run("list_files", {})).text).toContain("no files yet");
    await write("b.md", "x");
    await write("a.md", "x");
    const output = await world.run("list_files", {});
    expect(output).toMatchObject({ view: { kind: "files", paths: ["a.md", "b.md"] } });
    expect(output.text).toMatch(/^2 files:\na\.md \(1 byte, changed 2026-03-27T12:00:00\.000Z\)/);
  });

  test("a file is read whole, or by lines", async () => {
    await write("a.md", "one\ntwo\nthree\n");
    expect(await world.value("read_file", { path: "a.md" })).toEqual({ text: "one\ntwo\nthree\n", lines: 3 });
    const output = await world.run("read_file", { path: "a.md", fromLine: 2, lineCount: 1 });
    expect(output).toMatchObject({ value: { text: "two", lines: 3 } });
    expect(output.text).toBe("a.md, lines 2 to 2 of 3; ask for the rest with fromLine 3:\ntwo");
    expect(await world.refusal("read_file", { path: "a.md", fromLine: 9 })).toContain("only 3 lines");
  });

  test("a long file is given in parts that together are the file", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line number ${String(index)}`);
    await write("long.md", lines.join("\n"));
    const read: string[] = [];
    while (read.length < lines.length) {
      const value = await world.value("read_file", { path: "long.md", fromLine: read.length + 1 });
      const { text } = value as { text: string };
      expect(text.length).toBeLessThanOrEqual(20_000);
      read.push(...text.split("\n"));
    }
    expect(read).toEqual(lines);
  });

  test("[V4] one line of 5 MB is cut for the model and said to be", async () => {
    await write("big.txt", "x".repeat(5_000_000));
    const output = await world.run("read_file", { path: "big.txt" });
    expect(output.text.length).toBeLessThan(21_000);
    expect(output.text).toContain("more characters");
  });

  test("an empty file, a missing one, one that is no text, and one in UTF-16", async () => {
    await write("empty", "");
    expect((await world.run("read_file", { path: "empty" })).text).toContain("empty is empty.");
    expect(await world.refusal("read_file", { path: "none" })).toContain("There is no file none");
    await world.workspace.write("x.bin", Uint8Array.from([0xc3, 0x28]));
    expect(await world.refusal("read_file", { path: "x.bin" })).toContain("not a text file");
    await world.workspace.write("utf16.txt", Uint8Array.from([0xff, 0xfe, 0xe9, 0x00]));
    expect(await world.value("read_file", { path: "utf16.txt" })).toEqual({ text: "é", lines: 1 });
  });
});

describe("find_in_files", () => {
  test("finds words in any case and spelling, over all text files", async () => {
    await write("a.md", "Caf\u00e9 au lait\nnothing");
    await write("b/c.md", "a CAFE\u0301");
    await world.workspace.write("x.bin", Uint8Array.from([0xff]));
    expect(await world.value("find_in_files", { query: "café" })).toEqual({
      matches: [
        { path: "a.md", line: 1, text: "Café au lait" },
        { path: "b/c.md", line: 1, text: "a CAFE\u0301" },
      ],
    });
    expect((await world.run("find_in_files", { query: "zzz" })).text).toBe(
      "No line holds “zzz”. 1 file that is not text was left out.",
    );
  });

  test("finds by a pattern, and refuses a wrong or a dangerous one", async () => {
    await write("a.md", "one 12\ntwo\nthree 345");
    expect(await world.value("find_in_files", { query: "\\d{3}$", isPattern: true })).toMatchObject({
      matches: [{ line: 3 }],
    });
    expect(await world.value("find_in_files", { query: "\\d{3}$" })).toEqual({ matches: [] });
    expect(await world.refusal("find_in_files", { query: "(", isPattern: true })).toContain("no valid JavaScript");
    expect(await world.refusal("find_in_files", { query: "(a+)+$", isPattern: true })).toContain(
      "could take very long",
    );
  });

  test("[V4] a hit in a line of 5 MB shows its surroundings only", async () => {
    await write("big.txt", `${"x".repeat(3_000_000)}needle${"y".repeat(2_000_000)}`);
    const { matches } = (await world.value("find_in_files", { query: "needle" })) as unknown as {
      matches: { text: string }[];
    };
    expect(matches[0]?.text.length).toBeLessThan(300);
    expect(matches[0]?.text).toContain("needle");
  });
});

test("[Z2] no tool writes or reads outside of the workspace", async () => {
  for (const path of ["../a", "/etc/passwd", "a/../../b", "a\\b", "a\0"]) {
    for (const [name, input] of [
      ["write_file", { path, text: "x" }],
      ["append_file", { path, text: "x" }],
      ["replace_in_file", { path, find: "x", replace: "y" }],
      ["delete_file", { path }],
      ["rename_file", { from: path, to: "ok" }],
      ["read_file", { path }],
      ["count_text", { path }],
      ["hash_text", { algorithm: "sha-1", path }],
    ] as const) {
      expect(await world.refusal(name, input)).toContain("Write a plain path inside the workspace");
    }
  }
  expect(await world.workspace.list()).toEqual([]);
});

test("files after any sequence of calls are what a plain list of strings would be", async () => {
  const path = fc.constantFrom("a", "b", "c/d");
  const text = fc.constantFrom("", "x", "x\ny\n", "long text");
  const call = fc.oneof(
    fc.record({ name: fc.constant("write_file" as const), path, text }),
    fc.record({ name: fc.constant("append_file" as const), path, text }),
    fc.record({ name: fc.constant("delete_file" as const), path }),
    fc.record({ name: fc.constant("rename_file" as const), from: path, to: path }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
      const model = new Map<string, string>();
      const fresh = toolWorld();
      for (const { name, ...input } of calls) {
        await fresh.run(name, input);
        if (name === "write_file" && "text" in input) model.set(input.path, input.text);
        if (name === "append_file" && "text" in input) {
          const before = model.get(input.path) ?? "";
          model.set(
            input.path,
            before === "" || before.endsWith("\n") ? before + input.text : `${before}\n${input.text}`,
          );
        }
        if (name === "delete_file" && "path" in input) model.delete(input.path);
        if (name === "rename_file" && "from" in input && model.has(input.from) && !model.has(input.to)) {
          model.set(input.to, model.get(input.from) ?? "");
          model.delete(input.from);
        }
      }
      const files = await Promise.all(
        (await fresh.workspace.list()).map(async (file) => [file.path, await readText(fresh.workspace, file.path)]),
      );
      expect(files).toEqual([...model].toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
});

test("search_sessions gives the matches to jump to", async () => {
  const match = { sessionId: "s", title: "Trip", turnSeq: 3, snippet: "to the coast" };
  const searching = toolWorld({ matches: [match, match] });
  expect(await searching.run("search_sessions", { query: "coast", limit: 1 })).toEqual({
    ok: true,
    text: "1 match for “coast”:\n1. Trip (session s, turn 3): to the coast",
    value: { matches: [match] },
    view: { kind: "session-matches", matches: [match] },
  });
  expect((await world.run("search_sessions", { query: "x" })).text).toContain("No session holds");
  expect(await world.refusal("search_sessions", { query: " " })).toContain("empty");
});
