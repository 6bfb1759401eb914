import { describe, expect, it } from "vitest";

import { exportRaw } from "#agent/raw-export.ts";
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
  await world.time.advance(1000);
  await tab.kill();
  return world;
}

/** Makes the first record of a store one that no version understands. */
function spoil(world: World, store: StoreName, fields: object): Promise<void> {
  return world.disk.write([store], "relaxed", async (writing) => {
    const [record] = await writing.tx.objectStore(store).getAll();
    if (record !== undefined) writing.put(store, { ...record, ...fields });
  });
}

describe("the raw records of a session", () => {
  it("[R3] can be read and exported where the session's row is one of a newer version and attaching is refused", async () => {
    const world = await twoTurns();
    await spoil(world, "sessions", { schema: 99, unheardOf: { deep: true } });
    const tab = world.openTab();
    expect(await tab.call("attach-session", { sessionId: world.session })).toMatchObject({ ok: false });
    const before = world.writes.length;
    const raw = await tab.ask("export-raw-session", { sessionId: world.session });
    expect(raw.title).toBe("Hello.");
    expect(raw.messages).toEqual([
      { question: "Hello.", answer: "First." },
      { question: "Count.", answer: "" },
      { question: null, answer: "One two " },
    ]);
    expect(raw.fileName).toMatch(/^Hello\. \(raw records\)\.json$/);
    expect(JSON.parse(raw.text)).toMatchObject({ records: { sessions: [{ unheardOf: { deep: true } }] } });
    expect(world.writes.length).toBe(before);
  });

  it("[R3] are given also where nothing in them is what it should be", async () => {
    const world = await twoTurns();
    await spoil(world, "turns", {
      parts: "gone",
      user: 7,
      big: 12345678901234567890n,
      opaque: { maker: "m", content: { s: "sig-1" } },
    });
    await spoil(world, "journal", { events: { 0: "x" } });
    await spoil(world, "sessions", { title: null, bytes: new Uint8Array([1, 2, 3]) });
    const raw = await exportRaw(world.disk, world.session);
    expect(raw.messages).toEqual([
      { question: null, answer: "" },
      { question: "Count.", answer: "" },
      { question: null, answer: "One two " },
    ]);
    expect(raw.title).toBe("Hello.");
    expect(raw.text).toContain('"AQID"');
    expect(raw.text).not.toContain("sig-1");
    expect(raw.text).toContain('"12345678901234567890"');
  });

  it("[R3] that the browser itself cannot read are counted, and take no others with them", async () => {
    const world = await twoTurns();
    const bad = (cause: string) => new DOMException(cause, "UnknownError");
    const read = world.disk.read.bind(world.disk);
    let turnReads = 0;
    world.disk.read = (stores, work) => {
      if (!stores.includes("turns")) return read(stores, work);
      turnReads += 1;
      // First all at once, then the keys, then each by its own key.
      const isBroken = turnReads === 1 || turnReads === 3;
      return isBroken ? Promise.reject(bad("bad block")) : read(stores, work);
    };
    const raw = await exportRaw(world.disk, world.session);
    expect(raw.unreadable).toBe(1);
    expect(raw.messages.map(({ question }) => question)).toEqual(["Count.", null]);
  });

  it("[Z1] hold no keys, and nothing of other sessions", async () => {
    const world = await twoTurns();
    const raw = await exportRaw(world.disk, "another" as never);
    expect(raw).toMatchObject({ title: null, messages: [], unreadable: 0 });
    expect(JSON.parse(raw.text)).toEqual({ sessionId: "another", records: {} });
  });
});
