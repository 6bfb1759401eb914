import { IDBFactory } from "fake-indexeddb";
import { describe, expect, test } from "vitest";

// Loaded by the agent at their first use; here they are there from the start, so that time stands still meanwhile.
import "#agent/second-copy-answers.ts";

import { replyText } from "#domain/turn.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import { rest } from "#test/helpers/fake-time.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const SECOND_MS = 1_000;

async function answered(): Promise<{ world: World; tab: Tab }> {
  const provider = scriptedProvider([[...say("It is done."), finish("stop")]]);
  const world = openWorld({ provider, hasSecondCopy: true });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Do it");
  await tab.until((turn) => turn.runs.at(-1)?.outcome != null, "the run ends");
  await world.time.advance(3 * SECOND_MS);
  return { world, tab };
}

function loseDatabase(): void {
  globalThis.indexedDB = new IDBFactory();
}

describe("[W9] [R7] a database that the browser lost", () => {
  test("comes back before the page sees anything, and the page is told once, in words", async () => {
    const { world, tab } = await answered();
    await tab.kill();
    loseDatabase();
    const again = world.openTab();
    const snapshot = await again.attach();
    expect(snapshot.turns.map(replyText)).toEqual(["It is done."]);
    expect((await again.ask("list-sessions", { after: null, limit: 9 })).rows).toHaveLength(1);
    await rest();
    const told = again.events.filter((event) => event.type === "restored");
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toMatch(
      /^The browser had lost this app’s database\. Brought back .*: 1 session, 1 message with its answer and 1 setting\./,
    );
    const status = await again.ask("read-mirror-status", null);
    expect(status).toMatchObject({ kind: "on", trouble: null, lastRestore: { message: told[0]?.message } });
  });

  test("that was lost in the middle of an answer keeps the message, and says that it was interrupted", async () => {
    const { world, tab } = await answered();
    await tab.kill();
    const hanging = world.openTab({ provider: scriptedProvider([[...say("Half").slice(0, -1), { type: "hang" }]]) });
    await hanging.attach();
    await hanging.send("And now?");
    await world.time.advance(3 * SECOND_MS);
    await hanging.kill();
    loseDatabase();
    const again = world.openTab();
    await again.attach();
    await again.until((turn) => turn.user.text === "And now?", "the message is there");
    expect(again.turn().runs.at(-1)?.outcome?.kind).toBe("interrupted");
    expect([...again.turns.values()].map((turn) => turn.user.text)).toEqual(["Do it", "And now?"]);
  });

  test("without a second copy there is a plain word about it, and no way back is offered", async () => {
    const world = openWorld({ provider: scriptedProvider([]) });
    const tab = world.openTab();
    expect(await tab.ask("read-mirror-status", null)).toEqual({ kind: "none" });
    expect(await tab.call("list-restore-points", null)).toMatchObject({ ok: false, refusal: { reason: "invalid" } });
  });
});

describe("[W7] restore points", () => {
  test("one session goes back to yesterday on the page that shows it, and forth again", async () => {
    const { world, tab } = await answered();
    await world.time.advance(24 * 3_600 * SECOND_MS);
    await tab.ask("rename-session", { sessionId: world.session, title: "Renamed today" });
    await world.time.advance(2 * SECOND_MS);
    const [yesterday] = await tab.ask("list-restore-points", null);
    expect(yesterday?.sessions.map(({ sessionId }) => sessionId)).toEqual([world.session]);
    const point = { at: yesterday?.at ?? 0, sessionId: world.session };
    const gone = await tab.ask("restore-point", point);
    expect(gone).toMatchObject({ changed: 1 });
    expect(gone.message).toMatch(/^1 session went back\./);
    await rest();
    expect(tab.snapshot?.session?.title).not.toBe("Renamed today");
    await tab.ask("restore-point", { at: gone.leftAt, sessionId: world.session });
    await rest();
    expect(tab.snapshot?.session?.title).toBe("Renamed today");
    expect(tab.snapshot?.turns).toHaveLength(1);
  });
});
