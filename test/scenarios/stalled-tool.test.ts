import { describe, expect, it } from "vitest";

import { TOOL_LIMIT_MS } from "#agent/tool-calls.ts";
import { turnStatus } from "#domain/turn.ts";
import { callTool, finish, say, scriptedProvider } from "#providers/scripted.ts";
import { openWorld } from "#test/helpers/memory-world.ts";
import type { Tool } from "#tools/tool.ts";

const asks = [callTool("1", "probe", {}), finish("tool-calls")];
const answers = [...say("Done."), finish("stop")];

/** A tool that hangs, and what it heard. */
async function hanging(effect: Tool["effect"]) {
  const heard: string[] = [];
  const spec = { name: "probe", description: "A probe.", inputSchema: { type: "object" } };
  const tool: Tool = {
    spec,
    effect,
    tier: 0,
    check: () => null,
    preview: () => Promise.resolve({ title: "", reason: "" }),
    run: (_input, { signal }) => {
      signal.addEventListener("abort", () => heard.push((signal.reason as DOMException).name));
      return new Promise(() => undefined);
    },
  };
  const provider = scriptedProvider([asks, answers]);
  const world = openWorld({ provider, tools: [{ spec, effect, tier: 0, load: () => Promise.resolve(tool) }] });
  const tab = world.openTab();
  await tab.attach();
  await world.time.advance(100);
  const timersAtRest = world.time.pending;
  await tab.send("Probe.");
  await world.time.advance(100);
  return { world, tab, provider, heard, timersAtRest };
}

describe("a tool that stalls", () => {
  it("is given up after two minutes, not earlier; the model is told, and the run goes on", async () => {
    const { world, tab, provider, heard } = await hanging("pure");
    await world.time.advance(TOOL_LIMIT_MS - 1_000);
    expect(tab.turn().parts[0]).toMatchObject({ state: "running" });
    await world.time.advance(2_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(tab.turn().parts[0]).toMatchObject({ state: "failed" });
    expect(heard).toEqual(["TimeoutError"]);
    expect(JSON.stringify(provider.requests[1])).toContain("gave no answer within 2 minutes");
    expect(JSON.stringify(provider.requests[1])).not.toContain("may still take effect");
  });

  it("[T2] one that changes something is said to have done so, perhaps", async () => {
    const { world, tab, provider } = await hanging("once");
    await world.time.advance(TOOL_LIMIT_MS + 1_000);
    await tab.until((turn) => turnStatus(turn) === "completed", "completed");
    expect(JSON.stringify(provider.requests[1])).toContain("It may still take effect");
  });

  it("[Z3] [C2] Stop ends it at once and leaves no timer behind", async () => {
    const { world, tab, heard, timersAtRest } = await hanging("pure");
    await tab.ask("stop-run", { sessionId: world.session });
    await tab.until((turn) => turnStatus(turn) === "stopped", "stopped");
    await world.time.advance(100);
    expect(world.time.pending).toBe(timersAtRest);
    expect(heard).toEqual(["AbortError"]);
    expect(tab.turn().parts[0]).toMatchObject({ state: "cancelled" });
  });
});
