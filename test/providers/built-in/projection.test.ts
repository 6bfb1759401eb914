import { expect, test } from "vitest";
import { messagesFor } from "#agent/model-request.ts";
import type { MessageId, RunId, SessionId, TurnId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Turn } from "#domain/turn.ts";
import { newTurn } from "#domain/turn.ts";
import { partsOf } from "./driver.ts";

function turnOf(seq: number, text: string): Turn {
  return newTurn({
    sessionId: readId<SessionId>("s1"),
    seq,
    id: readId<TurnId>(`t${seq}`),
    parent: seq - 1,
    user: { id: readId<MessageId>(`m${seq}`), text, attachments: [], sentAt: 0 },
    replyId: readId<MessageId>(`r${seq}`),
  });
}

test("[T2] what a discarded answer had been asked for is not done again with the next message", async () => {
  const discarded: Turn = {
    ...turnOf(1, "delete notes.md"),
    resolution: "discarded",
    runs: [
      {
        id: readId<RunId>("run-1"),
        trigger: "send",
        model: BUILT_IN_MODEL,
        startedAt: 0,
        lastSeq: 1,
        hasProgress: false,
        phase: { kind: "working" },
        outcome: { kind: "stopped" },
        endedAt: 1,
      },
    ],
  };
  const messages = messagesFor([discarded, turnOf(2, "2 + 2")], null, "apart");
  const parts = await partsOf({ messages });
  expect(parts.filter((part) => part.type === "tool-call")).toEqual([
    { type: "tool-call", id: "call-0", tool: "calculate", input: '{"expression":"2 + 2"}' },
  ]);
});
