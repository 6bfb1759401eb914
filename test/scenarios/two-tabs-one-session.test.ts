import { describe, expect, it } from "vitest";

import { lastRun, replyText, turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider } from "#providers/scripted.ts";
import { checkpoint } from "#storage/save.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

describe("two tabs on one session", () => {
  it("[P1] [E3] both show the run live and one runs it", async () => {
    const [paused, goOn] = gate();
    const provider = scriptedProvider([
      [...say("One ", "two ").slice(0, -1), { type: "wait", until: paused }, ...say("three.").slice(1), finish("stop")],
    ]);
    const world = openWorld({ provider });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(100);
    expect((await watcher.attach()).runner).toBe("elsewhere");
    await world.time.advance(100);
    expect(replyText(watcher.turn())).toBe("One two ");
    goOn();
    await watcher.until((turn) => turnStatus(turn) === "completed", "the watcher sees the end");
    expect(replyText(watcher.turn())).toBe(replyText(runner.turn()));
    expect(watcher.turn()).toEqual(runner.turn());
    expect(provider.requests).toHaveLength(1);
    expect(watcher.gaps).toBe(0);
  });

  it("[P1] [R1] when the runner's tab goes, the other takes over and finishes the answer", async () => {
    const provider = scriptedProvider([
      [...say("One ", "two ").slice(0, -1), { type: "hang" }],
      [...say("three."), finish("stop")],
    ]);
    const world = openWorld({ provider });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(100);
    await watcher.attach();
    await runner.reload();
    await world.time.advance(3000);
    await watcher.until((turn) => turnStatus(turn) === "completed", "the watcher finished it");
    expect(replyText(watcher.turn())).toBe("One two three.");
    expect(watcher.turn().runs).toHaveLength(2);
  });

  it("[C1] a late write of a former holder of the lease is refused", async () => {
    const world = openWorld({ provider: scriptedProvider([[{ type: "hang" }], [{ type: "hang" }]]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Hello.");
    const before = await readSession(world.disk, world.session);
    const runId = before?.pending?.runId;
    const token = before?.fencingToken ?? 0;
    await tab.kill();
    const next = world.openTab();
    await next.attach();
    await world.time.advance(2000);
    if (runId === undefined) throw new Error("The run is pending.");
    await expect(
      checkpoint(world.disk, { sessionId: world.session, token, runId, events: [], now: world.time.now() }),
    ).rejects.toMatchObject({ problem: { kind: "fenced" } });
  });

  it("[S5] [C5] a message sent in the other tab while a run is active becomes a queue row and is drained once, in order", async () => {
    const [paused, goOn] = gate();
    const provider = scriptedProvider([
      [...say("A").slice(0, -1), { type: "wait", until: paused }, finish("stop")],
      [...say("B"), finish("stop")],
      [...say("C"), finish("stop")],
    ]);
    const world = openWorld({ provider });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("First.");
    await watcher.attach();
    expect((await watcher.send("Second.")).accepted).toBe("queued");
    expect((await runner.send("Third.")).accepted).toBe("queued");
    await world.time.advance(100);
    goOn();
    await world.time.advance(3000);
    await watcher.until((turn) => turn.user.text === "Third." && turnStatus(turn) === "completed", "all drained");
    expect(provider.requests).toHaveLength(3);
    const texts = [...runner.turns.values()].map((turn) => turn.user.text);
    expect(texts).toEqual(["First.", "Second.", "Third."]);
  });

  it("[C2] stop in one tab ends the run of the other", async () => {
    const world = openWorld({ provider: scriptedProvider([[...say("One ").slice(0, -1), { type: "hang" }]]) });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(100);
    await watcher.attach();
    await watcher.ask("stop-run", { sessionId: world.session });
    await watcher.until((turn) => turnStatus(turn) === "stopped", "stopped everywhere");
    expect(turnStatus(runner.turn())).toBe("stopped");
    expect(lastRun(runner.turn())?.outcome).toEqual({ kind: "stopped" });
  });

  it("[W11] a title that a person sets while another tab's run streams is not undone by its saves", async () => {
    const [paused, goOn] = gate();
    const provider = scriptedProvider([[...say("One ").slice(0, -1), { type: "wait", until: paused }, finish("stop")]]);
    const world = openWorld({ provider });
    const runner = world.openTab();
    const other = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await other.ask("rename-session", { sessionId: world.session, title: "Mine" });
    await world.time.advance(2000);
    goOn();
    await runner.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(await readSession(world.disk, world.session)).toMatchObject({ title: "Mine", titleSource: "person" });
  });
});
