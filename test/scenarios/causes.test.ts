import { describe, expect, it } from "vitest";

import type { InterruptionCause } from "#domain/outcome.ts";
import { lastRun, turnStatus } from "#domain/turn.ts";
import type { ProviderProblem } from "#providers/provider.ts";
import { say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { readClosingMarker } from "#storage/marker-store.ts";
import { rest } from "#test/helpers/fake-time.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";
import { endingOf } from "#ui/transcript/endings.ts";

const begins: Script = [...say("One ", "two ").slice(0, -1), { type: "hang" }];

/** An answer in its middle, on screen, that nothing but the person takes up again. */
async function answering(script: Script = begins): Promise<{ world: World; tab: Tab }> {
  const world = openWorld({ provider: scriptedProvider([script]) });
  const tab = world.openTab();
  await tab.attach();
  await tab.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
  await tab.send("Count.");
  await world.time.advance(2_000);
  return { world, tab };
}

/** What the person reads about the end of the answer. */
function said(world: World, tab: Tab): string | undefined {
  return endingOf(tab.turn(), true, world.time.now())?.cause;
}

async function saidAfterwards(world: World): Promise<string | undefined> {
  const tab = world.openTab();
  await tab.attach();
  expect(turnStatus(tab.turn())).toBe("interrupted");
  return said(world, tab);
}

describe("every way to be interrupted has its cause, from its origin to its sentence", () => {
  it.each<[InterruptionCause, string]>([
    ["page-closed", "This run stopped when the tab was closed or reloaded."],
    ["update", "This run stopped to install an update."],
    ["paused-by-browser", "The browser paused this tab to save memory."],
  ])("[R4] [P3] a page that says farewell and goes: %s", async (cause, sentence) => {
    const { world, tab } = await answering();
    await tab.ask("flush", { cause });
    await tab.kill();
    expect(await saidAfterwards(world)).toBe(sentence);
  });

  it("[R4] a page that goes before its worker could write why: the page's own note tells it", async () => {
    const { world, tab } = await answering();
    const at = world.time.now();
    await tab.kill();
    const next = world.openTab();
    await next.ask("note-ending", { ending: { cause: "page-closed", at } });
    await next.attach();
    expect(said(world, next)).toBe("This run stopped when the tab was closed or reloaded.");
  });

  it("[R4] a worker that dies under a living page", async () => {
    const { world, tab } = await answering();
    await tab.kill();
    const next = world.openTab();
    await next.ask("note-ending", { ending: { cause: "agent-died", at: world.time.now() } });
    await next.attach();
    expect(said(world, next)).toBe("The agent stopped unexpectedly. The page kept your text.");
  });

  it("[R4] a browser that is killed: nobody could say anything", async () => {
    const { world, tab } = await answering();
    await tab.kill();
    expect(await saidAfterwards(world)).toBe("The app stopped unexpectedly.");
  });

  it.each<[string, ProviderProblem, string]>([
    ["the network that is lost", { kind: "cut", cause: "connection-dropped" }, "The connection dropped."],
    [
      "a server that goes silent",
      { kind: "cut", cause: "stalled" },
      "The model stopped sending in the middle of its answer.",
    ],
  ])("[R4] [E4] %s", async (_what, problem, sentence) => {
    const { world, tab } = await answering([...say("One ").slice(0, -1), { type: "fail", problem }]);
    await tab.until((turn) => turnStatus(turn) === "interrupted", "interrupted");
    expect(said(world, tab)).toBe(sentence);
    await tab.reload();
    expect(await saidAfterwards(world)).toBe(sentence);
  });

  it("[R4] a server that never said anything is not said to have stopped in the middle", async () => {
    const { world, tab } = await answering([{ type: "fail", problem: { kind: "cut", cause: "stalled" } }]);
    await tab.until((turn) => turnStatus(turn) === "interrupted", "interrupted");
    expect(said(world, tab)).toBe("The model sent nothing for a long time.");
  });
});

describe("a farewell that was not the end", () => {
  it("[R4] [P3] a page that came back and dies without a word was not closed, also where nothing new was written", async () => {
    const { world, tab } = await answering();
    await tab.ask("flush", { cause: "page-closed" });
    await world.time.advance(1_000);
    await tab.ask("ping", null);
    await rest();
    expect(await readClosingMarker(world.disk, world.session)).toBeNull();
    await tab.kill();
    expect(await saidAfterwards(world)).toBe("The app stopped unexpectedly.");
  });

  it("[R4] a page that leaves for good after it came back is believed again", async () => {
    const { world, tab } = await answering();
    await tab.ask("flush", { cause: "page-closed" });
    await tab.ask("ping", null);
    await rest();
    await tab.ask("flush", { cause: "page-closed" });
    await tab.kill();
    expect(await saidAfterwards(world)).toBe("This run stopped when the tab was closed or reloaded.");
  });

  it("[R4] [P5] a request that breaks while the browser holds the page broke for that reason", async () => {
    let breakNow: () => void = () => undefined;
    const broken = new Promise<void>((resolve) => (breakNow = resolve));
    const { world, tab } = await answering([
      ...say("One ").slice(0, -1),
      { type: "wait", until: broken },
      { type: "fail", problem: { kind: "cut", cause: "connection-dropped" } },
    ]);
    await tab.ask("flush", { cause: "paused-by-browser" });
    await world.time.advance(60_000);
    await tab.ask("ping", null);
    breakNow();
    await tab.until((turn) => turnStatus(turn) === "interrupted", "interrupted");
    expect(said(world, tab)).toBe("The browser paused this tab to save memory.");
  });

  it("[R4] a request that went on after the pause and breaks later broke by itself", async () => {
    let goOn: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (goOn = resolve));
    const { world, tab } = await answering([
      ...say("One ").slice(0, -1),
      { type: "wait", until: woken },
      { type: "text-start", id: "later" },
      { type: "text-delta", id: "later", text: "two " },
      { type: "fail", problem: { kind: "cut", cause: "connection-dropped" } },
    ]);
    await tab.ask("flush", { cause: "paused-by-browser" });
    await world.time.advance(60_000);
    await tab.ask("ping", null);
    goOn();
    await tab.until((turn) => turnStatus(turn) === "interrupted", "interrupted");
    expect(lastRun(tab.turn())?.outcome).toMatchObject({ cause: "connection-dropped" });
  });
});
