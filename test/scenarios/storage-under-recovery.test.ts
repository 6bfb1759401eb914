import { describe, expect, it } from "vitest";

import { lastRun, replyText, turnStatus } from "#domain/turn.ts";
import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import type { Database } from "#storage/database.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const half = [...say("One ", "two ").slice(0, -1), { type: "hang" }] as const;
const rest = [...say("three."), finish("stop")];

/** A session whose worker was killed in the middle of its answer. */
async function interrupted(): Promise<{ world: World; provider: ReturnType<typeof scriptedProvider> }> {
  const provider = scriptedProvider([half, rest, rest]);
  const world = openWorld({ provider });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Count.");
  await world.time.advance(1000);
  await tab.kill();
  return { world, provider };
}

/** Makes one stored record unreadable, as a defect of an earlier version would. */
function spoil(db: Database, store: "turns" | "journal"): Promise<void> {
  return db.write([store], "relaxed", async (writing) => {
    const [record] = await writing.tx.objectStore(store).getAll();
    if (record !== undefined) writing.put(store, { ...record, surprise: true } as never);
  });
}

function troubles(tab: Tab): (string | null)[] {
  return tab.events.flatMap((event) => (event.type === "storage-trouble" ? [event.message] : []));
}

describe("recovery when storage fails", () => {
  it("[R7] [W9] a full disk does not keep an interrupted session from opening with all its text; with space it goes on", async () => {
    const { world } = await interrupted();
    world.failWrites({ kind: "quota" });
    const tab = world.openTab();
    const { turns, runner } = await tab.attach();
    expect(turns.map(replyText)).toEqual(["One two "]);
    expect(turns.map(turnStatus)).toEqual(["interrupted"]);
    expect(runner).toBe("nobody");
    expect(troubles(tab).at(-1)).toMatch(/space/);
    expect([...(await world.heldLocks())]).toEqual([]);

    world.failWrites(null);
    await tab.attach();
    await world.time.advance(2000);
    await tab.until((turn) => turnStatus(turn) === "completed", "it goes on");
    expect(replyText(tab.turn())).toBe("One two three.");
  });

  it("[R7] a model that cannot be opened does not keep the session from opening, nor keep its lease", async () => {
    const { world } = await interrupted();
    const tab = world.openTab({
      openProvider: () => Promise.reject(new TypeError("Failed to fetch a part of the app")),
    });
    const { turns } = await tab.attach();
    expect(turns.map(replyText)).toEqual(["One two "]);
    expect([...(await world.heldLocks())]).toEqual([]);
  });

  it("[R3] a turn that cannot be read is set aside, reported and kept; the session opens and takes the next message", async () => {
    const { world } = await interrupted();
    await spoil(world.disk, "turns");
    const tab = world.openTab();
    const { session } = await tab.attach();
    expect(session).toMatchObject({ pending: null, headStatus: "interrupted", needsPerson: true });
    expect(troubles(tab).at(-1)).toMatch(/cannot be read/);
    expect([...(await world.heldLocks())]).toEqual([]);
    await tab.send("Next.");
    await tab.until((turn) => turn.seq === 2 && turnStatus(turn) === "completed", "answered");
    const kept = await world.disk.read(["turns", "journal"], async (tx) => ({
      turn: await tx.objectStore("turns").get([world.session, 1]),
      batches: await tx.objectStore("journal").count(),
    }));
    expect(kept.turn).toMatchObject({ surprise: true });
    expect(kept.batches).toBeGreaterThan(0);
  });

  it("[R3] [R4] a batch of the journal that cannot be read is kept, and the answer says that something may be missing", async () => {
    const { world } = await interrupted();
    await spoil(world.disk, "journal");
    const tab = world.openTab();
    await tab.attach();
    expect(lastRun(tab.turn())?.outcome).toMatchObject({ kind: "interrupted", mayMiss: true });
    await world.time.advance(2000);
    await tab.until((turn) => turnStatus(turn) === "completed", "it goes on");
    const batches = await world.disk.read(["journal"], (tx) => tx.objectStore("journal").count());
    expect(batches).toBeGreaterThan(0);
  });

  it("[R3] recovering twice gives the same turn and settles nothing twice", async () => {
    const { world } = await interrupted();
    const first = world.openTab();
    await first.host.recover();
    const once = await readSession(world.disk, world.session);
    const [turn] = (await first.attach()).turns;
    await first.kill();
    const second = world.openTab();
    await second.host.recover();
    expect((await readSession(world.disk, world.session))?.pending).toBeNull();
    expect((await second.attach()).turns[0]?.runs[0]).toEqual(turn?.runs[0]);
    expect(once?.pending).toBeNull();
  });

  it("[S6] [S2] a message is refused only if it was not committed: what its run needs is read first", async () => {
    const world = openWorld({ provider: scriptedProvider([rest]) });
    const tab = world.openTab({ readSettings: () => Promise.reject(new Error("no settings")) });
    await tab.attach();
    const message = tab.message("Hello.");
    const reply = await tab.call("send-message", { sessionId: world.session, message, model: null });
    const session = await readSession(world.disk, world.session);
    expect(session === null).toBe(!reply.ok);
  });
});
