import { describe, expect, test } from "vitest";
import { findTool } from "#tools/registry.ts";
import { ask } from "./driver.ts";
import { DATES } from "./utterances/dates.ts";
import { FILES } from "./utterances/files.ts";
import { NUMBERS } from "./utterances/numbers.ts";
import { TEXT } from "./utterances/text.ts";

const ALL = [...NUMBERS, ...DATES, ...TEXT, ...FILES];

describe("the built-in agent reads", () => {
  test.each(ALL)("%j", async (said, calls) => {
    expect((await ask(said)).calls).toEqual(calls);
  });

  test("[T1] every call so that its tool takes the input", { timeout: 60_000 }, async () => {
    const complaints: string[] = [];
    for (const [said, calls] of ALL) {
      for (const [name, input] of calls) {
        const tool = await findTool(name)?.load();
        const complaint = tool === undefined ? "no such tool" : tool.check(input);
        if (complaint !== null) complaints.push(`${said}: ${complaint}`);
      }
    }
    expect(complaints).toEqual([]);
  });
});
