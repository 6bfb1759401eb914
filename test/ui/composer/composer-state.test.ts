import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { SessionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { CommandName, CommandReply } from "#protocol/commands.ts";
import type { ComposerPorts } from "#ui/composer/composer-state.ts";
import { createComposer, createComposers, DRAFT_AGAIN_MS, DRAFT_DELAY_MS } from "#ui/composer/composer-state.ts";
import type { OutboxMessage } from "#ui/ports.ts";

const SESSION = readId<SessionId>("s1");

interface Asked {
  readonly name: CommandName;
  readonly input: unknown;
  answer(reply: unknown): Promise<void>;
}

/** A worker that answers when the test says so. */
function fakePorts() {
  const asked: Asked[] = [];
  const outbox = new Map<string, OutboxMessage>();
  let unique = 0;
  const ports: ComposerPorts = {
    call: (name: CommandName, input: unknown) =>
      new Promise((resolve) => {
        asked.push({
          name,
          input,
          answer: async (reply) => {
            resolve(reply as CommandReply<CommandName>);
            await new Promise((done) => setImmediate(done));
          },
        });
      }),
    outbox: {
      put: (message) => void outbox.set(message.message.turnId, message),
      remove: (turnId) => void outbox.delete(turnId),
      waiting: () => [...outbox.values()],
    },
    unique: () => `id-${++unique}`,
    now: () => 1_000,
  };
  const of = (name: CommandName) => asked.filter((one) => one.name === name);
  const last = (name: CommandName) => {
    const one = of(name).at(-1);
    if (one === undefined) throw new Error(`${name} was not asked`);
    return one;
  };
  return { ports, outbox, of, last };
}

const OK_TURN = { ok: true, value: { accepted: "turn" } };
const FULL = { ok: false, refusal: { reason: "storage-full", message: "The disk is full." } };
const DIED = { ok: false, refusal: { reason: "agent-died", message: "The agent stopped." } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("sending", () => {
  test("[S5] a second Enter before the answer sends nothing", async () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    void composer.send(null);
    expect(await composer.send(null)).toBe("nothing-to-send");
    expect(of("send-message")).toHaveLength(1);
  });

  test("[S1] the message is in the outbox before anything is awaited, and the text stays until the worker has committed it", async () => {
    const { ports, outbox, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    const result = composer.send(null);
    expect([...outbox.values()]).toMatchObject([{ sessionId: SESSION, message: { text: "hello" } }]);
    expect(composer.draft.value.text).toBe("hello");
    await last("send-message").answer(OK_TURN);
    expect(await result).toBe("sent");
    expect(composer.draft.value.text).toBe("");
    expect(outbox.size).toBe(0);
  });

  test("[S2] the ids in the outbox are those of the command", () => {
    const { ports, outbox, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    void composer.send(null);
    expect(last("send-message").input).toMatchObject({ message: [...outbox.values()][0]?.message });
  });

  test("[S4] a refusal leaves text and files with the reason", async () => {
    const { ports, outbox, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    const result = composer.send(null);
    await last("send-message").answer(FULL);
    expect(await result).toBe("refused");
    expect(composer.draft.value.text).toBe("hello");
    expect(composer.trouble.value).toBe("The disk is full.");
    expect(outbox.size).toBe(0);
  });

  test("[S2] after the agent died the same message is sent again under the same ids", async () => {
    const { ports, outbox, of, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    void composer.send(null);
    await last("send-message").answer(DIED);
    expect(outbox.size).toBe(1);
    void composer.send(null);
    const [first, second] = of("send-message");
    expect(second?.input).toEqual(first?.input);
    await last("send-message").answer({ ok: false, refusal: { reason: "already-resolved", message: "Known." } });
    expect(composer.draft.value.text).toBe("");
    expect(outbox.size).toBe(0);
  });

  test("[S4] what is typed while the message is on its way is kept and saved as a draft of its own", async () => {
    const { ports, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    void composer.send(null);
    composer.setText("hello\nmore");
    await last("send-message").answer(OK_TURN);
    expect(composer.draft.value.text).toBe("more");
    expect(last("save-draft").input).toMatchObject({ draft: { text: "more" } });
  });

  test("while a file is being added nothing is sent without it", async () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("summarise");
    void composer.addFile({ name: "a.txt", mediaType: "text/plain", bytes: new Uint8Array(1) });
    expect(await composer.send(null)).toBe("refused");
    expect(of("send-message")).toHaveLength(0);
  });

  test("nothing is sent from an empty composer", async () => {
    const { ports, of } = fakePorts();
    expect(await createComposer(SESSION, ports).send(null)).toBe("nothing-to-send");
    expect(of("send-message")).toHaveLength(0);
  });
});

describe("saving what is typed", () => {
  test("[D1] typing is saved after a short pause, once, with the last text", () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("h");
    vi.advanceTimersByTime(DRAFT_DELAY_MS - 1);
    composer.setText("he");
    vi.advanceTimersByTime(DRAFT_DELAY_MS);
    expect(of("save-draft").map((one) => one.input)).toMatchObject([{ draft: { text: "he", revision: 2 } }]);
  });

  test("[D1] who types without a pause is saved all the same, at most one delay behind", () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    for (const text of ["a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg"]) {
      composer.setText(text);
      vi.advanceTimersByTime(DRAFT_DELAY_MS / 3);
    }
    expect(of("save-draft").map((one) => one.input)).toMatchObject([
      { draft: { text: "abc" } },
      { draft: { text: "abcdef" } },
    ]);
    vi.advanceTimersByTime(DRAFT_DELAY_MS);
    expect(of("save-draft").at(-1)?.input).toMatchObject({ draft: { text: "abcdefg" } });
  });

  test("[D1] hiding the page saves every composer at once", () => {
    const { ports, of } = fakePorts();
    const composers = createComposers(ports);
    composers.of(SESSION).setText("a");
    composers.of(readId<SessionId>("s2")).setText("b");
    composers.flushAll();
    expect(of("save-draft")).toHaveLength(2);
    composers.flushAll();
    expect(of("save-draft")).toHaveLength(2);
  });

  test("[D1] while its message is on the way a draft is not written again", () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    void composer.send(null);
    composer.flush();
    vi.advanceTimersByTime(DRAFT_DELAY_MS * 2);
    expect(of("save-draft")).toHaveLength(0);
  });

  test("[W9] a draft that found no space is saved by itself once there is some, and then no more", async () => {
    const { ports, of, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("a");
    composer.flush();
    composer.setText("ab");
    composer.flush();
    for (const one of of("save-draft")) await one.answer(FULL);
    expect(of("save-draft")).toHaveLength(2);
    vi.advanceTimersByTime(DRAFT_AGAIN_MS);
    expect(of("save-draft")).toHaveLength(3);
    expect(last("save-draft").input).toMatchObject({ draft: { text: "ab" } });
    await last("save-draft").answer({ ok: true, value: null });
    vi.advanceTimersByTime(DRAFT_AGAIN_MS * 2);
    expect(of("save-draft")).toHaveLength(3);
  });

  test("[S2] [W9] after storage gave no answer the same message keeps its ids, and only the person sends it again", async () => {
    const { ports, of, last, outbox } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    const sending = composer.send(null);
    await last("send-message").answer({
      ok: false,
      refusal: { reason: "storage-failed", message: "The database does not answer." },
    });
    expect(await sending).toBe("refused");
    expect(outbox.size).toBe(0);
    void composer.send(null);
    const [first, second] = of("send-message").map((one) => one.input);
    expect(second).toEqual(first);
  });

  test("[W9] a save that failed is tried again on the next occasion", async () => {
    const { ports, of, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    composer.flush();
    await last("save-draft").answer(FULL);
    composer.flush();
    expect(of("save-draft")).toHaveLength(2);
  });

  test("clearing the text removes the stored draft", () => {
    const { ports, of } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("hello");
    composer.flush();
    composer.setText("");
    composer.flush();
    expect(of("remove-draft")).toHaveLength(1);
  });
});

describe("files", () => {
  const attachment = {
    blobId: "b1",
    name: "pasted-text.txt",
    mediaType: "text/plain",
    size: 4,
    path: "pasted-text.txt",
  };

  test("pasted text that became a file can be put into the message instead", async () => {
    const { ports, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    composer.setText("see");
    void composer.addPastedText("long");
    await last("add-file").answer({ ok: true, value: attachment });
    const [file] = composer.draft.value.attachments;
    if (file === undefined) throw new Error("not attached");
    composer.insertPastedText(file);
    expect(composer.draft.value).toMatchObject({ text: "see\nlong", attachments: [] });
  });

  test("a file that could not be added stays visible with the reason", async () => {
    const { ports, last } = fakePorts();
    const composer = createComposer(SESSION, ports);
    void composer.addFile({ name: "a.txt", mediaType: "text/plain", bytes: new Uint8Array(1) });
    await last("add-file").answer(FULL);
    expect(composer.uploads.value).toMatchObject([{ name: "a.txt", trouble: "The disk is full." }]);
  });
});
