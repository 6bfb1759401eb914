import { describe, expect, it } from "vitest";

import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { readSession } from "#storage/session-store.ts";
import { rest } from "#test/helpers/fake-time.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const cutInTheMiddle = [...say("One ", "two ").slice(0, -1), { type: "hang" as const }];
const theRest = [...say("three."), finish("stop")];

/** A session whose worker was killed in the middle of its answer. */
async function killed(): Promise<{ world: World; provider: ReturnType<typeof scriptedProvider> }> {
  const provider = scriptedProvider([cutInTheMiddle, theRest]);
  const world = openWorld({ provider });
  const before = world.openTab();
  await before.attach();
  await before.send("Count.");
  await world.time.advance(5_000);
  await before.kill();
  return { world, provider };
}

/** Looks at the session for a while: nothing goes on by itself. Gives the text that the person's Continue brings. */
async function whenThePersonContinues(
  world: World,
  tab: Tab,
  provider: { requests: readonly unknown[] },
): Promise<string> {
  const snapshot = await tab.attach();
  expect(snapshot.continuesAt).toBeNull();
  await world.time.advance(60_000);
  expect(turnStatus(tab.turn())).toBe("interrupted");
  expect((await readSession(world.disk, world.session))?.needsPerson).toBe(true);
  expect(provider.requests).toHaveLength(1);
  await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
  await tab.until((turn) => turnStatus(turn) === "completed", "the person may still continue it");
  return replyText(tab.turn());
}

describe("stop for a run whose worker is dead", () => {
  it("[C2] an answer that was stopped before its interruption was found does not go on by itself", async () => {
    const provider = scriptedProvider([
      [...say("One ", "two ").slice(0, -1), { type: "hang" }],
      [...say("three."), finish("stop")],
    ]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(5_000);
    await before.kill();

    const after = world.openTab();
    await after.ask("stop-run", { sessionId: world.session });
    const snapshot = await after.attach();
    expect(snapshot.continuesAt).toBeNull();
    await world.time.advance(60_000);
    expect(turnStatus(after.turn())).toBe("interrupted");
    expect(provider.requests).toHaveLength(1);

    await after.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await after.until((turn) => turnStatus(turn) === "completed", "the person may still continue it");
    expect(replyText(after.turn())).toBe("One two three.");
  });

  it("[C2] [R1] a stop while nobody runs holds after a reload too, before the interruption was ever looked at", async () => {
    const { world, provider } = await killed();
    const stopping = world.openTab();
    await stopping.ask("stop-run", { sessionId: world.session });
    await rest();
    await stopping.kill();
    expect(await whenThePersonContinues(world, world.openTab(), provider)).toBe("One two three.");
  });

  it("[C2] a stop of a run whose wedged worker still holds the session holds when that worker is gone", async () => {
    const provider = scriptedProvider([cutInTheMiddle, theRest]);
    const world = openWorld({ provider });
    const wedged = world.openTab();
    await wedged.attach();
    await wedged.send("Count.");
    await world.time.advance(5_000);
    wedged.deafen();
    const stopping = world.openTab();
    await stopping.ask("stop-run", { sessionId: world.session });
    await rest();
    await stopping.kill();
    await wedged.kill();
    expect(await whenThePersonContinues(world, world.openTab(), provider)).toBe("One two three.");
  });
});

describe('"Don\'t"', () => {
  it("[R4] said once, it holds after a reload: the answer waits for the person", async () => {
    const { world, provider } = await killed();
    const declining = world.openTab();
    expect((await declining.attach()).continuesAt).not.toBeNull();
    await declining.ask("cancel-automatic-continue", { sessionId: world.session });
    await declining.reload();
    expect(await whenThePersonContinues(world, world.openTab(), provider)).toBe("One two three.");
  });

  it("[R4] where it cannot be stored it holds in this tab all the same, and is told", async () => {
    const { world, provider } = await killed();
    const tab = world.openTab();
    await tab.attach();
    world.failWrites({ kind: "quota" });
    const reply = await tab.call("cancel-automatic-continue", { sessionId: world.session });
    expect(reply.ok).toBe(false);
    world.failWrites(null);
    expect(await whenThePersonContinues(world, tab, provider)).toBe("One two three.");
  });

  it("[R4] said a moment after the answer went on, it stops it", async () => {
    const provider = scriptedProvider([cutInTheMiddle, [{ type: "hang" }]]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(1_000);
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    await world.time.advance(2_000);
    expect(tab.turn().runs).toHaveLength(2);
    await tab.ask("cancel-automatic-continue", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    expect(replyText(tab.turn())).toBe("One two ");
  });
});
