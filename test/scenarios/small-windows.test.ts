import { describe, expect, it } from "vitest";

import { readId, type SessionId } from "#domain/ids.ts";
import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

const answers: Script = [...say("Done."), finish("stop")];
const hangs: Script = [...say("One ").slice(0, -1), { type: "hang" }];
const breaks: Script = [...say("One ").slice(0, -1), { type: "throw", error: new Error("broken") }];

describe("two tabs in one moment", () => {
  it("[P1] [X2] the path shown does not change under a run that another tab has just begun", async () => {
    const world = openWorld({ provider: scriptedProvider([answers, answers, hangs]) });
    const one = world.openTab();
    await one.attach();
    await one.send("First.");
    await one.until((turn) => turnStatus(turn) === "completed", "completed");
    await one.ask("retry-turn", { sessionId: world.session, turnSeq: 1, model: null });
    await one.until((turn) => turn.seq === 2 && turnStatus(turn) === "completed", "a second branch");
    const two = world.openTab();
    two.deafen(); // the news of the run do not reach it in time
    await one.send("On.");
    const reply = await two.call("select-turn", { sessionId: world.session, turnSeq: 1 });
    expect(reply).toMatchObject({ ok: false, refusal: { reason: "busy" } });
    expect(await readSession(world.disk, world.session)).toMatchObject({ head: 3, headStatus: "pending" });
    expect(one.turn(3).parent).toBe(2);
  });

  it("[P1] [W11] an answer cannot be kept or discarded once another tab goes on with it", async () => {
    const world = openWorld({ provider: scriptedProvider([breaks, hangs]) });
    const one = world.openTab();
    await one.attach();
    await one.send("First.");
    await one.until((turn) => turnStatus(turn) === "error", "failed");
    const two = world.openTab();
    await two.attach();
    two.deafen(); // it still shows the failure
    await one.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    const reply = await two.call("discard-answer", { sessionId: world.session, turnSeq: 1 });
    expect(reply).toMatchObject({ ok: false, refusal: { reason: "busy" } });
    expect((await readTurn(world.disk, world.session, 1))?.resolution).toBeNull();
  });
});

describe("a worker that lives for long", () => {
  it("[Z3] does not grow with the sessions that were looked at, and forgets none that runs", async () => {
    const world = openWorld({ provider: scriptedProvider([hangs, answers]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    await world.time.advance(500);
    for (let index = 0; index < 120; index++) {
      // oxlint-disable-next-line no-await-in-loop
      await tab.attach(readId<SessionId>(`other-${index}`));
    }
    expect(tab.host.actorCount).toBeLessThanOrEqual(50);
    await tab.attach();
    expect(replyText(tab.turn())).toBe("One ");
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "the run still hears of its stop");
  });
});
