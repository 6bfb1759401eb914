import { describe, expect, it } from "vitest";

import { lastRun, replyText, turnStatus } from "#domain/turn.ts";
import type { ProviderProblem } from "#providers/provider.ts";
import { finish, say, scriptedProvider, type Script, type ScriptStep } from "#providers/scripted.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

const limited: ProviderProblem = {
  kind: "error",
  error: { code: "rate-limited", message: "Too many requests.", detail: null },
  retry: { kind: "after", afterMs: 60_000 },
};
const answers: Script = [...say("Done."), finish("stop")];

describe("a pause that a server asked for", () => {
  async function reloadedWhileWaiting() {
    const provider = scriptedProvider([[{ type: "fail", problem: limited }], answers]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Hello.");
    await world.time.advance(20_000);
    await before.reload();
    return { world, provider };
  }

  it("[R4] is kept over a reload: shown with its rest, and no request goes out before it is over", async () => {
    const { world, provider } = await reloadedWhileWaiting();
    const tab = world.openTab();
    await tab.attach();
    await world.time.advance(30_000);
    expect(provider.requests).toHaveLength(1);
    expect(lastRun(tab.turn())?.phase).toMatchObject({ kind: "waiting-retry", reason: "Too many requests." });
    await world.time.advance(12_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(provider.requests).toHaveLength(2);
    expect(tab.turn().runs).toHaveLength(2);
  });

  it("[R4] is kept over a second reload too", async () => {
    const { world, provider } = await reloadedWhileWaiting();
    const second = world.openTab();
    await second.attach();
    await world.time.advance(10_000);
    await second.kill();
    const third = world.openTab();
    await third.attach();
    await third.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await world.time.advance(20_000);
    expect(provider.requests).toHaveLength(1);
    await world.time.advance(12_000);
    await third.until((turn) => turnStatus(turn) === "completed", "completed");
  });

  it("does not hold up an answer that is continued when it is over", async () => {
    const { world, provider } = await reloadedWhileWaiting();
    await world.time.advance(60_000);
    const tab = world.openTab();
    await tab.attach();
    await world.time.advance(2_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(provider.requests).toHaveLength(2);
  });
});

describe("a provider that takes prefills, at a model that takes none", () => {
  const toldInWords: ScriptStep = { type: "response-started", requestId: null, continuation: "instruct" };
  const cut: Script = [...say("The quick brown fox jumps over").slice(0, -1), { type: "hang" }];
  const repeating = say("brown fox jumps over the lazy dog.");

  it.each<[string, Script, string]>([
    [
      "the words that a model repeats when it is told to go on are there once",
      [toldInWords, ...repeating, finish("stop")],
      "The quick brown fox jumps over the lazy dog.",
    ],
    [
      "what follows a prefill is taken as it is",
      [{ type: "response-started", requestId: null }, ...repeating, finish("stop")],
      "The quick brown fox jumps overbrown fox jumps over the lazy dog.",
    ],
  ])("[R5] %s", async (_what, rest, whole) => {
    const world = openWorld({ provider: scriptedProvider([cut, rest], { continuation: "prefill" }) });
    const before = world.openTab();
    await before.attach();
    await before.send("A sentence.");
    await world.time.advance(2_000);
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    await world.time.advance(2_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(replyText(tab.turn())).toBe(whole);
  });
});
