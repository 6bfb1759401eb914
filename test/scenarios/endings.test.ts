import { describe, expect, it } from "vitest";

import { lastRun, replyText, turnStatus } from "#domain/turn.ts";
import type { ProviderProblem } from "#providers/provider.ts";
import { finish, say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const badKey: ProviderProblem = {
  kind: "error",
  error: { code: "bad-key", message: "The key was refused. Check it under Connect a model.", detail: null },
  retry: { kind: "never" },
};
const limited = (afterMs: number | null): ProviderProblem => ({
  kind: "error",
  error: { code: "rate-limited", message: "Too many requests.", detail: null },
  retry: { kind: "after", afterMs },
});
const answers: Script = [...say("Done."), finish("stop")];

async function run(
  scripts: readonly Script[],
): Promise<{ world: World; tab: Tab; provider: ReturnType<typeof scriptedProvider> }> {
  const provider = scriptedProvider(scripts, { continuation: "instruct" });
  const world = openWorld({ provider });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Hello.");
  await world.time.advance(100);
  return { world, tab, provider };
}

/** What is on screen after a reload must be what was there before it. */
async function expectSameAfterReload(world: World, tab: Tab): Promise<void> {
  const before = tab.turn();
  await tab.reload();
  const after = world.openTab();
  await after.attach();
  expect(after.turn()).toEqual(before);
}

describe("endings", () => {
  it("[R8] [E4] a refused key is an error with its sentence; it survives a reload, and the message can be sent again", async () => {
    const { world, tab, provider } = await run([[{ type: "fail", problem: badKey }], answers]);
    expect(lastRun(tab.turn())?.outcome).toMatchObject({ kind: "error", error: { code: "bad-key" } });
    expect(provider.requests).toHaveLength(1);
    await expectSameAfterReload(world, tab);
    const after = world.openTab();
    await after.attach();
    await after.ask("retry-turn", { sessionId: world.session, turnSeq: 1, model: null });
    await after.until((turn) => turn.seq === 2 && turnStatus(turn) === "completed", "answered");
    expect(after.turn(2).user.text).toBe("Hello.");
    expect(JSON.stringify(provider.requests[1])).not.toContain("The key was refused");
  });

  it("honours Retry-After, shows the wait, and goes on to an answer", async () => {
    const { world, tab, provider } = await run([[{ type: "fail", problem: limited(7000) }], answers]);
    expect(lastRun(tab.turn())?.phase).toMatchObject({ kind: "waiting-retry", until: expect.any(Number) as number });
    await world.time.advance(6000);
    expect(provider.requests).toHaveLength(1);
    await world.time.advance(2000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(provider.requests).toHaveLength(2);
  });

  it("gives up after some tries, with the last sentence", async () => {
    const failing: Script = [{ type: "fail", problem: limited(null) }];
    const { world, tab, provider } = await run([failing, failing, failing, failing, failing, failing]);
    await world.time.advance(120_000);
    await tab.until((turn) => turnStatus(turn) === "error", "gave up");
    expect(provider.requests).toHaveLength(4);
  });

  it("[E4] a stream that is cut keeps what arrived, says why, tries once more by itself, and then asks", async () => {
    const cut: Script = [
      ...say("One ", "two ").slice(0, -1),
      { type: "fail", problem: { kind: "cut", cause: "connection-dropped" } },
    ];
    const cutAtOnce: Script = [{ type: "fail", problem: { kind: "cut", cause: "connection-dropped" } }];
    const { world, tab, provider } = await run([cut, cutAtOnce, answers]);
    await tab.until((turn) => turnStatus(turn) === "interrupted", "interrupted");
    await world.time.advance(60_000);
    expect(turnStatus(tab.turn())).toBe("interrupted");
    expect(provider.requests).toHaveLength(2);
    expect(replyText(tab.turn())).toBe("One two ");
    expect(lastRun(tab.turn())?.outcome).toMatchObject({ cause: "connection-dropped" });
    await expectSameAfterReload(world, tab);
  });

  it("[E4] an answer that holds nothing is no answer", async () => {
    const { world, tab } = await run([[...say("  \n"), finish("stop")]]);
    expect(turnStatus(tab.turn())).toBe("no-answer");
    await expectSameAfterReload(world, tab);
  });

  it("[E4] a stream without its end signal is never complete", async () => {
    const { tab } = await run([[...say("All of it.")], [{ type: "hang" }]]);
    expect(turnStatus(tab.turn())).toBe("interrupted");
  });

  it("[P5] offline is waiting, not failing: the request goes out when the network is back", async () => {
    const provider = scriptedProvider([
      [
        {
          type: "fail",
          problem: {
            kind: "unreachable",
            isLocal: false,
            error: { code: "unreachable", message: "No network.", detail: null },
          },
        },
      ],
      answers,
    ]);
    const world = openWorld({ provider });
    world.offline(true);
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Hello.");
    await world.time.advance(3_600_000);
    expect(lastRun(tab.turn())?.phase).toEqual({ kind: "waiting-network" });
    world.offline(false);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
  });

  it("an answer that reached the model's output limit is continued where it ended", async () => {
    const { world, tab, provider } = await run([
      [...say("One two"), finish("length")],
      [...say(" three."), finish("stop")],
    ]);
    expect(lastRun(tab.turn())?.outcome).toMatchObject({ kind: "error", error: { code: "output-limit" } });
    await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await world.time.advance(100);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(replyText(tab.turn())).toBe("One two three.");
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({ role: "user" });
  });
});

describe("stop", () => {
  const phases: readonly (readonly [string, Script])[] = [
    ["before the first token", [{ type: "hang" }]],
    ["in the middle of the text", [...say("One ", "two ").slice(0, -1), { type: "hang" }]],
    ["in the middle of a tool's input", [{ type: "tool-input-start", id: "1", tool: "write_file" }, { type: "hang" }]],
    ["while waiting for a retry", [{ type: "fail", problem: limited(60_000) }]],
  ];
  for (const [phase, script] of phases) {
    it(`[C2] [C3] takes effect at once ${phase}, and is the same after a reload`, async () => {
      const { world, tab } = await run([script]);
      await tab.ask("stop-run", { sessionId: world.session });
      await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
      expect(lastRun(tab.turn())?.outcome).toEqual({ kind: "stopped" });
      await expectSameAfterReload(world, tab);
    });
  }

  it("[C2] does not wait for a provider that ignores it", async () => {
    const provider = scriptedProvider([[{ type: "hang" }]], { isDeaf: true });
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Hello.");
    await world.time.advance(100);
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    expect((await tab.send("Next.")).accepted).toBe("turn");
  });
});
