import { describe, expect, it } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import { readId } from "#domain/ids.ts";
import type { CallId, RunId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { InterruptionCause, Outcome } from "#domain/outcome.ts";
import type { RunEvent, RunEventBody } from "#domain/run-event.ts";
import type { Turn } from "#domain/turn.ts";
import { acceptedTurn, delta, ended, events, PART, STARTED } from "#test/ui/turns.ts";
import { endingOf, joinNotes } from "#ui/transcript/endings.ts";
import { railKind } from "#ui/transcript/rail.tsx";

const NOW = 2_000;

function endedAs(outcome: Outcome, ...before: readonly RunEventBody[]): Turn {
  return applyEvents(acceptedTurn(1), events(1, ...STARTED, delta("some"), ...before, ended(outcome)));
}

function interrupted(cause: InterruptionCause = "page-closed", mayMiss = true): Outcome {
  return { kind: "interrupted", cause, savedUpTo: 1_500, mayMiss };
}

describe("endingOf", () => {
  it("says nothing of an answer that is complete or still being made", () => {
    expect(endingOf(endedAs({ kind: "completed" }), true, NOW)).toBeNull();
    expect(endingOf(applyEvents(acceptedTurn(1), events(1, ...STARTED)), true, NOW)).toBeNull();
    expect(endingOf(acceptedTurn(1), true, NOW)).toBeNull();
  });

  it("[R4] tells the cause of an interruption, what is saved and whether something may be missing", () => {
    const ending = endingOf(endedAs(interrupted()), true, NOW);
    expect(ending).toMatchObject({
      form: "group",
      cause: "This run stopped when the tab was closed or reloaded.",
      actions: ["continue", "retry", "keep", "discard"],
    });
    expect(ending?.rest.join(" ")).toMatch(
      /^Saved up to \d\d:\d\d:\d\d; up to a second may be missing\. 1 word is kept\.$/,
    );
    const whole = endingOf(endedAs(interrupted("app-died", false)), true, NOW);
    expect(whole?.rest.join(" ")).toMatch(/nothing is missing\. 1 word is kept\.$/);
  });

  it("has words of their own for every cause", () => {
    const causes: InterruptionCause[] = [
      "page-closed", "update", "paused-by-browser", "agent-died", "connection-dropped", "stalled", "app-died",
    ]; // prettier-ignore
    const words = causes.map((cause) => endingOf(endedAs(interrupted(cause)), true, NOW)?.cause);
    expect(new Set(words).size).toBe(causes.length);
  });

  it("[T2] names a change whose outcome is unknown", () => {
    const callId = readId<CallId>("c");
    const turn = endedAs(
      interrupted(),
      { type: "tool-call-started", callId, step: 0, tool: "append_file", effect: "once", tier: 3 },
      { type: "tool-call-input", callId, input: { path: "notes.md" } },
      { type: "tool-call-running", callId },
    );
    expect(endingOf(turn, true, NOW)?.rest.join(" ")).toContain(
      "append_file notes.md had started: its outcome is unknown.",
    );
  });

  it.each<[Outcome, readonly string[]]>([
    [{ kind: "stopped" }, ["continue", "retry"]],
    [{ kind: "no-answer" }, ["retry", "change-model"]],
    [{ kind: "tool-limit", steps: 40 }, ["allow-more-steps", "keep"]],
    [{ kind: "context-full", detail: null }, ["new-session", "change-model", "retry"]],
    [
      { kind: "error", error: { code: "internal", message: "No.", detail: null } },
      ["retry", "continue", "change-model"],
    ],
  ])("offers what helps after %j", (outcome, actions) => {
    expect(endingOf(endedAs(outcome), true, NOW)?.actions).toEqual(actions);
  });

  it("offers nothing further up, where another turn has followed", () => {
    expect(endingOf(endedAs(interrupted()), false, NOW)).toMatchObject({ form: "line", actions: [] });
  });

  it("follows what the person decided", () => {
    const turn = endedAs(interrupted());
    expect(endingOf({ ...turn, resolution: "kept" }, true, NOW)).toMatchObject({
      form: "line",
      actions: ["continue", "retry"],
    });
    expect(endingOf({ ...turn, resolution: "discarded" }, true, NOW)?.actions).toEqual(["undo-discard", "send-again"]);
  });
});

describe("joinNotes", () => {
  const SECOND = readId<RunId>("second");

  function second(...bodies: readonly RunEventBody[]): readonly RunEvent[] {
    return bodies.map((body, index) => ({ ...body, runId: SECOND, seq: index + 1, at: 1_800 + index }));
  }

  it("[R4] says that an answer was interrupted and went on by itself, after the text that was taken up", () => {
    const turn = applyEvents(endedAs(interrupted()), [
      ...second(
        { type: "run-started", trigger: "automatic", model: BUILT_IN_MODEL },
        { type: "part-resumed", partId: PART, step: 0 },
        delta(" more"),
      ),
    ]);
    expect(joinNotes(turn)).toMatchObject([
      { at: 1, how: "It went on by itself.", cause: "This run stopped when the tab was closed or reloaded." },
    ]);
    expect(railKind(turn)).toBe("live");
  });

  it("stands before the first work of the later run where no text was taken up", () => {
    const callId = readId<CallId>("c");
    const turn = applyEvents(
      endedAs(interrupted()),
      second(
        { type: "run-started", trigger: "continue", model: BUILT_IN_MODEL },
        { type: "tool-call-started", callId, step: 0, tool: "calculate", effect: "pure", tier: 0 },
        { type: "tool-call-running", callId },
      ),
    );
    expect(joinNotes(turn)).toMatchObject([{ at: 1, how: "You had it continue." }]);
  });

  it("says nothing while the interruption is the last word", () => {
    expect(joinNotes(endedAs(interrupted()))).toEqual([]);
    expect(railKind(endedAs(interrupted()))).toBe("interrupted");
  });
});
