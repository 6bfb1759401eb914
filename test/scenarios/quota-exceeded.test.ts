import { describe, expect, it } from "vitest";

import { mintId, type DraftId } from "#domain/ids.ts";
import { replyText, turnStatus } from "#domain/turn.ts";
import { callTool, finish, gate, say, scriptedProvider } from "#providers/scripted.ts";
import { readDraft } from "#storage/draft-store.ts";
import { readSession, readTurn } from "#storage/session-store.ts";
import { openWorld, type Tab } from "#test/helpers/memory-world.ts";

function troubles(tab: Tab): (string | null)[] {
  return tab.events.flatMap((event) => (event.type === "storage-trouble" ? [event.message] : []));
}

describe("a full disk", () => {
  it("[W9] in the middle of an answer stops neither the run nor the reading, is told once, and all is saved when there is space again", async () => {
    const [paused, goOn] = gate();
    const world = openWorld({
      provider: scriptedProvider([
        [...say("One ").slice(0, -1), { type: "wait", until: paused }, ...say("two.").slice(1), finish("stop")],
      ]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    await world.time.advance(100);
    world.failWrites({ kind: "quota" });
    await world.time.advance(5000);
    goOn();
    await tab.until((turn) => turnStatus(turn) === "completed", "the end is shown");
    await world.time.advance(10_000);
    expect(replyText(tab.turn())).toBe("One two.");
    expect(troubles(tab)).toHaveLength(1);
    expect(troubles(tab)[0]).toMatch(/space/i);
    expect((await readSession(world.disk, world.session))?.pending).not.toBeNull();

    world.failWrites(null);
    await world.time.advance(5000);
    const stored = await readTurn(world.disk, world.session, 1);
    expect(stored && replyText(stored)).toBe("One two.");
    expect((await readSession(world.disk, world.session))?.pending).toBeNull();
    expect(troubles(tab).at(-1)).toBeNull();
  });

  it("[W9] does not keep an answer from being exported whole, the part that could not be saved included", async () => {
    const world = openWorld({
      provider: scriptedProvider([[...say("Saved. ", "Only in memory.").slice(0, -1), { type: "hang" }]]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Tell me.");
    world.failWrites({ kind: "quota" });
    await world.time.advance(2000);
    const { text } = await tab.ask("export-session", { sessionId: world.session });
    expect(text).toContain("Tell me.");
    expect(text).toContain("Only in memory.");
    const stored = await readTurn(world.disk, world.session, 1);
    expect(stored && replyText(stored)).toBe("");
  });

  it("[S4] [S6] refuses a message that cannot be stored, in words, and leaves its draft where it was", async () => {
    const provider = scriptedProvider([[...say("A"), finish("stop")]]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    const draft = {
      sessionId: world.session,
      id: mintId<DraftId>(() => "draft-1"),
      text: "Keep me.",
      attachments: [],
      revision: 1,
      updatedAt: 1,
    };
    await tab.ask("save-draft", { draft });
    const message = { ...tab.message("Keep me."), draftId: draft.id };
    world.failWrites({ kind: "quota" });
    const reply = await tab.call("send-message", { sessionId: world.session, message, model: null });
    expect(reply).toMatchObject({ ok: false, refusal: { reason: "storage-full" } });
    expect(provider.requests).toHaveLength(0);
    expect(await readDraft(world.disk, world.session)).toMatchObject({ text: "Keep me." });

    world.failWrites(null);
    await tab.ask("send-message", { sessionId: world.session, message, model: null });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(await readDraft(world.disk, world.session)).toBeNull();
  });

  it("[T1] a call that cannot be recorded first does not run, unless it computes only", async () => {
    const world = openWorld({
      provider: scriptedProvider([
        [
          callTool("1", "append_file", { path: "a.txt", text: "x" }),
          callTool("2", "count_text", { text: "a b" }),
          { type: "note", run: () => world.failWrites({ kind: "quota" }) },
          finish("tool-calls"),
        ],
        [...say("Done."), finish("stop")],
      ]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Go.");
    await tab.until(
      (turn) =>
        turn.parts.length === 2 &&
        turn.parts.every((part) => part.kind === "tool-call" && part.state !== "queued" && part.state !== "running"),
      "both calls have got somewhere",
    );
    const [append, count] = tab.turn().parts;
    expect(count).toMatchObject({ tool: "count_text", state: "done" });
    expect(append).toMatchObject({ tool: "append_file", state: "needs-approval" });
  });

  it("[contract 11] an exception before the run has begun leaves no checkpointer, hides no error and loses no message", async () => {
    const world = openWorld();
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Hello.");
    await tab.until((turn) => turnStatus(turn) === "error", "an error");
    expect(tab.turn().user.text).toBe("Hello.");
    const writes = world.writes.length;
    await world.time.advance(20_000);
    expect(world.writes.length).toBe(writes);
  });

  it("[contract 11] [contract 12] a provider that throws something unheard of ends the run as an error, with what had arrived", async () => {
    const world = openWorld({
      provider: scriptedProvider([[...say("Half").slice(0, -1), { type: "throw", error: new TypeError("boom") }]]),
    });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Hello.");
    await tab.until((turn) => turnStatus(turn) === "error", "an error");
    expect(replyText(tab.turn())).toBe("Half");
    const stored = await readTurn(world.disk, world.session, 1);
    expect(stored && replyText(stored)).toBe("Half");
    const writes = world.writes.length;
    await world.time.advance(20_000);
    expect(world.writes.length).toBe(writes);
  });
});
