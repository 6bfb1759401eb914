import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { applyEvents } from "#domain/apply-event.ts";
import { readId, type RunId, type SessionId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import { isSettled, lastRun } from "#domain/turn.ts";
import { mayContinueByItself } from "#journal/automatic-continuation.ts";
import { recoverTurn, type Remains } from "#journal/recovery.ts";
import { emptyTurn, runEvents } from "#test/helpers/event-arbitraries.ts";

function remains(fields: Partial<Remains>): Remains {
  const turn = fields.turn ?? emptyTurn();
  return {
    turn,
    pending: {
      turnId: turn.id,
      turnSeq: turn.seq,
      messageId: turn.user.id,
      runId: readId<RunId>("run-0"),
      startedAt: 0,
      attachments: [],
    },
    journal: [],
    savedAt: null,
    hasUnreadable: false,
    marker: null,
    model: BUILT_IN_MODEL,
    seen: null,
    now: 10_000,
    ...fields,
  };
}

describe("recoverTurn", () => {
  it("[R2] [E2] gives the turn as it was at the last journaled event, whatever had happened", () => {
    fc.assert(
      fc.property(runEvents(), fc.nat(), (events, cut) => {
        const first = events.filter((event) => event.runId === events[0]?.runId);
        const journal = first.slice(0, 1 + (cut % first.length));
        const live = applyEvents(emptyTurn(), journal);
        const recovered = recoverTurn(remains({ journal, savedAt: 500 }));
        expect(isSettled(recovered)).toBe(true);
        expect(recovered.parts.map((part) => part.id)).toEqual(live.parts.map((part) => part.id));
        expect(recovered.parts.map((part) => (part.kind === "tool-call" ? null : part.text))).toEqual(
          live.parts.map((part) => (part.kind === "tool-call" ? null : part.text)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("[R3] is idempotent: what was recovered is recovered to itself", () => {
    fc.assert(
      fc.property(runEvents(), (events) => {
        const journal = events.filter((event) => event.runId === events[0]?.runId);
        const once = recoverTurn(remains({ journal }));
        expect(recoverTurn(remains({ turn: once, journal }))).toEqual(once);
        expect(recoverTurn(remains({ turn: once }))).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });

  it("[R4] names the cause that the page left behind, and that nothing is missing then", () => {
    const sessionId = readId<SessionId>("session");
    const marker = { sessionId, cause: "page-closed", at: 900 } as const;
    expect(lastRun(recoverTurn(remains({ marker, savedAt: 880 })))?.outcome).toEqual({
      kind: "interrupted",
      cause: "page-closed",
      savedUpTo: 900,
      mayMiss: false,
    });
    expect(lastRun(recoverTurn(remains({ savedAt: 880 })))?.outcome).toEqual({
      kind: "interrupted",
      cause: "app-died",
      savedUpTo: 880,
      mayMiss: true,
    });
  });

  it("[R4] does not believe a marker of an earlier life: of an earlier run, or of a page that came back and went on", () => {
    const sessionId = readId<SessionId>("session");
    const marker = { sessionId, cause: "page-closed", at: 900 } as const;
    const base = remains({ marker });
    const laterRun = remains({ marker, pending: { ...base.pending, startedAt: 1000 } });
    expect(lastRun(recoverTurn(laterRun))?.outcome).toMatchObject({ cause: "app-died" });
    const wentOn = remains({ marker, savedAt: 60_000 });
    expect(lastRun(recoverTurn(wentOn))?.outcome).toMatchObject({ cause: "app-died", savedUpTo: 60_000 });
  });

  it("[R4] where the worker died before it could write why, the cause is what the page saw, and no more is promised than was saved", () => {
    const seen = (cause: "agent-died" | "page-closed", at: number) =>
      lastRun(recoverTurn(remains({ savedAt: 880, seen: { cause, at } })))?.outcome;
    expect(seen("agent-died", 900)).toMatchObject({ cause: "agent-died", savedUpTo: 880, mayMiss: true });
    expect(seen("page-closed", 870)).toMatchObject({ cause: "page-closed", savedUpTo: 880, mayMiss: true });
  });

  it("[R4] does not believe what a page saw of an earlier run, or before the run went on", () => {
    const at = 900;
    const base = remains({ seen: { cause: "page-closed", at } });
    const laterRun = remains({ seen: base.seen, pending: { ...base.pending, startedAt: 1000 } });
    expect(lastRun(recoverTurn(laterRun))?.outcome).toMatchObject({ cause: "app-died" });
    expect(lastRun(recoverTurn({ ...base, savedAt: 60_000 }))?.outcome).toMatchObject({ cause: "app-died" });
  });

  it("keeps an ending that was journaled although the full save did not come: nothing is called interrupted that was not", () => {
    const journal = [
      { type: "run-started", trigger: "send", model: BUILT_IN_MODEL, runId: readId<RunId>("run-0"), seq: 1, at: 1 },
      { type: "run-ended", outcome: { kind: "completed" }, runId: readId<RunId>("run-0"), seq: 2, at: 2 },
    ] as const;
    expect(lastRun(recoverTurn(remains({ journal })))?.outcome).toEqual({ kind: "completed" });
  });
});

describe("mayContinueByItself", () => {
  const turn = recoverTurn(remains({ savedAt: 880 }));
  const safe = { turn, now: 2000, isOnScreen: true, isModelReady: true, isAllowed: true };

  it("goes on when it is recent, watched, allowed and its model is at hand", () => {
    expect(mayContinueByItself(safe)).toBe(true);
  });

  it("asks otherwise", () => {
    expect(mayContinueByItself({ ...safe, now: 880 + 5 * 60_000 + 1 })).toBe(false);
    expect(mayContinueByItself({ ...safe, isOnScreen: false })).toBe(false);
    expect(mayContinueByItself({ ...safe, isModelReady: false })).toBe(false);
    expect(mayContinueByItself({ ...safe, isAllowed: false })).toBe(false);
    expect(mayContinueByItself({ ...safe, turn: { ...turn, resolution: "kept" } })).toBe(false);
  });

  it("asks when the last automatic attempt brought nothing new", () => {
    const run = lastRun(turn);
    if (run === undefined) throw new Error("There is a run.");
    const attempt = { ...run, trigger: "automatic" as const };
    expect(mayContinueByItself({ ...safe, turn: { ...turn, runs: [attempt] } })).toBe(false);
    expect(mayContinueByItself({ ...safe, turn: { ...turn, runs: [{ ...attempt, hasProgress: true }] } })).toBe(true);
  });
});
