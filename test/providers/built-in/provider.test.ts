import { describe, expect, test } from "vitest";
import type { CallId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { ModelMessage } from "#domain/model.ts";
import { builtInProvider, INTRODUCTION } from "#providers/built-in/provider.ts";
import type { ToolRunner } from "./driver.ts";
import { ask, attachment, partsOf, standIn, textOf } from "./driver.ts";

const MARKER = "Be helpful.\nFirst session: introduce yourself.";
const user = (text: string): ModelMessage => ({ role: "user", text, attachments: [] });

describe("the two examples that a new user meets", () => {
  test("how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C", async () => {
    const run: ToolRunner = () => ({ ok: true, text: "", value: { result: "266.9 s", number: 266.8575, unit: "s" } });
    const { calls, text } = await ask("how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C", { run });
    expect(calls).toEqual([["calculate", { expression: "1.5 kg * 4186 J/(kg K) * (100 - 15) K / (2 kW) to s" }]]);
    expect(text).toContain("About **4 min 27 s** if no heat is lost");
    expect(text).toContain("1.5 l of water weighs 1.5 kg (1 kg a litre).");
  });

  test("make a packing list in notes.md with tent, stove, map, then count its lines", async () => {
    const run: ToolRunner = (tool) =>
      tool === "write_file"
        ? { ok: true, text: "", value: { path: "notes.md", bytes: 37, lines: 5, isNew: true } }
        : { ok: true, text: "", value: { characters: 37, words: 8, lines: 5, sentences: 1, paragraphs: 2, bytes: 37 } };
    const { rounds, text } = await ask("make a packing list in notes.md with tent, stove, map, then count its lines", {
      run,
    });
    expect(rounds).toEqual([
      [["write_file", { path: "notes.md", text: "# Packing list\n\n- tent\n- stove\n- map\n" }]],
      [["count_text", { path: "notes.md" }]],
    ]);
    expect(text).toBe("Created `notes.md`, 5 lines.\n\n`notes.md` has **5 lines**.");
  });
});

describe("a request of the built-in agent", () => {
  test("ends with its finish part: tool-calls while there is something to run, then stop", async () => {
    const asking = await partsOf({ messages: [user("2 + 2")] });
    expect(asking.at(-1)).toMatchObject({ type: "finish", reason: "tool-calls" });
    const { messages } = await ask("2 + 2");
    const answering = await partsOf({ messages: messages.slice(0, -1) });
    expect(answering.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  });

  test("asks for independent calls at once, and for dependent ones in turn", async () => {
    expect((await ask("2+2; 3*4; 5 miles in km")).rounds).toHaveLength(1);
    expect((await ask("2+2, then multiply it by 3")).rounds).toHaveLength(2);
    expect((await ask('write "a" to a.txt; write "b" to b.txt')).rounds).toHaveLength(2);
  });

  test("streams the answer in small pieces that end between words", async () => {
    const parts = await partsOf({ messages: [user("help")] });
    const deltas = parts.flatMap((part) => (part.type === "text-delta" ? [part.text] : []));
    expect(deltas.length).toBeGreaterThan(40);
    expect(Math.max(...deltas.slice(0, 20).map((delta) => delta.length))).toBeLessThan(200);
  });

  test("introduces itself exactly where the instructions ask for it", async () => {
    expect((await ask("2 + 2", { instructions: MARKER })).text.startsWith(`${INTRODUCTION}\n\n`)).toBe(true);
    expect((await ask("2 + 2")).text).not.toContain("not a language model");
  });

  test("[C2] stops with the signal's own error, before and within the answer", async () => {
    const before = new AbortController();
    before.abort();
    await expect(partsOf({ messages: [user("help")] }, before.signal)).rejects.toMatchObject({ name: "AbortError" });
    const within = new AbortController();
    const request = { model: "", instructions: "", messages: [user("help")], tools: [], isPrefill: false };
    let deltas = 0;
    const reading = (async () => {
      for await (const part of builtInProvider.stream(request, within.signal)) {
        if (part.type === "text-delta" && ++deltas === 3) within.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(deltas).toBe(3);
  });
});

describe("an answer that was cut goes on where it stopped", () => {
  const cutAt = (text: string): readonly ModelMessage[] => [
    user("help"),
    { role: "assistant", content: [{ kind: "text", text }] },
  ];

  test("[R2] at every place: what comes is exactly the rest", async () => {
    const whole = textOf(await partsOf({ messages: [user("help")] }));
    for (let at = 1; at <= whole.length; at += 7) {
      const rest = textOf(await partsOf({ messages: cutAt(whole.slice(0, at)), isPrefill: true }));
      expect(whole.slice(0, at) + rest).toBe(whole);
    }
  });

  test("[R2] also where the introduction had begun and is not asked for again", async () => {
    const whole = textOf(await partsOf({ messages: [user("help")], instructions: MARKER }));
    for (const at of [3, 40, INTRODUCTION.length + 5]) {
      const rest = textOf(await partsOf({ messages: cutAt(whole.slice(0, at)), isPrefill: true }));
      expect(whole.slice(0, at) + rest).toBe(whole);
    }
  });

  test("an answer that somebody else began is given whole", async () => {
    const whole = textOf(await partsOf({ messages: [user("help")] }));
    expect(textOf(await partsOf({ messages: cutAt("Sure! Here is"), isPrefill: true }))).toBe(whole);
  });

  test("what ran before is not asked for again, whatever the order of its fields", async () => {
    const { messages } = await ask('write "a" to a.txt');
    const turned = messages.map((message): ModelMessage => {
      if (message.role !== "assistant") return message;
      const content = message.content.map((part) =>
        part.kind === "tool-call" ? { ...part, input: { text: "a\n", path: "a.txt" } } : part,
      );
      return { role: "assistant", content };
    });
    expect(textOf(await partsOf({ messages: turned.slice(0, -1) }))).toMatch(/`a\.txt`/);
  });
});

describe("a call that fails", () => {
  const failing =
    (text: string, tool = "write_file"): ToolRunner =>
    (called, input) =>
      called === tool ? { ok: false, text, value: null } : standIn(called, input);

  test("ends the plan: its sentence, and what was not run, with no second try", async () => {
    const { calls, text } = await ask('write "a" to a.txt, then count its words', {
      run: failing("The disk is full. Free some space."),
    });
    expect(calls).toHaveLength(1);
    expect(text).toBe("The disk is full. Free some space.\n\nNot run: “count its words”.");
  });

  test("a denial is told to the person who denied, not as orders to a model", async () => {
    const { text } = await ask('write "a" to a.txt', {
      run: failing("The user did not allow this call. Do not try it again."),
    });
    expect(text).toBe("You did not allow `write_file` on `a.txt`, so it was not done.");
  });

  test("what was done before it is still told", async () => {
    const { text } = await ask('2 + 2, then write "a" to a.txt', { run: failing("No.") });
    expect(text).toContain("**42 km**");
    expect(text).toContain("No.");
  });

  test("of two deletions the one that worked is told with the one that did not", async () => {
    const run: ToolRunner = (_, input) =>
      input["path"] === "b.md"
        ? { ok: false, text: "b.md is locked.", value: null }
        : { ok: true, text: "Deleted a.md.", value: null };
    expect((await ask("delete a.md and b.md", { run })).text).toBe("Deleted `a.md`.\n\nb.md is locked.");
  });

  test("a call that a stop kept from running is asked for when the person continues", async () => {
    const callId = readId<CallId>("c1");
    const parts = await partsOf({
      messages: [
        user("2 + 2"),
        {
          role: "assistant",
          content: [{ kind: "tool-call", callId, tool: "calculate", input: { expression: "2 + 2" } }],
        },
        {
          role: "tool",
          results: [{ callId, tool: "calculate", ok: false, text: "This call did not run.", value: null }],
        },
      ],
    });
    expect(parts).toContainEqual(expect.objectContaining({ type: "tool-call", tool: "calculate" }));
  });
});

describe('what "it" is', () => {
  test("a file of an earlier turn", async () => {
    const before = (await ask("make a packing list in notes.md with tent")).messages;
    expect((await ask("add soap to it", { before })).calls).toEqual([
      ["append_file", { path: "notes.md", text: "- soap\n" }],
    ]);
    expect((await ask("count its words", { before })).calls).toEqual([["count_text", { path: "notes.md" }]]);
    expect((await ask("rename it to b.md", { before })).calls).toEqual([
      ["rename_file", { from: "notes.md", to: "b.md" }],
    ]);
  });

  test("a number of an earlier turn, with its unit", async () => {
    const before = (await ask("12.5 miles in km")).messages;
    expect((await ask("multiply it by 2", { before })).calls).toEqual([["calculate", { expression: "(42 km) * 2" }]]);
    expect((await ask("convert that to m", { before })).calls).toEqual([["calculate", { expression: "(42 km) to m" }]]);
  });

  test("the answer itself, when it is saved", async () => {
    const before = (await ask("20% of 84.50")).messages;
    expect((await ask("save the result to tip.md", { before })).calls).toEqual([
      ["write_file", { path: "tip.md", text: "`20% of 84.50` = **42 km**\n" }],
    ]);
  });

  test("the file beside the message", async () => {
    const attachments = [attachment("data.csv")];
    expect((await ask("Summarise this file", { attachments })).calls).toEqual([["summarise", { path: "data.csv" }]]);
    expect((await ask("statistics", { attachments })).calls).toEqual([["csv_statistics", { path: "data.csv" }]]);
  });

  test("this session: everything said before", async () => {
    const before = (await ask("2 + 2")).messages;
    expect((await ask("summarise this session", { before })).calls).toEqual([
      ["summarise", { text: "2 + 2\n\n`2 + 2` = **42 km**" }],
    ]);
  });

  test("nothing, where nothing came before: then it says so and runs nothing", async () => {
    expect(await ask("save it to x.md")).toMatchObject({ calls: [], text: "There is no result yet to save." });
  });
});

describe("answers", () => {
  test("a found session is a link that jumps to the place", async () => {
    const { text } = await ask("search my sessions for soap");
    expect(text).toContain("[Trip](#/s/s1?turn=2): …soap…");
  });

  test("a search does not find its own question", async () => {
    const said = "in which of my conversations did we talk about kettle";
    const match = (snippet: string) => ({ sessionId: "s1", title: "Tea", turnSeq: 1, snippet });
    const snippets = ["…h of my conversations did we talk about kettle", "the kettle boils", "kettle"];
    const run: ToolRunner = () => ({ ok: true, text: "", value: { matches: snippets.map(match) } });
    const { text } = await ask(said, { run });
    expect(text).toMatch(/^\*\*2 places\*\*/);
    expect(text).not.toContain("conversations");
  });

  test("[V4] text of files and tools cannot break out of its block or its line", async () => {
    const run: ToolRunner = () => ({ ok: true, text: "", value: { text: "```\n# not a heading\n````", lines: 3 } });
    expect((await ask("show a.md", { run })).text).toBe("`a.md`:\n\n`````md\n```\n# not a heading\n````\n`````");
    const spoiled: ToolRunner = () => ({
      ok: true,
      text: "",
      value: {
        matches: [{ sessionId: "s](x\ud800", title: "a](javascript:x) \ud800", turnSeq: 1, snippet: "<img src=x>" }],
      },
    });
    const found = await ask("search my sessions for soap", { run: spoiled });
    expect(found.text).toContain("[a\\](javascript:x)");
    expect(found.text).toContain("\\<img src=x\\>");
  });

  test("help names every kind of work with an example that works", async () => {
    const { text } = await ask("help");
    const examples = [...text.matchAll(/\(#\/try\?text=([^)]*)\)/g)].map(([, encoded]) =>
      decodeURIComponent(encoded ?? ""),
    );
    expect(examples.length).toBeGreaterThan(20);
    for (const example of examples) {
      const answered = await ask(example, {
        before: [user("x"), { role: "assistant", content: [{ kind: "text", text: "y" }] }],
      });
      expect(`${example}: ${answered.text}`).not.toMatch(/: I could not map/);
    }
  });
});
