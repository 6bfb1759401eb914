import { describe, expect, it } from "vitest";

import type { ToolCallPart } from "#domain/tool-call.ts";
import { replyText, turnStatus, type Turn } from "#domain/turn.ts";
import { callTool, finish, say, scriptedProvider } from "#providers/scripted.ts";
import { readJournal } from "#storage/journal-store.ts";
import { readSession } from "#storage/session-store.ts";
import { openWorld, type Tab, type World } from "#test/helpers/memory-world.ts";
import type { Tool, ToolEntry } from "#tools/tool.ts";

function calls(turn: Turn): ToolCallPart[] {
  return turn.parts.filter((part): part is ToolCallPart => part.kind === "tool-call");
}

/** A tool that tells the test when it runs and ends when the test says so. */
function watchedTool(fields: {
  readonly effect: Tool["effect"];
  readonly tier: Tool["tier"];
  readonly isEndless?: boolean;
}) {
  const runs: string[] = [];
  const spec = { name: "probe", description: "A probe.", inputSchema: { type: "object" } };
  const tool: Tool = {
    spec,
    effect: fields.effect,
    tier: fields.tier,
    check: () => null,
    preview: () => Promise.resolve({ title: "Run the probe", reason: "It changes something." }),
    run: (input) => {
      runs.push(JSON.stringify(input));
      if (fields.isEndless === true && runs.length === 1) return new Promise(() => undefined);
      return Promise.resolve({ ok: true, text: "probed", value: null });
    },
  };
  const entry: ToolEntry = { spec, effect: fields.effect, tier: fields.tier, load: () => Promise.resolve(tool) };
  return { entry, runs };
}

const asks = [callTool("1", "probe", { n: 1 }), finish("tool-calls")];
const answers = [...say("Done."), finish("stop")];

async function start(world: World, tab: Tab): Promise<void> {
  await tab.attach();
  await tab.send("Probe.");
  await world.time.advance(100);
}

function approvalOf(tab: Tab) {
  const id = calls(tab.turn())[0]?.approval?.request.id;
  if (id === undefined) throw new Error("Nothing is asked.");
  return id;
}

describe("tools", () => {
  it("[T1] the start of a call is committed before the tool runs, its result before the next step", async () => {
    const seen: string[] = [];
    const world = openWorld({
      provider: scriptedProvider([asks, [{ type: "note", run: () => seen.push("second request") }, ...answers]]),
      tools: [
        {
          ...watchedTool({ effect: "once", tier: 0 }).entry,
          load: () =>
            Promise.resolve({
              ...PROBE,
              run: async () => {
                seen.push(...(await journaled(world)));
                return { ok: true, text: "probed", value: null };
              },
            }),
        },
      ],
    });
    const tab = world.openTab();
    await start(world, tab);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(seen.slice(0, -1)).toContain("tool-call-running");
    expect(seen.at(-1)).toBe("second request");
  });

  it("[C6] asks before a tool that writes; allowed once it runs once, and is asked again the next time", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 3 });
    const world = openWorld({ provider: scriptedProvider([asks, answers, asks, answers]), tools: [entry] });
    const tab = world.openTab();
    await start(world, tab);
    expect(calls(tab.turn())[0]?.state).toBe("needs-approval");
    expect(runs).toEqual([]);
    await tab.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: approvalOf(tab),
      decision: "allow-once",
    });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual(['{"n":1}']);
    await tab.send("Again.");
    await world.time.advance(100);
    expect(calls(tab.turn())[0]?.state).toBe("needs-approval");
  });

  it("allowed in this session it is not asked about again, and the permission can be withdrawn", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 3 });
    const world = openWorld({ provider: scriptedProvider([asks, answers, asks, answers, asks]), tools: [entry] });
    const tab = world.openTab();
    await start(world, tab);
    await tab.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: approvalOf(tab),
      decision: "allow-in-session",
    });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    await tab.send("Again.");
    await tab.until((turn) => turn.seq === 2 && turnStatus(turn) === "completed", "completed unasked");
    expect(runs).toHaveLength(2);
    await tab.ask("withdraw-allowed-tool", { sessionId: world.session, tool: "probe" });
    await tab.send("Once more.");
    await world.time.advance(100);
    expect(calls(tab.turn())[0]?.state).toBe("needs-approval");
  });

  it("a denial is a result that the model reads, and the tool does not run", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 3 });
    const provider = scriptedProvider([asks, answers]);
    const world = openWorld({ provider, tools: [entry] });
    const tab = world.openTab();
    await start(world, tab);
    await tab.ask("resolve-approval", { sessionId: world.session, approvalId: approvalOf(tab), decision: "deny" });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toEqual([]);
    expect(provider.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", results: [{ ok: false }] });
  });

  it("[C6] an approval that waits comes back as pending after a reload; answered there, the run goes on and the tool runs once", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 3 });
    const world = openWorld({ provider: scriptedProvider([asks, answers]), tools: [entry] });
    const before = world.openTab();
    await start(world, before);
    const asked = approvalOf(before);
    await before.reload();

    const after = world.openTab();
    await after.attach();
    expect(calls(after.turn())[0]).toMatchObject({ state: "needs-approval", approval: { decision: null } });
    await world.time.advance(3000);
    expect(runs).toEqual([]);
    expect(approvalOf(after)).toBe(asked);
    await after.ask("resolve-approval", { sessionId: world.session, approvalId: asked, decision: "allow-once" });
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(1);
    expect(calls(after.turn())).toHaveLength(1);
    const late = await after.call("resolve-approval", {
      sessionId: world.session,
      approvalId: asked,
      decision: "allow-once",
    });
    expect(late).toMatchObject({ ok: false, refusal: { reason: "already-resolved" } });
    expect(runs).toHaveLength(1);
  });

  it("[C6] an approval of an interrupted answer that does not go on by itself takes the run up again when it is given", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 3 });
    const world = openWorld({ provider: scriptedProvider([asks, answers]), tools: [entry] });
    const before = world.openTab();
    await start(world, before);
    await before.ask("change-setting", { patch: { continueAfterInterruption: "ask" } });
    await before.reload();
    const after = world.openTab();
    const { continuesAt } = await after.attach();
    expect(continuesAt).toBeNull();
    await after.ask("resolve-approval", {
      sessionId: world.session,
      approvalId: approvalOf(after),
      decision: "allow-once",
    });
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(1);
  });

  it("[T2] a once-only call that had started when the process died is unknown and never runs again without the person", async () => {
    const { entry, runs } = watchedTool({ effect: "once", tier: 0, isEndless: true });
    const world = openWorld({ provider: scriptedProvider([asks, answers]), tools: [entry] });
    const before = world.openTab();
    await start(world, before);
    expect(runs).toHaveLength(1);
    await before.kill();
    const after = world.openTab();
    const { continuesAt } = await after.attach();
    expect(continuesAt).toBeNull();
    await world.time.advance(10_000);
    const call = calls(after.turn())[0];
    expect(call?.state).toBe("unknown");
    expect(runs).toHaveLength(1);
    if (call === undefined) throw new Error("There is a call.");
    await after.ask("resolve-unknown-call", {
      sessionId: world.session,
      turnSeq: 1,
      callId: call.id,
      decision: "mark-done",
    });
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(1);
    expect(calls(after.turn())[0]?.state).toBe("done");
  });

  it("[T2] run again, chosen by the person, runs it once more; skip goes on without it", async () => {
    for (const [decision, expected] of [
      ["run-again", 2],
      ["skip", 1],
    ] as const) {
      const { entry, runs } = watchedTool({ effect: "once", tier: 3, isEndless: true });
      const world = openWorld({ provider: scriptedProvider([asks, answers]), tools: [entry] });
      const before = world.openTab();
      await start(world, before);
      await before.ask("resolve-approval", {
        sessionId: world.session,
        approvalId: approvalOf(before),
        decision: "allow-once",
      });
      await world.time.advance(100);
      await before.kill();
      const after = world.openTab();
      await after.attach();
      const call = calls(after.turn())[0];
      if (call === undefined) throw new Error("There is a call.");
      await after.ask("resolve-unknown-call", { sessionId: world.session, turnSeq: 1, callId: call.id, decision });
      await after.until((turn) => turnStatus(turn) === "completed", `completed after ${decision}`);
      expect(runs).toHaveLength(expected);
    }
  });

  it("[T1] a repeatable call that was caught in flight runs again by itself under the same id", async () => {
    const { entry, runs } = watchedTool({ effect: "idempotent", tier: 0, isEndless: true });
    const world = openWorld({ provider: scriptedProvider([asks, answers]), tools: [entry] });
    const before = world.openTab();
    await start(world, before);
    const id = calls(before.turn())[0]?.id;
    await before.reload();
    const after = world.openTab();
    await after.attach();
    await world.time.advance(3000);
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(2);
    expect(calls(after.turn()).map((call) => call.id)).toEqual([id]);
    expect(replyText(after.turn())).toBe("Done.");
  });

  it("[T3] the context always holds matched pairs, whatever was cut", async () => {
    const provider = scriptedProvider([
      [callTool("1", "probe", {}), { type: "tool-input-start", id: "2", tool: "probe" }, { type: "hang" }],
      answers,
    ]);
    const { entry } = watchedTool({ effect: "pure", tier: 0 });
    const world = openWorld({ provider, tools: [entry] });
    const before = world.openTab();
    await start(world, before);
    await before.reload();
    const after = world.openTab();
    await after.attach();
    await world.time.advance(3000);
    await after.until((turn) => turnStatus(turn) === "completed", "completed");
    const sent = provider.requests[1]?.messages ?? [];
    const asked = sent.flatMap((message) =>
      message.role === "assistant"
        ? message.content.flatMap((part) => (part.kind === "tool-call" ? [part.callId] : []))
        : [],
    );
    const given = sent.flatMap((message) =>
      message.role === "tool" ? message.results.map((result) => result.callId) : [],
    );
    expect(given).toEqual(asked);
    expect(asked).toHaveLength(1);
  });

  it("stops at the step limit, and goes on from there when it is allowed more", async () => {
    const { entry, runs } = watchedTool({ effect: "pure", tier: 0 });
    const world = openWorld({ provider: scriptedProvider([asks, asks, asks, answers]), tools: [entry] });
    const tab = world.openTab();
    await tab.attach();
    await tab.ask("change-setting", { patch: { stepLimit: 2 } });
    await tab.send("Probe.");
    await tab.until((turn) => turnStatus(turn) === "tool-limit", "step limit");
    expect(runs).toHaveLength(2);
    await tab.ask("continue-turn", { sessionId: world.session, turnSeq: 1 });
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(runs).toHaveLength(3);
  });
});

const PROBE: Tool = {
  spec: { name: "probe", description: "", inputSchema: {} },
  effect: "once",
  tier: 0,
  check: () => null,
  preview: () => Promise.resolve({ title: "", reason: "" }),
  run: () => Promise.resolve({ ok: true, text: "", value: null }),
};

async function journaled(world: World): Promise<string[]> {
  const session = await readSession(world.disk, world.session);
  if (session?.pending == null) return [];
  const { events } = await readJournal(world.disk, world.session, session.pending.runId);
  return events.map((event) => event.type);
}
