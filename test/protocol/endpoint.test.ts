import { describe, expect, test, vi } from "vitest";

import type { CommandReply } from "#protocol/commands.ts";
import { type Answer, openPageEndpoint, openWorkerEndpoint } from "#protocol/endpoint.ts";
import { memoryChannel } from "#protocol/memory-endpoint.ts";

/** Structured clone refuses functions: a stand-in for whatever cannot be copied across. */
const UNCOPYABLE = () => undefined;

function pair(answer: (name: string, input: unknown) => unknown) {
  const { page, worker } = memoryChannel();
  const inWorker = openWorkerEndpoint(worker, ((name: string, input: unknown) =>
    Promise.resolve({ ok: true, value: answer(name, input) })) as unknown as Answer);
  const heard: unknown[] = [];
  const inPage = openPageEndpoint(page, { event: (event) => heard.push(event) });
  return { inPage, inWorker, heard };
}

describe("what cannot be copied to the other side", () => {
  test("[W9] an answer becomes a refusal, so that nobody waits for ever", async () => {
    const { inPage } = pair(() => ({ count: UNCOPYABLE }));
    const reply: CommandReply<"count-active-runs"> = await inPage.call("count-active-runs", null);
    expect(reply).toMatchObject({ ok: false, refusal: { reason: "internal" } });
  });

  test("[W9] a question is refused at once, and the next one is answered", async () => {
    const { inPage } = pair(() => ({ count: 1 }));
    const broken = await inPage.call("save-draft", { draft: UNCOPYABLE } as never);
    expect(broken).toMatchObject({ ok: false, refusal: { reason: "internal" } });
    expect(await inPage.call("count-active-runs", null)).toEqual({ ok: true, value: { count: 1 } });
  });

  test("[W9] an event is reported and left out; whoever told it goes on, and later ones arrive", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { inPage, inWorker, heard } = pair(() => ({ count: 1 }));
    inWorker.emit({ type: "files-changed", sessionId: UNCOPYABLE } as never);
    inWorker.emit({ type: "recovered", sessionIds: [] });
    await inPage.call("count-active-runs", null);
    expect(heard).toEqual([{ type: "recovered", sessionIds: [] }]);
    expect(reported).toHaveBeenCalledOnce();
    reported.mockRestore();
  });
});
