import { describe, expect, it } from "vitest";

import type { ToolCallPart } from "#domain/tool-call.ts";
import { turnStatus } from "#domain/turn.ts";
import { callTool, finish, say, scriptedProvider } from "#providers/scripted.ts";
import { resolveApproval } from "#storage/save.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";
import type { Tool, ToolEntry } from "#tools/tool.ts";

const asksOnce = [callTool("1", "probe", { n: 1 }), finish("tool-calls")];
const asksTwice = [callTool("1", "probe", { n: 1 }), callTool("2", "probe", { n: 2 }), finish("tool-calls")];
const answers = [...say("Done."), finish("stop")];

function writingTool(): { readonly entry: ToolEntry; readonly runs: string[] } {
  const runs: string[] = [];
  const spec = { name: "probe", description: "A probe.", inputSchema: { type: "object" } };
  const tool: Tool = {
    spec,
    effect: "once",
    tier: 3,
    check: () => null,
    preview: () => Promise.resolve({ title: "Run the probe", reason: "It changes something." }),
    run: (input) => {
      runs.push(JSON.stringify(input));
      return Promise.resolve({ ok: true, text: "probed", value: null });
    },
  };
  return { entry: { spec, effect: "once", tier: 3, load: () => Promise.resolve(tool) }, runs };
}

function calls(tab: Tab, seq?: number): ToolCallPart[] {
  return tab.turn(seq).parts.filter((part): part is ToolCallPart => part.kind === "tool-call");
}

function asked(tab: Tab, index = 0) {
  const id = calls(tab)[index]?.approval?.request.id;
  if (id === undefined) throw new Error("Nothing is asked.");
  return id;
}

async function started(
  scripts: Parameters<typeof scriptedProvider>[0],
): Promise<{ world: World; tab: Tab; runs: string[] }> {
  const { entry, runs } = writingTool();
  const world = openWorld({ provider: scriptedProvider(scripts), tools: [entry] });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Probe.");
  await world.time.advance(100);
  return { world, tab, runs };
}

async function isAskingInList(tab: Tab): Promise<boolean | undefined> {
  const { rows } = await tab.ask("list-sessions", { after: null, limit: 10 });
  return rows[0]?.needsApproval;
}

describe("approvals", () => {
  it("[C6] a stopped run asks for nothing any more: its approval is settled, and a late answer does nothing", async () => {
    const { world, tab, runs } = await started([asksOnce, answers]);
    expect(await isAskingInList(tab)).toBe(true);
    const approvalId = asked(tab);
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    await world.time.advance(100);
    expect(await isAskingInList(tab)).toBe(false);
    const late = await tab.call("resolve-approval", { sessionId: world.session, approvalId, decision: "allow-once" });
    expect(late).toMatchObject({ ok: false, refusal: { reason: "already-resolved" } });
    await world.time.advance(5000);
    expect(runs).toEqual([]);
    expect(turnStatus(tab.turn())).toBe("stopped");
  });

  it("[C6] an interrupted answer that the next message leaves behind asks for nothing any more", async () => {
    const { world, tab: before, runs } = await started([asksOnce, answers, answers]);
    const approvalId = asked(before);
    await before.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    await tab.send("Something else.");
    await tab.until((turn) => turn.seq === 2 && turnStatus(turn) === "completed", "answered");
    await world.time.advance(100);
    expect(await isAskingInList(tab)).toBe(false);
    const late = await tab.call("resolve-approval", { sessionId: world.session, approvalId, decision: "allow-once" });
    expect(late).toMatchObject({ ok: false, refusal: { reason: "already-resolved" } });
    await world.time.advance(5000);
    expect(runs).toEqual([]);
    expect(tab.turn(2).runs).toHaveLength(1);
  });

  it("[C6] an interrupted answer that is kept as it is asks for nothing any more", async () => {
    const { world, tab: before } = await started([asksOnce, answers]);
    await before.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    expect(await isAskingInList(tab)).toBe(true);
    await tab.ask("keep-answer", { sessionId: world.session, turnSeq: 1 });
    expect(await isAskingInList(tab)).toBe(false);
  });

  it("[C6] [W9] an answer that was committed reaches its call although the permission for the session cannot be stored", async () => {
    const { world, tab, runs } = await started([asksOnce, answers]);
    world.failWrites({ kind: "quota" }, ["index"]);
    await tab.call("resolve-approval", {
      sessionId: world.session,
      approvalId: asked(tab),
      decision: "allow-in-session",
    });
    await world.time.advance(100);
    expect(runs).toEqual(['{"n":1}']);
  });

  it("[C6] an answer that was committed by a tab which died before it told is delivered when it is given again", async () => {
    const { world, tab, runs } = await started([asksOnce, answers]);
    const id = asked(tab);
    await resolveApproval(world.disk, { id, decision: "allow-once", at: world.time.now() });
    const reply = await tab.call("resolve-approval", { sessionId: world.session, approvalId: id, decision: "deny" });
    expect(reply).toMatchObject({ ok: false, refusal: { reason: "already-resolved" } });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });

  it("[C6] two calls of one step are asked for one by one; a denial of one does not touch the other", async () => {
    const { world, tab, runs } = await started([asksTwice, answers]);
    await tab.ask("resolve-approval", { sessionId: world.session, approvalId: asked(tab, 1), decision: "deny" });
    await world.time.advance(100);
    expect(calls(tab).map((call) => call.state)).toEqual(["needs-approval", "denied"]);
    await tab.ask("resolve-approval", { sessionId: world.session, approvalId: asked(tab, 0), decision: "allow-once" });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });

  it("[C6] allowed in this session, the other calls of this tool that already wait run too", async () => {
    const { world, tab, runs } = await started([asksTwice, answers]);
    await tab.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: asked(tab, 0),
      decision: "allow-in-session",
    });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs.toSorted()).toEqual(['{"n":1}', '{"n":2}']);
    expect(await isAskingInList(tab)).toBe(false);
  });

  it("[C6] given in a tab that only watches, it reaches the run of the other tab", async () => {
    const { world, tab: runner, runs } = await started([asksOnce, answers]);
    const watcher = world.openTab();
    await watcher.attach();
    await watcher.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: asked(watcher),
      decision: "allow-once",
    });
    await runner.until((turn) => turnStatus(turn) === "completed", "completed");
    await watcher.until((turn) => turnStatus(turn) === "completed", "completed there too");
    expect(runs).toEqual(['{"n":1}']);
  });

  it("[C6] given in a second tab while the first is about to go on by itself, the call runs once", async () => {
    const { world, tab: before, runs } = await started([asksOnce, answers]);
    const approvalId = asked(before);
    await before.reload();
    const first = world.openTab();
    expect((await first.attach()).continuesAt).not.toBeNull();
    const second = world.openTab();
    await second.attach();
    await second.ask("resolve-approval", { sessionId: world.session, approvalId, decision: "allow-once" });
    await world.time.advance(3000);
    await first.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });

  it("after two denials the run ends, and the person's Continue lets it try once more", async () => {
    const { world, tab, runs } = await started([asksTwice, asksOnce, answers]);
    for (const index of [0, 1]) {
      // oxlint-disable-next-line no-await-in-loop
      await tab.ask("resolve-approval", { sessionId: world.session, approvalId: asked(tab, index), decision: "deny" });
    }
    await tab.until((turn) => turnStatus(turn) === "stopped", "ended after two denials");
    await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await world.time.advance(100);
    await tab.ask("resolve-approval", { sessionId: world.session, approvalId: asked(tab, 2), decision: "allow-once" });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });
});
