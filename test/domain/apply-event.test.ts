import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { applyEvent, applyEvents, continuity } from "#domain/apply-event.ts";
import type { RunEvent } from "#domain/run-event.ts";
import { mergeDeltas } from "#domain/run-event.ts";
import { isToolCallSettled } from "#domain/tool-call.ts";
import { isSettled, lastRun, turnStatus, type Turn } from "#domain/turn.ts";
import { emptyTurn, runEvents } from "#test/helpers/event-arbitraries.ts";

const STATUSES = new Set([
  "pending",
  "running",
  "completed",
  "stopped",
  "interrupted",
  "no-answer",
  "tool-limit",
  "context-full",
  "error",
]);

/** What must be true of a turn whatever has happened to it so far. */
function expectValid(turn: Turn): void {
  expect(STATUSES.has(turnStatus(turn))).toBe(true);
  const ids = turn.parts.map((part) => part.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(turn.runs.slice(0, -1).every((run) => run.outcome !== null)).toBe(true);
  for (const part of turn.parts) {
    if (part.kind === "tool-call") {
      if (part.state === "done") expect(part.output?.ok).toBeDefined();
      if (part.state === "needs-approval") expect(part.approval?.decision).toBeNull();
    } else if (isSettled(turn)) {
      expect(part.state).not.toBe("streaming");
    }
  }
  if (turnStatus(turn) !== "interrupted" && isSettled(turn)) {
    expect(turn.parts.every((part) => part.kind !== "tool-call" || isToolCallSettled(part.state))).toBe(true);
  }
}

describe("applyEvent", () => {
  it("[E2] any prefix of any sequence of events gives a valid turn", () => {
    fc.assert(
      fc.property(runEvents(), (events) => {
        let turn = emptyTurn();
        expectValid(turn);
        for (const event of events) {
          turn = applyEvent(turn, event);
          expectValid(turn);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("[E1] applying an event twice, or all of them again, changes nothing", () => {
    fc.assert(
      fc.property(runEvents(), (events) => {
        const once = applyEvents(emptyTurn(), events);
        const doubled = applyEvents(
          emptyTurn(),
          events.flatMap((event) => [event, event]),
        );
        expect(doubled).toEqual(once);
        expect(applyEvents(once, events)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it("[E4] a settled turn absorbs whatever comes later from its runs", () => {
    fc.assert(
      fc.property(runEvents({ isEnded: true }), runEvents(), (events, later) => {
        const settled = applyEvents(emptyTurn(), events);
        const run = lastRun(settled);
        expect(isSettled(settled)).toBe(true);
        const late = later
          .filter((event) => event.type !== "run-started")
          .map((event, index): RunEvent => ({
            ...event,
            runId: run?.id ?? event.runId,
            seq: (run?.lastSeq ?? 0) + 1 + index,
          }));
        expect(applyEvents(settled, late)).toBe(settled);
      }),
      { numRuns: 300 },
    );
  });

  it("[E1] an event after a gap is never applied, and is known to be one", () => {
    fc.assert(
      fc.property(runEvents(), fc.nat(), (events, at) => {
        fc.pre(events.length > 2);
        const missing = 1 + (at % (events.length - 1));
        const turn = applyEvents(emptyTurn(), events.slice(0, missing));
        const next = events[missing + 1];
        fc.pre(next !== undefined && next.runId === events[missing]?.runId && !isSettled(turn));
        if (next === undefined) return;
        expect(continuity(turn, next)).toBe("gap");
        expect(applyEvent(turn, next)).toBe(turn);
      }),
      { numRuns: 300 },
    );
  });

  it("[E5] [W2] merged deltas give the same turn as the single ones, however they are batched", () => {
    fc.assert(
      fc.property(runEvents(), fc.array(fc.nat({ max: 20 })), (events, cuts) => {
        const whole = applyEvents(emptyTurn(), events);
        let rest = [...events];
        let turn = emptyTurn();
        for (const size of [...cuts, events.length]) turn = applyEvents(turn, mergeDeltas(rest.splice(0, size)));
        rest = [];
        expect(turn).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it("[T2] a once-only call that was running when its run was interrupted is unknown, a repeatable one waits to run again", () => {
    fc.assert(
      fc.property(runEvents(), (events) => {
        const before = applyEvents(emptyTurn(), events);
        const run = lastRun(before);
        fc.pre(run !== undefined && run.outcome === null);
        if (run === undefined) return;
        const after = applyEvent(before, {
          type: "run-ended",
          runId: run.id,
          seq: run.lastSeq + 1,
          at: 9,
          outcome: { kind: "interrupted", cause: "app-died", savedUpTo: 9, mayMiss: true },
        });
        for (const [index, part] of before.parts.entries()) {
          const sealed = after.parts[index];
          if (part.kind !== "tool-call" || sealed?.kind !== "tool-call") continue;
          if (part.state === "running") {
            const expected = part.effect === "once" ? ["unknown"] : ["queued"];
            expect(expected).toContain(sealed.state);
          }
          if (part.state === "needs-approval") expect(sealed.state).toBe("needs-approval");
          // What the person has decided is not asked of them again.
          if (part.approval !== null) expect(sealed.approval).toEqual(part.approval);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("[V4] lone surrogates, NUL and a line of five megabytes go through a delta unchanged", () => {
    const hostile = `\ud800${"x".repeat(5_000_000)}\u0000\u202e<script>`;
    const turn = applyEvents(emptyTurn(), [
      {
        type: "run-started",
        trigger: "send",
        model: { provider: "built-in", model: "built-in" },
        runId: "r" as never,
        seq: 1,
        at: 1,
      },
      { type: "part-opened", partId: "p" as never, kind: "text", step: 0, runId: "r" as never, seq: 2, at: 1 },
      { type: "text-delta", partId: "p" as never, text: hostile, runId: "r" as never, seq: 3, at: 1 },
    ]);
    expect(turn.parts[0]).toMatchObject({ text: hostile });
  });
});
