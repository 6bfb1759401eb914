import { beforeEach, expect, test } from "vitest";

import { type DraftId, type MessageId, mintId, readId, type SessionId, type TurnId } from "#domain/ids.ts";
import type { CommandName, CommandReply, RefusalReason } from "#protocol/commands.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";
import { createOutbox } from "#shell/outbox.ts";
import { resendWaiting } from "#shell/resend.ts";
import type { Outbox, OutboxMessage } from "#ui/ports.ts";

class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  get length(): number {
    return this.#items.size;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  clear(): void {
    this.#items.clear();
  }
}

class FullStorage extends MemoryStorage {
  override setItem(): void {
    throw new DOMException("full", "QuotaExceededError");
  }
}

let storage: Storage;
let logged: string[];
let number = 0;

const unique = (): string => `id-${++number}`;

function message(text: string, fields: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    sessionId: readId("session") as SessionId,
    message: {
      turnId: mintId<TurnId>(unique),
      messageId: mintId<MessageId>(unique),
      text,
      attachments: [],
      draftId: mintId<DraftId>(unique),
    },
    model: null,
    editsTurnSeq: null,
    at: ++number,
    ...fields,
  };
}

function open(tab = "this-tab", openTabs: readonly string[] = [], used: Storage | null = storage): Outbox {
  return createOutbox({ storage: used, tab, openTabs: new Set(openTabs), log: (text) => logged.push(text) });
}

beforeEach(() => {
  storage = new MemoryStorage();
  logged = [];
});

test("[S1] what is put is there for the next life of the tab, oldest first, until it is removed", () => {
  const outbox = open();
  const [first, second, third] = [message("one"), message("two"), message("three")];
  for (const one of [second, third, first]) outbox.put(one);
  outbox.remove(second.message.turnId);
  expect(open().waiting()).toEqual([first, third]);
});

test("this life's own messages are not waiting: they are being sent", () => {
  const outbox = open();
  outbox.put(message("one"));
  expect(outbox.waiting()).toEqual([]);
});

test("another open tab's messages are its own to send; those of a tab that is gone are taken over", () => {
  open("other").put(message("one"));
  expect(open("this-tab", ["other"]).waiting()).toEqual([]);
  expect(open("this-tab", []).waiting()).toHaveLength(1);
});

test("[R3] an entry that cannot be read is told of, left where it is, and keeps no other back", () => {
  storage.setItem("holdfast:outbox:torn", '{"version":1,"tab":"x"');
  const newer = { ...message("from a newer app"), version: 2, tab: "this-tab" };
  storage.setItem("holdfast:outbox:newer", JSON.stringify(newer));
  storage.setItem("someone-else", "{}");
  open().put(message("whole"));
  expect(
    open()
      .waiting()
      .map((waiting) => waiting.message.text),
  ).toEqual(["whole"]);
  expect(logged).toHaveLength(4);
  expect(storage.length).toBe(4);
});

test("[W9] where nothing can be stored everything goes on, and the log says what that costs", () => {
  const full = open("this-tab", [], new FullStorage());
  full.put(message("one"));
  full.remove(readId("id-1") as TurnId);
  expect(logged).toEqual([expect.stringContaining("could not be kept")]);
  const denied = open("this-tab", [], null);
  denied.put(message("two"));
  expect(denied.waiting()).toEqual([]);
});

test("the outbox has an end", () => {
  const outbox = open();
  for (let n = 0; n < 60; n++) outbox.put(message(String(n)));
  expect(storage.length).toBe(50);
  expect(logged).toHaveLength(10);
});

type Answers = Partial<Record<CommandName, RefusalReason | "ok">>;

function agent(answers: Answers) {
  const calls: { readonly name: CommandName; readonly input: unknown }[] = [];
  const call = ((name: CommandName, input: unknown): Promise<CommandReply<CommandName>> => {
    calls.push({ name, input });
    const answer = answers[name] ?? "ok";
    const reply: CommandReply<CommandName> =
      answer === "ok" ? { ok: true, value: null } : { ok: false, refusal: { reason: answer, message: answer } };
    return Promise.resolve(reply);
  }) as PageEndpoint["call"];
  return { call, calls };
}

async function resend(answers: Answers, left: OutboxMessage) {
  open().put(left);
  const outbox = open();
  const { call, calls } = agent(answers);
  const madeDraft = await resendWaiting({ outbox, call, unique, log: (text) => logged.push(text) });
  return { madeDraft, calls, remaining: open().waiting() };
}

test("[R6] a message that a reload caught before its commit is sent again with its ids, and leaves when it is committed", async () => {
  const left = message("hello");
  const { calls, remaining, madeDraft } = await resend({}, left);
  const { sessionId, message: sent, model } = left;
  expect(calls).toEqual([{ name: "send-message", input: { sessionId, message: sent, model } }]);
  expect(remaining).toEqual([]);
  expect(madeDraft).toBe(false);
});

test("[S2] one that was committed after all is not sent twice, and leaves", async () => {
  const { calls, remaining } = await resend({ "send-message": "already-resolved" }, message("hello"));
  expect(calls).toHaveLength(1);
  expect(remaining).toEqual([]);
});

test("an edit is sent again as an edit", async () => {
  const { calls } = await resend({}, message("better", { editsTurnSeq: 3 }));
  expect(calls).toEqual([{ name: "edit-message", input: expect.objectContaining({ turnSeq: 3 }) }]);
});

test("[S4] a refused message becomes its session's draft, under the id of the draft that it was", async () => {
  const left = message("hello");
  const { calls, remaining, madeDraft } = await resend({ "send-message": "invalid" }, left);
  expect(calls[1]).toEqual({
    name: "save-draft",
    input: { draft: expect.objectContaining({ id: left.message.draftId, text: "hello", sessionId: left.sessionId }) },
  });
  expect(madeDraft).toBe(true);
  expect(remaining).toEqual([]);
});

test("[S4] what can be neither sent nor kept as a draft stays for the next start", async () => {
  const refused = { "send-message": "storage-full", "save-draft": "storage-full" } as const;
  const { remaining } = await resend(refused, message("hello"));
  expect(remaining).toHaveLength(1);
});

test("when the agent dies over it the message stays as it is: nobody said no", async () => {
  const { calls, remaining } = await resend({ "send-message": "agent-died" }, message("hello"));
  expect(calls).toHaveLength(1);
  expect(remaining).toHaveLength(1);
});

test("everything that waits is posted within one task, ahead of whatever the view asks afterwards", () => {
  open().put(message("one"));
  open().put(message("two"));
  const { call, calls } = agent({});
  void resendWaiting({ outbox: open(), call, unique, log: () => undefined });
  expect(calls).toHaveLength(2);
});
