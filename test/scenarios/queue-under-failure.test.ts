import { describe, expect, it } from "vitest";

import { turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { listQueue } from "#storage/queue-store.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld, type Tab } from "#test/helpers/memory-world.ts";

const answer = (text: string): Script => [...say(text), finish("stop")];

/** An answer that ends when the test lets it. */
function heldAnswer(text: string): { readonly script: Script; readonly goOn: () => void } {
  const [paused, goOn] = gate();
  return { script: [...say(text).slice(0, -1), { type: "wait", until: paused }, finish("stop")], goOn };
}

function completed(tab: Tab, text: string): Promise<void> {
  return tab.until((turn) => turn.user.text === text && turnStatus(turn) === "completed", `"${text}" is answered`);
}

describe("a queue when something fails", () => {
  it("[C5] [W9] an item that cannot be stored as a turn stays in the queue, and the session is free for the next try", async () => {
    const first = heldAnswer("A");
    const world = openWorld({ provider: scriptedProvider([first.script, answer("B")]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await tab.send("Two.");
    await world.time.advance(100);
    world.failWrites({ kind: "quota" }, ["queue"]);
    first.goOn();
    await completed(tab, "One.");
    await world.time.advance(100);
    expect(await listQueue(world.disk, world.session)).toHaveLength(1);
    expect([...(await world.heldLocks())]).toEqual([]);
    expect(tab.events.some((event) => event.type === "storage-trouble" && event.message !== null)).toBe(true);

    world.failWrites(null);
    await tab.ask("resume-queue", { sessionId: world.session });
    await completed(tab, "Two.");
  });

  it("[S2] [S3] a queued message that the outbox gives again after it became a turn is not sent twice", async () => {
    const first = heldAnswer("A");
    const provider = scriptedProvider([first.script, answer("B"), answer("C")]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    const message = tab.message("Two.");
    await tab.ask("send-message", { sessionId: world.session, message, model: null });
    first.goOn();
    await completed(tab, "Two.");
    const again = await tab.ask("send-message", { sessionId: world.session, message, model: null });
    expect(again.accepted).toBe("turn");
    await world.time.advance(1000);
    expect(await readSession(world.disk, world.session)).toMatchObject({ nextSeq: 3 });
    expect(provider.requests).toHaveLength(2);
  });
});

describe("a queue and two tabs", () => {
  it("[C5] a message sent in a watching tab just as the other tab's run ends is sent, not left waiting", async () => {
    const first = heldAnswer("A");
    const world = openWorld({ provider: scriptedProvider([first.script, answer("B")]) });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("One.");
    await world.time.advance(100);
    await watcher.attach();
    const sending = watcher.send("Two.");
    first.goOn();
    await sending;
    await completed(watcher, "Two.");
    expect(await listQueue(world.disk, world.session)).toHaveLength(0);
  });

  it("[C5] stop and send works in a tab that only watches the run", async () => {
    const world = openWorld({
      provider: scriptedProvider([[...say("A").slice(0, -1), { type: "hang" }], answer("B")]),
    });
    const runner = world.openTab();
    const watcher = world.openTab();
    await runner.attach();
    await runner.send("One.");
    await world.time.advance(100);
    await watcher.attach();
    await watcher.send("Two.");
    const [item] = await listQueue(world.disk, world.session);
    if (item === undefined) throw new Error("It waits.");
    await watcher.ask("send-queue-item-now", { sessionId: world.session, id: item.id });
    await completed(watcher, "Two.");
    expect(turnStatus(watcher.turn(1))).toBe("stopped");
    await world.time.advance(100);
    expect([...(await world.heldLocks())]).toEqual([]);
  });
});
