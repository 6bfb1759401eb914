import { beforeEach, expect, test } from "vitest";

import { type DraftId, mintId, readId, type SessionId } from "#domain/ids.ts";
import type { Draft } from "#domain/session.ts";
import type { PageEndpoint } from "#protocol/endpoint.ts";
import { keepDrafts } from "#shell/kept-drafts.ts";

const SESSION = readId("session") as SessionId;

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
/** What the worker was given, with the means to answer it. */
let calls: { readonly name: string; readonly input: unknown; readonly answer: (reply: unknown) => void }[];

const call = ((name: string, input: unknown) =>
  new Promise((resolve) => calls.push({ name, input, answer: resolve }))) as unknown as PageEndpoint["call"];

const start = () => keepDrafts(call, storage, (words) => logged.push(words));

function draft(text: string, revision: number): Draft {
  const id = mintId<DraftId>(() => "draft");
  return { sessionId: SESSION, id, text, attachments: [], revision, updatedAt: 1000 + revision };
}

const given = () => calls.map(({ name, input }) => ({ name, input }));

beforeEach(() => {
  storage = new MemoryStorage();
  logged = [];
  calls = [];
});

test("[D1] a draft whose page went before the worker answered is given to the next worker, unchanged", async () => {
  void start().call("save-draft", { draft: draft("half a sen", 3) });
  calls = [];
  const again = start().giveAgain();
  expect(given()).toEqual([{ name: "save-draft", input: { draft: draft("half a sen", 3) } }]);
  calls[0]?.answer({ ok: true, value: null });
  expect(await again).toBe(true);
  expect(storage.length).toBe(0);
});

test("[D1] nothing is left of a draft that the worker has stored, or refused", async () => {
  const drafts = start();
  const replies = [
    { ok: true, value: null },
    { ok: false, refusal: { reason: "deleted", message: "" } },
  ];
  for (const reply of replies) {
    const saved = drafts.call("save-draft", { draft: draft("words", 1) });
    expect(storage.length).toBe(1);
    calls.pop()?.answer(reply);
    // oxlint-disable-next-line no-await-in-loop -- One after the other.
    expect(await saved).toBe(reply);
    expect(storage.length).toBe(0);
  }
  expect(await start().giveAgain()).toBe(false);
});

test("[D1] a draft stays kept when its worker died, and while a later one is on its way", async () => {
  const drafts = start();
  const first = drafts.call("save-draft", { draft: draft("one", 1) });
  const second = drafts.call("save-draft", { draft: draft("one two", 2) });
  calls[0]?.answer({ ok: true, value: null });
  await first;
  expect(storage.length).toBe(1);
  calls[1]?.answer({ ok: false, refusal: { reason: "agent-died", message: "" } });
  await second;
  calls = [];
  void start().giveAgain();
  expect(given()).toEqual([{ name: "save-draft", input: { draft: draft("one two", 2) } }]);
});

test("[D1] what cannot be kept is given to the worker all the same; other calls go through as they are", () => {
  storage = new FullStorage();
  const drafts = start();
  void drafts.call("save-draft", { draft: draft("words", 1) });
  void drafts.call("read-storage-usage", null);
  expect(given().map(({ name }) => name)).toEqual(["save-draft", "read-storage-usage"]);
  expect(logged).toHaveLength(1);
  storage.clear();
});

test("[D1] an entry that cannot be read is told, and the others are given all the same", () => {
  storage.setItem("holdfast:draft:broken", "{");
  storage.setItem("holdfast:draft:session", JSON.stringify(draft("words", 1)));
  void start().giveAgain();
  expect(logged).toHaveLength(1);
  expect(given()).toEqual([{ name: "save-draft", input: { draft: draft("words", 1) } }]);
});
