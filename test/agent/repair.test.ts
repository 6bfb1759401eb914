import { describe, expect, it } from "vitest";

import { finish, say, scriptedProvider } from "#providers/scripted.ts";
import type { StoreName } from "#storage/schema.ts";
import { openWorld, type World } from "#test/helpers/memory-world.ts";

const half = [...say("One ", "two ").slice(0, -1), { type: "hang" }] as const;

/** One answered turn, and one whose worker was killed in the middle of its answer. */
async function twoTurns(): Promise<World> {
  const world = openWorld({ provider: scriptedProvider([[...say("First."), finish("stop")], half]) });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Hello.");
  await tab.until((turn) => turn.runs.at(-1)?.outcome != null, "answered");
  await world.time.advance(100);
  await tab.send("Count.");
  await world.time.advance(2000);
  await tab.kill();
  return world;
}

function spoil(world: World, store: StoreName, fields: object): Promise<void> {
  return world.disk.write([store], "relaxed", async (writing) => {
    const [record] = await writing.tx.objectStore(store).getAll();
    if (record !== undefined) writing.put(store, { ...record, ...fields });
  });
}

describe("a repair", () => {
  it("[R3] [R7] makes a session open again whose record cannot be read, with what the killed run had saved", async () => {
    const world = await twoTurns();
    await spoil(world, "sessions", { title: null, nextSeq: "?" });
    const tab = world.openTab();
    expect(await tab.call("attach-session", { sessionId: world.session })).toMatchObject({ ok: false });
    expect(await tab.ask("repair-storage", null)).toEqual({
      setAside: 1,
      rebuilt: 1,
      left: 0,
      listed: 1,
      recovered: 1,
    });
    const { turns, session } = await tab.ask("attach-session", { sessionId: world.session });
    expect(session?.title).toBe("Hello.");
    expect(turns.map(({ user }) => user.text)).toEqual(["Hello.", "Count."]);
    expect(turns[1]?.parts).toMatchObject([{ text: "One two " }]);
    expect(turns[1]?.runs.at(-1)?.outcome).toMatchObject({ kind: "interrupted" });
  });

  it("[I1] writes the list anew where its rows are gone", async () => {
    const world = await twoTurns();
    await world.disk.write(["index"], "relaxed", async (writing) => {
      await writing.tx.objectStore("index").clear();
    });
    const tab = world.openTab();
    await tab.ask("repair-storage", null);
    const { rows } = await tab.ask("list-sessions", { after: null, limit: 10 });
    expect(rows.map(({ entry }) => entry.title)).toEqual(["Hello."]);
    expect(await world.disk.read(["index"], (tx) => tx.objectStore("index").count())).toBe(1);
  });
});
