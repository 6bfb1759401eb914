import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keywordsOf } from "#tools/keywords.ts";
import { sentencesOf } from "#tools/sentences.ts";
import { tellingSentences } from "#tools/summarise.ts";
import { toolWorld } from "./tool-world.ts";

const STORY = `# The lighthouse

The lighthouse stands on a rock far from the coast. Its light has guided ships around the rock for two hundred years.
Mr. Hansen, the keeper, climbs the stairs of the lighthouse each evening. He likes tea.

Ships pass the lighthouse at night, and the keeper writes the name of each ship in a book. Bananas are yellow.
In winter storms the light of the lighthouse saved many ships.`;

const GERMAN = `Der Leuchtturm steht auf einem Felsen vor der Küste. Sein Licht führt die Schiffe z. B. um den Felsen.
Der Wärter des Leuchtturms heißt Dr. Hansen. Er trinkt gerne Tee. Im Winter rettete der Leuchtturm viele Schiffe.`;

describe("summarise", () => {
  test("[R4] takes sentences word for word, in their order, with their numbers", async () => {
    const world = toolWorld();
    const output = await world.run("summarise", { text: STORY, sentences: 2 });
    expect(output.text).toMatch(/^2 sentences taken from the text word for word, of 8, with their numbers:\n\[\d\] /);
    const { sentences } = output.ok
      ? (output.value as { sentences: { text: string; index: number }[] })
      : { sentences: [] };
    expect(sentences.every(({ text }) => /light/.test(text))).toBe(true);
    expect(sentences.map(({ index }) => index)).toEqual(sentences.map(({ index }) => index).toSorted((a, b) => a - b));
  });

  test("every sentence taken stands in the text, under its number", () => {
    const words = fc.constantFrom(
      "ship",
      "light",
      "the",
      "rock",
      "Sturm",
      "日本",
      "e.g.",
      "Mr.",
      "3.5",
      "!",
      "?",
      ".",
      "\n\n",
      "- item",
      "東京です。",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (pieces, wanted) => {
        const all = sentencesOf(pieces.join(" "));
        const taken = tellingSentences(all, wanted);
        expect(taken.length).toBe(Math.min(wanted, all.length));
        for (const { text, index } of taken) expect(all[index - 1]).toBe(text);
        expect(new Set(taken.map(({ index }) => index)).size).toBe(taken.length);
      }),
    );
  });

  test("a session is read where one is asked for, and an unknown one is said to be", async () => {
    const world = toolWorld({ texts: { "session-two": "Only one thing was said there." } });
    expect(await world.value("summarise", { sessionId: "session-two" })).toEqual({
      sentences: [{ text: "Only one thing was said there.", index: 1 }],
    });
    for (const sessionId of ["none", "not an id", "../x"]) {
      expect(await world.refusal("summarise", { sessionId })).toContain("no session with this id");
    }
  });

  test("a text without sentences is refused", async () => {
    expect(await toolWorld().refusal("summarise", { text: " \n--\n" })).toBe(
      "There is no sentence in this text to take.",
    );
  });

  test("a text of 2 MB takes seconds", () => {
    const began = performance.now();
    expect(tellingSentences(sentencesOf(`${STORY}\n\n`.repeat(3500)), 5)).toHaveLength(5);
    expect(performance.now() - began).toBeLessThan(20_000);
  }, 40_000);
});

describe("sentences", () => {
  test.each([
    ["Mr. Smith came, e.g. by car. He left.", ["Mr. Smith came, e.g. by car.", "He left."]],
    ["Er kam z.B. mit Dr. Müller. Er ging.", ["Er kam z.B. mit Dr. Müller.", "Er ging."]],
    ["J. R. Tolkien wrote. Yes!", ["J. R. Tolkien wrote.", "Yes!"]],
    ["A line that\ngoes on. Next", ["A line that goes on.", "Next"]],
    ["# Heading\nText here.", ["# Heading", "Text here."]],
    ["- one\n- two", ["- one", "- two"]],
    ["日本語です。次です。", ["日本語です。", "次です。"]],
    ["...\n***", []],
  ])("%j", (text, expected) => expect(sentencesOf(text)).toEqual(expected));
});

describe("keywords", () => {
  test("finds what a text is about, in English, German and Japanese", () => {
    expect(keywordsOf(STORY, 4).map(({ word }) => word)).toContain("lighthouse");
    expect(keywordsOf(GERMAN, 3).map(({ word }) => word)).toContain("Leuchtturm");
    expect(keywordsOf("東京タワーは東京にあります。東京の塔は高いです。", 2).map(({ word }) => word)).toContain("東京");
  });

  test("counts what stands there, in the spelling used most, and no stop words or bare numbers", () => {
    const found = keywordsOf("Ship ship ship SHIP and the the the 42 42", 10);
    expect(found).toEqual([{ word: "ship", count: 4, score: 1 }]);
  });

  test("the score falls from 1", () => {
    const scores = keywordsOf(STORY, 20).map(({ score }) => score);
    expect(scores[0]).toBe(1);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test.each(["constructor constructor toString", "__proto__ __proto__ valueOf"])(
    "words that are names in JavaScript are words: %s",
    (text) => {
      expect(keywordsOf(text, 1)[0]?.count).toBe(2);
    },
  );
});
