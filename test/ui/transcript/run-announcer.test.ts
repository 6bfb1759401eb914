import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import { readId } from "#domain/ids.ts";
import type { ApprovalId, CallId } from "#domain/ids.ts";
import type { Outcome } from "#domain/outcome.ts";
import type { RunEventBody } from "#domain/run-event.ts";
import { pagePorts } from "#test/helpers/page-ports.ts";
import type { Announcer } from "#ui/kit/announcer.ts";
import { announcementsFor, announceRuns, finishedWords } from "#ui/transcript/run-announcer.ts";
import { ViewState } from "#ui/view-state.ts";

import { acceptedTurn, delta, ended, events, SESSION, snapshotOf, STARTED } from "#test/ui/turns.ts";

const DONE = ended({ kind: "completed" });

function said(
  outcome: RunEventBody,
  text = "Hello.",
  amount: "when-finished" | "start-and-end" | "off" = "when-finished",
) {
  const all = events(1, ...STARTED, delta(text), outcome);
  const change = { before: acceptedTurn(1), after: applyEvents(acceptedTurn(1), all), events: all };
  return announcementsFor(change, amount).map(({ text, priority }) => `${priority}: ${text}`);
}

describe("what is said of a run", () => {
  it("is the answer itself when it is short, once", () => {
    expect(said(DONE, "About **4 min 27 s**.\n\n```js\na\nb\n```")).toEqual([
      "normal: About 4 min 27 s.\n\ncode block, 2 lines",
    ]);
  });

  it("is its size and first sentence when it is long", () => {
    const text = `It begins so. ${"word ".repeat(200)}\n\n\`\`\`\ncode\n\`\`\``;
    expect(finishedWords(text)).toMatch(/^Reply finished. 20\d words, 1 code block. It begins so.$/);
  });

  it.each<[Outcome, string]>([
    [{ kind: "stopped" }, "normal: Stopped."],
    [
      { kind: "interrupted", cause: "page-closed", savedUpTo: 1, mayMiss: false },
      "normal: Interrupted. This run stopped when the tab was closed or reloaded.",
    ],
    [{ kind: "no-answer" }, "high: The model returned no answer."],
    [{ kind: "tool-limit", steps: 40 }, "normal: Stopped after 40 steps."],
    [
      { kind: "error", error: { code: "bad-key", message: "The key was not accepted.", detail: null } },
      "high: Failed. The key was not accepted.",
    ],
  ])("%j", (outcome, expected) => {
    expect(said(ended(outcome))).toEqual([expected]);
  });

  it("keeps to what the person wants to hear", () => {
    expect(said(DONE, "Hello.", "start-and-end")).toEqual(["normal: Reply finished."]);
    expect(said(DONE, "Hello.", "off")).toEqual([]);
    expect(said(ended({ kind: "no-answer" }), "", "off")).toHaveLength(1);
  });

  it("asks for approval with priority", () => {
    const request = { id: readId<ApprovalId>("a"), title: "Write notes.md", reason: "" };
    const callId = readId<CallId>("c");
    const change = {
      before: null,
      after: acceptedTurn(1),
      events: events(1, { type: "approval-requested", callId, request }),
    };
    expect(announcementsFor(change, "when-finished")).toEqual([
      { text: "Approval needed: Write notes.md.", priority: "high" },
    ]);
  });
});

describe("announceRuns", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function listening() {
    const heard: string[] = [];
    const announcer: Announcer = { say: (text) => heard.push(text) };
    const ports = pagePorts((name) =>
      name === "attach-session" ? snapshotOf([acceptedTurn(1)]) : { rows: [], next: null },
    );
    // A hidden page commits at once: no frames are needed here.
    ports.set.isVisible(false);
    const view = new ViewState(ports);
    const session = view.openSession(SESSION);
    await vi.advanceTimersByTimeAsync(0);
    const end = announceRuns(session, { announcer, view });
    const receive = (from: number, ...bodies: RunEventBody[]) => {
      view.receive({ type: "run-events", sessionId: SESSION, turnSeq: 1, events: events(from, ...bodies) });
    };
    return { heard, receive, end };
  }

  it("says that it works only when nothing has come for a while, and says nothing per delta", async () => {
    const { heard, receive, end } = await listening();
    receive(1, ...STARTED.slice(0, 2));
    await vi.advanceTimersByTimeAsync(1_600);
    expect(heard).toEqual(["Working."]);
    receive(3, ...STARTED.slice(2), ...Array.from({ length: 50 }, () => delta("x ")));
    expect(heard).toEqual(["Working."]);
    await vi.advanceTimersByTimeAsync(20_100);
    expect(heard).toEqual(["Working.", "Still working."]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toHaveLength(3);
    end();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(heard).toHaveLength(3);
  });

  it("[Z3] says nothing of the start when text comes at once, and the end once, and then waits for nothing", async () => {
    const { heard, receive } = await listening();
    receive(1, ...STARTED, delta("Hi."));
    await vi.advanceTimersByTimeAsync(5_000);
    receive(5, DONE);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(heard).toEqual(["Hi."]);
  });
});
