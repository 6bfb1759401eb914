import { describe, expect, it } from "vitest";

import type { ApprovalDecision, ToolCallPart } from "#domain/tool-call.ts";
import { turnStatus } from "#domain/turn.ts";
import { callTool, finish, say, scriptedProvider } from "#providers/scripted.ts";
import { listPendingApprovals } from "#storage/approval-store.ts";
import { resolveApproval } from "#storage/save.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";
import type { Tool, ToolEntry } from "#tools/tool.ts";

const asksOnce = [callTool("1", "probe", { n: 1 }), finish("tool-calls")];
const asksTwice = [callTool("1", "probe", { n: 1 }), callTool("2", "probe", { n: 2 }), finish("tool-calls")];
const answers = [...say("Done."), finish("stop")];

/** A tool that writes. Its first runs, `endless` of them, never end. */
function writingTool(effect: Tool["effect"], endless = 0, tier: Tool["tier"] = 3) {
  const runs: string[] = [];
  const spec = { name: "probe", description: "A probe.", inputSchema: { type: "object" } };
  const tool: Tool = {
    spec,
    effect,
    tier,
    check: () => null,
    preview: () => Promise.resolve({ title: "Run the probe", reason: "It changes something." }),
    run: (input) => {
      runs.push(JSON.stringify(input));
      if (runs.length <= endless) return new Promise(() => undefined);
      return Promise.resolve({ ok: true, text: "probed", value: null });
    },
  };
  const entry: ToolEntry = { spec, effect, tier, load: () => Promise.resolve(tool) };
  return { entry, runs };
}

function calls(tab: Tab): ToolCallPart[] {
  return tab.turn().parts.filter((part): part is ToolCallPart => part.kind === "tool-call");
}

function callOf(tab: Tab, index = 0): ToolCallPart {
  const call = calls(tab)[index];
  if (call === undefined) throw new Error("There is no such call.");
  return call;
}

function asked(tab: Tab, index = 0) {
  const request = callOf(tab, index).approval?.request;
  if (request === undefined) throw new Error("Nothing is asked.");
  return request.id;
}

async function started(script: typeof asksOnce, { entry, runs }: ReturnType<typeof writingTool>) {
  const world = openWorld({ provider: scriptedProvider([script, answers]), tools: [entry] });
  const tab = world.openTab();
  await tab.attach();
  await tab.send("Probe.");
  await world.time.advance(100);
  return { world, tab, runs };
}

/** The decision is committed, and whoever committed it dies before anybody hears of it. */
async function decideAndDie(world: World, tab: Tab, decision: ApprovalDecision): Promise<void> {
  await resolveApproval(world.disk, { id: asked(tab), decision, at: world.time.now() });
  await tab.kill();
}

describe("a decision whose tab died before it could tell", () => {
  it("[C6] [R4] is shown after recovery, and the call runs once without being asked about again", async () => {
    const { world, tab: before, runs } = await started(asksOnce, writingTool("once"));
    const id = asked(before);
    await decideAndDie(world, before, "allow-once");

    const after = world.openTab();
    await after.attach();
    expect(callOf(after)).toMatchObject({ state: "queued", approval: { request: { id }, decision: "allow-once" } });
    await world.time.advance(3_000);
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
    expect(asked(after)).toBe(id);
    expect(await listPendingApprovals(world.disk)).toEqual([]);
  });

  it("[C6] [P1] reaches a run that lives in another tab, without a second answer", async () => {
    const { world, tab, runs } = await started(asksOnce, writingTool("once"));
    await resolveApproval(world.disk, { id: asked(tab), decision: "allow-once", at: world.time.now() });
    await world.time.advance(4_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });

  it("[C6] a denial stays one: the tool does not run", async () => {
    const { world, tab: before, runs } = await started(asksOnce, writingTool("once"));
    await decideAndDie(world, before, "deny");
    const after = world.openTab();
    await after.attach();
    await world.time.advance(3_000);
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(callOf(after)).toMatchObject({ state: "denied", approval: { decision: "deny" } });
    expect(runs).toEqual([]);
  });

  it("[C6] is shown and used also where the answer had been settled as interrupted before it", async () => {
    const { world, tab: first, runs } = await started(asksOnce, writingTool("once"));
    await first.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await first.reload();
    const second = world.openTab();
    await second.attach();
    expect(callOf(second).state).toBe("needs-approval");
    await decideAndDie(world, second, "allow-once");

    const third = world.openTab();
    await third.attach();
    expect(callOf(third)).toMatchObject({ state: "queued", approval: { decision: "allow-once" } });
    await third.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await third.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(callOf(third)).toMatchObject({ state: "done", approval: { decision: "allow-once" } });
    expect(runs).toEqual(['{"n":1}']);
    expect(await listPendingApprovals(world.disk)).toEqual([]);
  });

  it("[T1] [C6] a repeatable call that was allowed and caught running runs again without being asked about again", async () => {
    const { world, tab: before, runs } = await started(asksOnce, writingTool("idempotent", 1));
    await before.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: asked(before),
      decision: "allow-once",
    });
    await world.time.advance(1_000);
    expect(runs).toHaveLength(1);
    await before.kill();
    const after = world.openTab();
    await after.attach();
    await world.time.advance(3_000);
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(2);
    expect(callOf(after)).toMatchObject({ state: "done", approval: { decision: "allow-once" } });
  });
});

describe("a question that was taken back", () => {
  it("[C6] an answer that is kept shows no question any more; continued after all, it asks anew", async () => {
    const { world, tab: before, runs } = await started(asksOnce, writingTool("once"));
    await before.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await before.reload();
    const tab = world.openTab();
    await tab.attach();
    const first = asked(tab);
    await tab.ask("keep-answer", { sessionId: world.session, turnSeq: 1 });
    expect(callOf(tab)).toMatchObject({ state: "queued", approval: null });
    await tab.attach();
    expect(callOf(tab)).toMatchObject({ state: "queued", approval: null });

    await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await world.time.advance(100);
    expect(callOf(tab).state).toBe("needs-approval");
    expect(asked(tab)).not.toBe(first);
    await tab.ask("resolve-approval", { sessionId: world.session, approvalId: asked(tab), decision: "allow-once" });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
  });
});

describe("calls with an unknown outcome", () => {
  async function twoUnknown() {
    const { world, tab, runs } = await started(asksTwice, writingTool("once", 2, 0));
    expect(runs).toHaveLength(2);
    await tab.kill();
    const after = world.openTab();
    await after.attach();
    expect(calls(after).map((call) => call.state)).toEqual(["unknown", "unknown"]);
    return { world, tab: after, runs };
  }

  it("[T2] [C6] what was decided about one of two holds over a reload, and counts when the other is decided", async () => {
    const { world, tab: before, runs } = await twoUnknown();
    const { session } = world;
    const [first, second] = calls(before).map((call) => call.id);
    if (first === undefined || second === undefined) throw new Error("Two calls.");
    await before.ask("resolve-unknown-call", { sessionId: session, turnSeq: 1, callId: first, decision: "run-again" });
    expect(callOf(before).state).toBe("queued");
    await before.reload();

    const tab = world.openTab();
    expect((await tab.attach()).continuesAt).toBeNull();
    expect(calls(tab).map((call) => call.state)).toEqual(["queued", "unknown"]);
    await tab.ask("resolve-unknown-call", { sessionId: session, turnSeq: 1, callId: second, decision: "mark-done" });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(calls(tab).map((call) => call.state)).toEqual(["done", "done"]);
    expect(runs).toHaveLength(3);
    expect(runs[2]).toBe(runs[0]);
  });

  it("[T2] [C6] [P1] each is decided exactly once, in whichever tab", async () => {
    const { world, tab: one, runs } = await twoUnknown();
    const two = world.openTab();
    await two.attach();
    const [first, second] = calls(one).map((call) => call.id);
    if (first === undefined || second === undefined) throw new Error("Two calls.");
    const at = { sessionId: world.session, turnSeq: 1 };
    await one.ask("resolve-unknown-call", { ...at, callId: first, decision: "skip" });
    const again = await two.call("resolve-unknown-call", { ...at, callId: first, decision: "run-again" });
    expect(again).toMatchObject({ ok: false, refusal: { reason: "already-resolved" } });
    await two.ask("resolve-unknown-call", { ...at, callId: second, decision: "mark-done" });
    await one.until((turn) => turnStatus(turn) === "completed", "completed in the other tab too");
    expect(calls(one).map((call) => call.state)).toEqual(["cancelled", "done"]);
    expect(runs).toHaveLength(2);
  });

  it("[T2] Continue keeps what was decided: a call to run again runs, the other stays unknown and does not", async () => {
    const { world, tab, runs } = await twoUnknown();
    await tab.ask("resolve-unknown-call", {
      sessionId: world.session,
      turnSeq: 1,
      callId: callOf(tab).id,
      decision: "run-again",
    });
    await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(calls(tab).map((call) => call.state)).toEqual(["done", "unknown"]);
    expect(runs).toHaveLength(3);
  });
});
