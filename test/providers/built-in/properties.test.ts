import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "#domain/json.ts";
import type { ModelMessage } from "#domain/model.ts";
import { abilities } from "#providers/built-in/abilities/registry.ts";
import { ask, attachment, partsOf, textOf } from "./driver.ts";

const EXAMPLES = abilities.flatMap((ability) => ability.examples);
const WORDS = [
  ...new Set(abilities.flatMap(({ words, examples }) => [...words.split(" "), ...examples.join(" ").split(" ")])),
];

/** Signs that mean something to the reading of a message, one lone surrogate, and the marks that it uses itself. */
const SIGNS = "` \" ' “ ” „ : ; , \n \uE000 \uE100 \ud800 then and 12.5 km/h /a+/ notes.md [ ] ( ) { }".split(" ");

/** What may be typed: anything at all, words of the abilities in any order, and plans of examples that work. */
const message = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...SIGNS),
    maxLength: 40,
  }),
  fc
    .array(fc.constantFrom(...WORDS, "it", "then", "and", "notes.md", ";", "\n", ":", '"a"'), { maxLength: 12 })
    .map((words) => words.join(" ")),
  fc.array(fc.constantFrom(...EXAMPLES), { minLength: 1, maxLength: 4 }).map((steps) => steps.join(", then ")),
);
const reply = fc.record({
  ok: fc.boolean(),
  text: fc.string(),
  value: fc.oneof(fc.jsonValue() as fc.Arbitrary<JsonValue>, fc.constant(null)),
});

describe("whatever is typed", { timeout: 60_000 }, () => {
  test("[V4] the built-in agent never throws, and always answers in the end, whatever the tools give", async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.array(reply, { maxLength: 5 }), async (text, replies) => {
        let turn = 0;
        const run = () => replies[turn++ % Math.max(replies.length, 1)] ?? { ok: true, text: "", value: null };
        const { text: answer } = await ask(text, { run, attachments: turn % 2 === 0 ? [] : [attachment("a.csv")] });
        expect(typeof answer).toBe("string");
      }),
      { numRuns: 400 },
    );
  });

  test("[R2] the same request gets the same parts, so a reload finds the place where it stopped", async () => {
    await fc.assert(
      fc.asyncProperty(message, async (text) => {
        const { messages } = await ask(text);
        for (let length = 1; length < messages.length; length++) {
          const request = { messages: messages.slice(0, length) };
          if (request.messages.at(-1)?.role === "assistant") continue;
          expect(await partsOf(request)).toEqual(await partsOf(request));
        }
      }),
      { numRuns: 150 },
    );
  });

  test("[T2] a plan only ever goes forward: no call is asked for twice", async () => {
    await fc.assert(
      fc.asyncProperty(message, async (text) => {
        const { rounds, messages } = await ask(text);
        for (const [index, round] of rounds.entries()) {
          // The transcript with this round's results: what it asked for must not come again in its place.
          const after = await partsOf({ messages: messages.slice(0, 1 + 2 * (index + 1)) });
          const asked = after.flatMap((part) =>
            part.type === "tool-call" ? [[part.tool, JSON.parse(part.input)]] : [],
          );
          expect(asked).toEqual(rounds[index + 1] ?? []);
          expect(round.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("[R2] a prefill at any place gets exactly the rest", async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.double({ min: 0, max: 1, noNaN: true }), async (text, place) => {
        const { messages, text: whole } = await ask(text);
        const cut = Math.floor(whole.length * place);
        const partial: ModelMessage = { role: "assistant", content: [{ kind: "text", text: whole.slice(0, cut) }] };
        const rest = await partsOf({ messages: [...messages.slice(0, -1), partial], isPrefill: true });
        expect(whole.slice(0, cut) + textOf(rest)).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });

  test("[C2] a long text costs no more than its length: 200 KB of anything is read in no time", async () => {
    const long = 200_000;
    const slow: string[] = [];
    for (const unit of [
      '"',
      "`",
      "“",
      "'",
      "a",
      "a.",
      "a/",
      "1,",
      "1 ",
      "(",
      "then ",
      "\n",
      ": ",
      "\uE000",
      "2 h ",
      "ab, ",
    ]) {
      for (const order of ["", "count the words: ", "summarise this:\n", "2 + "]) {
        const started = performance.now();
        await partsOf({
          messages: [{ role: "user", text: order + unit.repeat(Math.ceil(long / unit.length)), attachments: [] }],
        });
        if (performance.now() - started > 2000) slow.push(order + unit);
      }
    }
    expect(slow).toEqual([]);
  });

  test("every example of every ability is understood", async () => {
    const refused: string[] = [];
    for (const example of EXAMPLES) if ((await ask(example)).text.startsWith("I could not map")) refused.push(example);
    expect(refused).toEqual([]);
  });
});
