import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answer, longAnswer } from "./model-replies.ts";
import { startModelServer, type ModelServer } from "./model-server.ts";
import { numberedWords, offsetAfter, tallyWords } from "./numbered-words.ts";

const WORDS = 60;
const WHOLE = numberedWords(WORDS);
let server: ModelServer;

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  await server.close();
});

async function ask(...messages: readonly (readonly [role: string, content: string])[]): Promise<string> {
  const body = JSON.stringify({ messages: messages.map(([role, content]) => ({ role, content })) });
  const response = await fetch(`${server.baseUrl}/chat/completions`, { method: "POST", body });
  const completion: { choices: [{ message: { content: string } }] } = JSON.parse(await response.text());
  return completion.choices[0].message.content;
}

async function streamed(...messages: readonly (readonly [role: string, content: string])[]): Promise<string> {
  const body = JSON.stringify({ stream: true, messages: messages.map(([role, content]) => ({ role, content })) });
  const response = await fetch(`${server.baseUrl}/chat/completions`, { method: "POST", body });
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: {"));
  const deltas: { choices: { delta: { content?: string } }[] }[] = events.map((event) => JSON.parse(event.slice(6)));
  return deltas.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
}

describe("the long answer", () => {
  const user = ["user", "Count."] as const;
  const cut = WHOLE.slice(0, 203);
  const isTold = ["user", "Go on."] as const;

  test.each([
    ["continue", WHOLE.slice(203)],
    ["overlap", WHOLE.slice(163)],
    ["restart", WHOLE],
  ] as const)("treats a cut answer of its own as told: %s", async (continuation, expected) => {
    server.always(longAnswer({ words: WORDS, seconds: 0.05, continuation }));
    expect(await streamed(user)).toBe(WHOLE);
    expect(await streamed(user, ["assistant", cut])).toBe(expected);
    expect(await streamed(user, ["assistant", cut], isTold)).toBe(expected);
  });

  test("begins anew after one that was whole", async () => {
    server.always(longAnswer({ words: WORDS, seconds: 0.05, continuation: "continue" }));
    expect(await streamed(user, ["assistant", WHOLE], ["user", "Once more."])).toBe(WHOLE);
  });

  test("tells what was lost and what came twice, from any cut", () => {
    expect(tallyWords(WHOLE, WORDS)).toEqual({ isWhole: true, missing: [], repeated: [] });
    expect(tallyWords("word-1 word-2 word-2 wor", 3)).toEqual({ isWhole: false, missing: [3], repeated: [2] });
    const offsets = Array.from({ length: WHOLE.length - 1 }, (_, index) => index + 1);
    expect(offsets.filter((offset) => offsetAfter(WHOLE, WHOLE.slice(0, offset)) !== offset)).toEqual([]);
  });
});

test("answers as a stream or whole, as the request asks", async () => {
  server.reply(answer({ text: "Two words" }), answer({ text: "Two words" }));
  expect([await ask(["user", "?"]), await streamed(["user", "?"])]).toEqual(["Two words", "Two words"]);
});

test("a script that throws is told when the server closes", async () => {
  const broken = await startModelServer();
  broken.reply(() => Promise.reject(new Error("a broken script")));
  await expect(fetch(`${broken.baseUrl}/chat/completions`, { method: "POST" })).rejects.toThrow("fetch failed");
  await expect(broken.close()).rejects.toThrow("a broken script");
});
