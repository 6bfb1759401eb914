import { describe, expect, it } from "vitest";

import { lastRun, replyText, turnStatus } from "#domain/turn.ts";
import { finish, gate, say, scriptedProvider, type Script } from "#providers/scripted.ts";
import { listEntries } from "#storage/index-store.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld } from "#test/helpers/memory-world.ts";

const WORDS = Array.from({ length: 40 }, (_, index) => `word${index + 1} `);
const ANSWER = WORDS.join("");

/** Half an answer, then silence: the moment in which something dies. */
const half = (): Script => [...say(...WORDS.slice(0, 20)).slice(0, -1), { type: "hang" }];
const goesOn: Script = (request) => {
  const last = request.messages.at(-1);
  const partial =
    last?.role === "assistant" ? last.content.map((part) => (part.kind === "text" ? part.text : "")).join("") : "";
  return [...say(ANSWER.slice(partial.length)), finish("stop")];
};

describe("a reload in the middle of an answer", () => {
  it("[W2] [R2] [R6] brings back all text that had arrived, and the run goes on by itself to one whole answer", async () => {
    const provider = scriptedProvider([half(), goesOn]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(100);
    const seen = replyText(before.turn());
    expect(seen).toBe(WORDS.slice(0, 20).join(""));
    await before.reload();

    const after = world.openTab();
    const snapshot = await after.attach();
    const turn = snapshot.turns[0];
    expect(turn?.user.text).toBe("Count.");
    expect(turn && replyText(turn)).toBe(seen);
    expect(turn && turnStatus(turn)).toBe("interrupted");
    expect(turn && lastRun(turn)?.outcome).toMatchObject({ cause: "page-closed", mayMiss: false });
    expect(snapshot.continuesAt).not.toBeNull();

    await world.time.advance(2000);
    await after.until((live) => turnStatus(live) === "completed", "completed");
    expect(replyText(after.turn())).toBe(ANSWER);
    expect(after.turn().parts).toHaveLength(1);
    expect(after.turn().runs.map((run) => run.trigger)).toEqual(["send", "automatic"]);
    expect(after.gaps).toBe(0);
  });

  it("[W1] [contract 2] checkpoints while a run streams leave the index store alone; the full save at the end writes it once", async () => {
    const [paused, goOn] = gate();
    const provider = scriptedProvider([
      [...say(...WORDS).slice(0, -1), { type: "wait", until: paused }, finish("stop")],
    ]);
    const world = openWorld({ provider });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    const accepted = indexWrites(world.writes);
    await world.time.advance(3000);
    expect(world.writes.some((write) => write.store === "journal")).toBe(true);
    expect(indexWrites(world.writes)).toBe(accepted);
    goOn();
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(indexWrites(world.writes)).toBe(accepted + 1);
  });

  it("[R6] a killed process loses at most one second of text, says so, and keeps the message", async () => {
    const provider = scriptedProvider([[...say(...WORDS.slice(0, 20)).slice(0, -1), { type: "hang" }], goesOn]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(600);
    await before.kill();

    const after = world.openTab();
    const snapshot = await after.attach();
    const turn = snapshot.turns[0];
    expect(turn && replyText(turn)).toBe(WORDS.slice(0, 20).join(""));
    expect(turn && lastRun(turn)?.outcome).toMatchObject({ kind: "interrupted", cause: "app-died", mayMiss: true });
    await world.time.advance(2000);
    await after.until((live) => turnStatus(live) === "completed", "completed");
    expect(replyText(after.turn())).toBe(ANSWER);
  });

  it("[contract 9] [S3] a message whose run produced nothing is there after a restart, with its start, its run and its attachments", async () => {
    const provider = scriptedProvider([[{ type: "hang" }], [{ type: "hang" }]]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.ask("send-message", {
      sessionId: world.session,
      message: { ...before.message("Only this."), attachments: [ATTACHMENT] },
      model: null,
    });
    const pending = (await readSession(world.disk, world.session))?.pending;
    expect(pending).toMatchObject({ turnSeq: 1, startedAt: world.time.now(), attachments: [ATTACHMENT] });
    await before.kill();

    const after = world.openTab();
    const { turns } = await after.attach();
    expect(turns).toHaveLength(1);
    expect(turns[0]?.user).toMatchObject({ text: "Only this.", attachments: [ATTACHMENT] });
    expect(turns[0]?.runs[0]?.id).toBe(pending?.runId);
    expect(turns[0] && turnStatus(turns[0])).toBe("interrupted");
  });

  it("[E4] an answer that lacked only its end is complete when the model, asked to go on, adds nothing", async () => {
    const provider = scriptedProvider([[...say(ANSWER).slice(0, -1), { type: "hang" }], [finish("stop")]]);
    const world = openWorld({ provider });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    await world.time.advance(100);
    await before.reload();

    const after = world.openTab();
    await after.attach();
    await world.time.advance(2000);
    await after.until((live) => turnStatus(live) === "completed", "completed");
    expect(replyText(after.turn())).toBe(ANSWER);
    expect(after.turn().parts).toMatchObject([{ kind: "text", state: "done" }]);
  });

  it("[R4] [P3] the reason of a page that leaves is written in the same transaction as its last words", async () => {
    const world = openWorld({ provider: scriptedProvider([half()]) });
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Count.");
    await world.time.advance(50);
    const before = world.writes.length;
    await tab.ask("flush", { cause: "page-closed" });
    const stores = world.writes.slice(before).map((write) => write.store);
    expect(stores).toContain("journal");
    expect(stores.filter((store) => store === "markers")).toHaveLength(1);
    // One transaction writes the session's record once: a second one would have written it again, or come without it.
    expect(stores.filter((store) => store === "sessions")).toHaveLength(1);
    const clean = world.writes.length;
    await tab.ask("flush", { cause: "page-closed" });
    expect(world.writes.slice(clean).map((write) => write.store)).toEqual(["markers"]);
  });

  it("[W5] recovery is not activity: the list keeps its order", async () => {
    const world = openWorld({ provider: scriptedProvider([half()]) });
    const before = world.openTab();
    await before.attach();
    await before.send("Count.");
    const sentAt = world.time.now();
    await world.time.advance(60_000);
    await before.kill();
    await world.time.advance(3_600_000);
    const after = world.openTab();
    await after.host.recover();
    const { entries } = await listEntries(world.disk, null, 10);
    expect(entries[0]).toMatchObject({ status: "interrupted", needsPerson: true, lastActivityAt: sentAt });
  });
});

const ATTACHMENT = {
  blobId: "blob-1",
  name: "a.txt",
  mediaType: "text/plain",
  size: 3,
  path: "a.txt",
} as never;

function indexWrites(writes: readonly { readonly store: string }[]): number {
  return writes.filter((write) => write.store === "index").length;
}
