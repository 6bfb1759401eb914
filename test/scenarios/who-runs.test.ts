import "#storage/session-deletion.ts";
import { describe, expect, it } from "vitest";

import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider } from "#providers/scripted.ts";
import { claimFencingToken } from "#storage/save.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { rest as settle } from "#test/helpers/fake-time.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";

const half = [...say("One ", "two ").slice(0, -1), { type: "hang" }] as const;
const rest = [...say("three."), finish("stop")];

/** A session whose page went in the middle of its answer. */
async function interrupted(): Promise<{ world: World; provider: ReturnType<typeof scriptedProvider> }> {
  const provider = scriptedProvider([half, rest, rest]);
  const world = openWorld({ provider });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Count.");
  await world.time.advance(1000);
  await tab.reload();
  return { world, provider };
}

function troubles(tab: Tab): (string | null)[] {
  return tab.events.flatMap((event) =>
    event.type === "storage-trouble" && event.message !== null ? [event.message] : [],
  );
}

describe("an answer that is about to go on by itself", () => {
  for (const decision of ["keep-answer", "discard-answer"] as const) {
    it(`[P1] [W11] stays as it is when the person decides so (${decision}) in another tab`, async () => {
      const { world, provider } = await interrupted();
      const first = world.openTab();
      expect((await first.attach()).continuesAt).not.toBeNull();
      const second = world.openTab();
      await second.attach();
      await second.ask(decision, { sessionId: world.session, turnSeq: 1 });
      await world.time.advance(5000);
      expect(provider.requests).toHaveLength(1);
      expect((await readTurn(world.disk, world.session, 1))?.resolution).toBe(
        decision === "keep-answer" ? "kept" : "discarded",
      );
      expect([...(await world.heldLocks())]).toEqual([]);
    });
  }

  it("[C2] is stopped by Stop in another tab", async () => {
    const { world, provider } = await interrupted();
    const first = world.openTab();
    expect((await first.attach()).continuesAt).not.toBeNull();
    const second = world.openTab();
    await second.attach();
    await second.ask("stop-run", { sessionId: world.session });
    await world.time.advance(5000);
    expect(provider.requests).toHaveLength(1);
    expect([...(await world.heldLocks())]).toEqual([]);
  });

  it("[S5] makes way for an edit, a retry and another branch in its own tab", async () => {
    for (const act of ["edit-message", "retry-turn"] as const) {
      const { world, provider } = await interrupted();
      const tab = world.openTab();
      await tab.attach();
      const message = tab.message("Better.");
      if (act === "edit-message") await tab.ask(act, { sessionId: world.session, turnSeq: 1, message });
      else await tab.ask(act, { sessionId: world.session, turnSeq: 1, model: null });
      await world.time.advance(5000);
      expect(tab.turn(2).parent).toBe(0);
      expect(turnStatus(tab.turn(2))).toBe("completed");
      expect(provider.requests).toHaveLength(2);
      expect((await readTurn(world.disk, world.session, 1))?.runs).toHaveLength(1);
    }
  });

  it("[C4] is called off when its page turns to another session, and leaves no lock behind", async () => {
    const { world, provider } = await interrupted();
    const tab = world.openTab();
    await tab.attach();
    await tab.ask("detach-session", { sessionId: world.session });
    await world.time.advance(5000);
    expect(provider.requests).toHaveLength(1);
    expect([...(await world.heldLocks())]).toEqual([]);
  });
});

describe("a session that is deleted while it runs", () => {
  it("[I4] [C3] comes back stopped, and does not go on by itself", async () => {
    const provider = scriptedProvider([half, rest]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    await world.time.advance(100);
    // A checkpoint is under way, which the run's last save waits for.
    await Promise.all([tab.ask("flush", { cause: null }), tab.ask("delete-session", { sessionId: world.session })]);
    await world.time.advance(1000);
    expect([...(await world.heldLocks())]).toEqual([]);
    expect(troubles(tab)).toEqual([]);
    await tab.ask("undelete-session", { sessionId: world.session });
    await tab.attach();
    await world.time.advance(5000);
    expect(replyText(tab.turn())).toBe("One two ");
    expect(turnStatus(tab.turn())).toBe("stopped");
    expect(provider.requests).toHaveLength(1);
  });

  it("[I4] [C2] deleted in another tab, its run ends quietly and does not go on when it comes back", async () => {
    const provider = scriptedProvider([half, rest]);
    const world = openWorld({ provider });
    const runner = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(100);
    const other = world.openTab();
    await other.ask("delete-session", { sessionId: world.session });
    await world.time.advance(5000);
    expect([...(await world.heldLocks())]).toEqual([]);
    expect(troubles(runner)).toEqual([]);
    await other.ask("undelete-session", { sessionId: world.session });
    await world.time.advance(5000);
    expect(replyText(runner.turn())).toBe("One two ");
    expect(provider.requests).toHaveLength(1);
  });
});

describe("a worker that has lost its lease", () => {
  it("[C1] [W4] lets go without a word of trouble and writes nothing more", async () => {
    const [paused, goOn] = gate();
    const more = say("two ").slice(1, -1);
    const world = openWorld({
      provider: scriptedProvider([
        [...say("One ").slice(0, -1), { type: "wait", until: paused }, ...more, { type: "hang" }],
      ]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    await world.time.advance(1000);
    await claimFencingToken(world.disk, world.session);
    const before = await readSession(world.disk, world.session);
    goOn();
    await world.time.advance(5000);
    expect(troubles(tab)).toEqual([]);
    expect((await readTurn(world.disk, world.session, 1))?.runs).toEqual([]);
    expect((await readSession(world.disk, world.session))?.pending).toEqual(before?.pending);
    expect([...(await world.heldLocks())]).toEqual([]);
  });
});

describe("several tabs", () => {
  it("[P1] one of two that wait takes over, and the answer is finished once", async () => {
    const { world, provider } = await (async () => {
      const scripted = scriptedProvider([half, rest, rest]);
      return { world: openWorld({ provider: scripted }), provider: scripted };
    })();
    const runner = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(1000);
    const [second, third] = [world.openTab(), world.openTab()];
    await second.attach();
    await third.attach();
    await runner.kill();
    await world.time.advance(5000);
    for (const tab of [second, third]) {
      // oxlint-disable-next-line no-await-in-loop
      await tab.until((turn) => turnStatus(turn) === "completed", "both see the end");
      expect(replyText(tab.turn())).toBe("One two three.");
      expect(tab.gaps).toBe(0);
    }
    expect(provider.requests).toHaveLength(2);
    await settle();
    expect([...(await world.heldLocks())]).toEqual([]);
  });

  it("[S5] [S3] two that send the first message of a new session at the same moment lose none and double none", async () => {
    const provider = scriptedProvider([rest, rest]);
    const world = openWorld({ provider });
    const [one, two] = [world.openTab(), world.openTab()];
    await one.attach();
    await two.attach();
    await Promise.all([one.send("From one."), two.send("From two.")]);
    await world.time.advance(3000);
    const session = await readSession(world.disk, world.session);
    expect(session).toMatchObject({ nextSeq: 3, pending: null, headStatus: "completed" });
    const texts = [1, 2].map(async (seq) => (await readTurn(world.disk, world.session, seq))?.user.text);
    expect(new Set(await Promise.all(texts))).toEqual(new Set(["From one.", "From two."]));
  });

  it("[Z3] a tab that has turned away no longer stands in line and inherits nothing", async () => {
    const [paused, goOn] = gate();
    const world = openWorld({
      provider: scriptedProvider([[...say("A").slice(0, -1), { type: "wait", until: paused }, finish("stop")]]),
    });
    const runner = world.openTab();
    await runner.attach();
    await runner.send("Count.");
    await world.time.advance(100);
    const watcher = world.openTab();
    const opening = watcher.attach();
    await watcher.ask("detach-session", { sessionId: world.session });
    await opening;
    const before = await readSession(world.disk, world.session);
    goOn();
    await runner.until((turn) => turnStatus(turn) === "completed", "completed");
    await world.time.advance(1000);
    const after = await readSession(world.disk, world.session);
    expect(after?.fencingToken).toBe(before?.fencingToken);
  });
});
