import { expect, test } from "vitest";

import { readId, type PartId, type RunId, type SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import { LastWords } from "#shell/last-words.ts";

const sessionId = readId<SessionId>("session-1");
const partId = readId<PartId>("part-1");
const runId = readId<RunId>("run-1");

const word = (seq: number, text = "x"): RunEvent => ({ type: "text-delta", partId, text, runId, seq, at: seq });
const boundary = (seq: number): RunEvent => ({ type: "part-closed", partId, runId, seq, at: seq });

function told(...steps: (RunEvent | "saved")[]): LastWords {
  const words = new LastWords();
  for (const step of steps) {
    if (step === "saved") words.note({ type: "saved", sessionId, at: 0, kind: "checkpoint" });
    else words.note({ type: "run-events", sessionId, turnSeq: 1, events: [step] });
  }
  return words;
}

const seqsOf = (words: LastWords) => words.current?.events.map(({ seq }) => seq) ?? null;

test("[R6] what came before a save is kept until the next one: it may have come while the save was on its way", () => {
  expect(seqsOf(told(word(1), word(2)))).toEqual([1, 2]);
  expect(seqsOf(told(word(1), "saved", word(2)))).toEqual([1, 2]);
  expect(seqsOf(told(word(1), "saved", word(2), "saved", word(3)))).toEqual([2, 3]);
  expect(seqsOf(told(word(1), "saved", "saved"))).toBeNull();
});

test("[E6] only words are kept, and only those behind the last boundary, which is saved at once", () => {
  expect(seqsOf(told(word(1), boundary(2)))).toBeNull();
  expect(seqsOf(told(word(1), boundary(2), word(3)))).toEqual([3]);
});

test("[E5] where nothing can be saved it stays small, and what it keeps is the beginning, which follows on what is stored", () => {
  const long = "x".repeat(60_000);
  expect(seqsOf(told(word(1, long), word(2, long), word(3, long)))).toEqual([1, 2]);
});
