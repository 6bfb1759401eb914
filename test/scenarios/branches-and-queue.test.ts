import { describe, expect, it } from "vitest";

import { mintId, type DraftId } from "#domain/ids.ts";
import { replyText, turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { readDraft } from "#storage/draft-store.ts";
import { listQueue } from "#storage/queue-store.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld, type Tab } from "#test/helpers/memory-world.ts";

const answer = (text: string): Script => [...say(text), finish("stop")];

function done(tab: Tab, seq: number): Promise<void> {
  return tab.until((turn) => turn.seq === seq && turnStatus(turn) === "completed", `turn ${seq} is complete`);
}

describe("turns as a tree", () => {
  it("[X2] an edited message becomes a sibling; the earlier one stays and can be shown again", async () => {
    const provider = scriptedProvider([answer("A"), answer("B"), answer("C")]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await done(tab, 1);
    await tab.send("Two.");
    await done(tab, 2);
    await tab.ask("edit-message", { sessionId: world.session, turnSeq: 2, message: tab.message("Two, better.") });
    await done(tab, 3);
    expect([...tab.turns.values()].map((turn) => turn.user.text)).toEqual(["One.", "Two, better."]);
    expect(tab.snapshot?.siblings).toEqual([{ parent: 1, seqs: [2, 3] }]);
    expect(JSON.stringify(provider.requests[2]?.messages)).not.toContain("Two.");
    await tab.ask("select-turn", { sessionId: world.session, turnSeq: 2 });
    await tab.until((turn) => turn.user.text === "Two.", "the earlier sibling", 2);
    expect(tab.turns.has(3)).toBe(false);
  });

  it("[X2] regenerating keeps the earlier answer as a sibling", async () => {
    const world = openWorld({ provider: scriptedProvider([answer("A"), answer("B")]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await done(tab, 1);
    await tab.ask("retry-turn", { sessionId: world.session, turnSeq: 1, model: null });
    await done(tab, 2);
    expect(replyText(tab.turn(2))).toBe("B");
    expect(tab.snapshot?.siblings).toEqual([{ parent: 0, seqs: [1, 2] }]);
  });

  it("[S2] [S3] the same message given twice, as the outbox does after a reload, is one turn", async () => {
    const world = openWorld({ provider: scriptedProvider([answer("A"), answer("B")]) });
    const tab = world.openTab();
    await tab.attach();
    const message = tab.message("One.");
    await tab.ask("send-message", { sessionId: world.session, message, model: null });
    await done(tab, 1);
    await tab.ask("send-message", { sessionId: world.session, message, model: null });
    expect(await readSession(world.disk, world.session)).toMatchObject({ nextSeq: 2 });
  });

  it("[S4] sending removes the draft in the transaction that stores the turn", async () => {
    const world = openWorld({ provider: scriptedProvider([answer("A")]) });
    const tab = world.openTab();
    await tab.attach();
    const draft = {
      sessionId: world.session,
      id: mintId<DraftId>(() => "draft-1"),
      text: "One.",
      attachments: [],
      revision: 1,
      updatedAt: 1,
    };
    await tab.ask("save-draft", { draft });
    const { rows } = await tab.ask("list-sessions", { after: null, limit: 10 });
    expect(rows[0]).toMatchObject({ hasDraft: true, entry: { sessionId: world.session, title: "One." } });
    await tab.ask("send-message", {
      sessionId: world.session,
      message: { ...tab.message("One."), draftId: draft.id },
      model: null,
    });
    expect(await readDraft(world.disk, world.session)).toBeNull();
    await tab.ask("save-draft", { draft: { ...draft, revision: 2 } });
    expect(await readDraft(world.disk, world.session)).toBeNull();
  });

  it("[R5] an interrupted turn reaches the model once, in place, and marked as incomplete", async () => {
    const provider = scriptedProvider([[...say("Half").slice(0, -1), { type: "hang" }], answer("B")]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("One.");
    await world.time.advance(100);
    await before.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Two.");
    await done(tab, 2);
    const sent = JSON.stringify(provider.requests[1]?.messages);
    expect(sent.split("Half")).toHaveLength(2);
    expect(sent).toContain("incomplete");
    expect(tab.turn(1).resolution).toBe("kept");
  });

  it("a discarded answer is hidden from the model and can be brought back", async () => {
    const provider = scriptedProvider([[...say("Half").slice(0, -1), { type: "hang" }], answer("B")]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await world.time.advance(100);
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    await tab.ask("discard-answer", { sessionId: world.session, turnSeq: 1 });
    await tab.ask("restore-answer", { sessionId: world.session, turnSeq: 1 });
    expect(replyText(tab.turn(1))).toBe("Half");
    await tab.ask("discard-answer", { sessionId: world.session, turnSeq: 1 });
    await tab.send("Two.");
    await done(tab, 2);
    expect(JSON.stringify(provider.requests[1]?.messages)).not.toContain("Half");
  });
});

describe("the queue", () => {
  it("[C5] waits after a reply that did not complete, with a reason, until the person sends the next", async () => {
    const world = openWorld({
      provider: scriptedProvider([[...say("A").slice(0, -1), { type: "hang" }], answer("B")]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await tab.send("Two.");
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    await world.time.advance(60_000);
    expect(await listQueue(world.disk, world.session)).toHaveLength(1);
    expect((await tab.attach()).queuePause).toContain("stopped");
    await tab.ask("resume-queue", { sessionId: world.session });
    await done(tab, 2);
    expect(tab.turn(2).user.text).toBe("Two.");
    expect(await listQueue(world.disk, world.session)).toHaveLength(0);
  });

  it("stop and send ends the run and sends that item next", async () => {
    const world = openWorld({
      provider: scriptedProvider([[...say("A").slice(0, -1), { type: "hang" }], answer("B")]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("One.");
    await tab.send("Two.");
    const [item] = await listQueue(world.disk, world.session);
    if (item === undefined) throw new Error("It waits.");
    await tab.ask("send-queue-item-now", { sessionId: world.session, id: item.id });
    await done(tab, 2);
    expect(turnStatus(tab.turn(1))).toBe("stopped");
    expect(tab.turn(2).user.text).toBe("Two.");
  });

  it("[S5] two sends in the same moment become one turn and one queue row", async () => {
    const [paused, goOn] = gate();
    const world = openWorld({
      provider: scriptedProvider([
        [...say("A").slice(0, -1), { type: "wait", until: paused }, finish("stop")],
        answer("B"),
      ]),
    });
    const tab = world.openTab();
    await tab.attach();
    const [first, second] = await Promise.all([tab.send("One."), tab.send("Two.")]);
    expect([first.accepted, second.accepted]).toEqual(["turn", "queued"]);
    goOn();
    await done(tab, 2);
  });
});
