import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { JsonValue } from "#domain/json.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer } from "#test/helpers/model-replies.ts";
import { type ModelServer, type Reply, type ServedRequest } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { openStage } from "#test/helpers/stage.ts";

const RELOADED = "This run stopped when the tab was closed or reloaded.";
const NOTHING_MISSING = /Saved up to \d\d:\d\d:\d\d; nothing is missing\./;

/** Never ends by itself within the life of a test. */
const ENDLESS_MS = 600_000;

/** A search that no engine finishes: the tool runs for two seconds and then gives up. */
const SLOW_SEARCH = { pattern: "(a+)+$", text: `${"a".repeat(40)}!` };

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  // Moments in which the agent ends with its page; where it outlives the page a reload is no interruption.
  const stage = await openStage({ hasSharedWorkers: false });
  ({ app, browser, server } = stage);
  return stage.close;
});

async function openConnected(): Promise<HoldfastPage> {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  return holdfast;
}

/** Reloads, and gives the answer as it stood when it was first on screen again. */
async function reloadAndLook(holdfast: HoldfastPage) {
  const interrupted = await HoldfastPage.catchFirst(browser.context, "Saved up to");
  await holdfast.reload();
  return interrupted(holdfast.page);
}

/** Resolves when a card of a tool in the newest answer is in this state. */
async function toolIs(holdfast: HoldfastPage, state: "running" | "done" | "failed"): Promise<void> {
  await holdfast.answer.locator(`.tool[data-state=${state}]`).waitFor();
}

interface WireMessage {
  readonly role: string;
  readonly content?: JsonValue;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

/** What a model was sent, without the instructions. */
function messagesOf(request: ServedRequest | undefined): readonly WireMessage[] {
  if (request === undefined) throw new Error("There was no such request.");
  const { messages } = request.body as unknown as { messages: readonly WireMessage[] };
  return messages.filter(({ role }) => role !== "system");
}

/** Every call that a model was shown, and every result: they have to be the same, once each. */
function callsAndResults(request: ServedRequest | undefined) {
  const messages = messagesOf(request);
  return {
    calls: messages.flatMap((message) => (message.tool_calls ?? []).map(({ id }) => id)),
    results: messages.flatMap((message) => message.tool_call_id ?? []),
  };
}

test("[S1] [R4] [R5] a reload before the first word: the message stands there with the cause, is sent once more by itself, and is answered once", async () => {
  server.reply(answer({ text: "Never sent.", firstByteAfterMs: ENDLESS_MS }), answer({ text: "Yes, I am." }));
  const holdfast = await openConnected();
  await holdfast.send("Are you there?");
  const first = await server.waitForRequest(1);
  const { status, says } = await reloadAndLook(holdfast);
  expect(status).toBe("interrupted");
  expect(says).toContain(RELOADED);
  expect(says).toMatch(NOTHING_MISSING);
  expect(says).toContain("Nothing of the answer had arrived.");

  await holdfast.says("Yes, I am.");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.reply()).toBe("Yes, I am.");
  expect(await holdfast.questions.count()).toBe(1);
  expect(first.isAborted).toBe(true);
  expect(server.requests).toHaveLength(2);
  expect(messagesOf(server.requests[1])).toEqual([{ role: "user", content: "Are you there?" }]);
  expect(browser.problems).toEqual([]);
});

test("[T1] [T3] [R2] a reload inside a tool call: the card is there with its input, the call runs again under its own id, and its result reaches the model once", async () => {
  const call = { id: "call-1", name: "test_regex", arguments: JSON.stringify(SLOW_SEARCH) };
  server.reply(
    answer({ text: "Let me try it.", toolCalls: [call] }),
    answer({ text: "That pattern never comes to an end." }),
  );
  const holdfast = await openConnected();
  await holdfast.send("What is wrong with this pattern?");
  await toolIs(holdfast, "running");
  const { status, reply, says } = await reloadAndLook(holdfast);
  expect(status).toBe("interrupted");
  expect(reply).toBe("Let me try it.");
  expect(says).toContain("test_regex");
  expect(says).toContain(RELOADED);
  expect(says).toMatch(NOTHING_MISSING);

  await holdfast.says("That pattern never comes to an end.");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);
  await holdfast.says("The pattern took longer than 2 seconds");
  expect(server.requests).toHaveLength(2);
  const { calls, results } = callsAndResults(server.requests[1]);
  expect(calls).toHaveLength(1);
  expect(results).toEqual(calls);
  expect(browser.problems).toEqual([]);
});

test("[R6] [T1] a reload while the model reads a tool's result keeps the result: the call does not run again", async () => {
  const call = { id: "call-1", name: "calculate", arguments: JSON.stringify({ expression: "6 * 7" }) };
  server.reply(
    answer({ text: "I reckon.", toolCalls: [call] }),
    answer({ text: "Never sent.", firstByteAfterMs: ENDLESS_MS }),
    answer({ text: "It is 42." }),
  );
  const holdfast = await openConnected();
  await holdfast.send("What is 6 times 7?");
  const stalled = await server.waitForRequest(2);
  const { reply, says } = await reloadAndLook(holdfast);
  expect(reply).toBe("I reckon.");
  expect(says).toContain("calculate");
  await toolIs(holdfast, "done");

  await holdfast.says("It is 42.");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);
  expect(server.requests).toHaveLength(3);
  expect(messagesOf(server.requests[2])).toEqual(messagesOf(stalled));
  expect(callsAndResults(stalled).results).toHaveLength(1);
  expect(browser.problems).toEqual([]);
});

test("[T1] [R2] a reload inside a call of the built-in agent: it goes on by itself and ends with one card and one answer", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send(`test regex /${SLOW_SEARCH.pattern}/ on "${SLOW_SEARCH.text}"`);
  await toolIs(holdfast, "running");
  const { status, says } = await reloadAndLook(holdfast);
  expect(status).toBe("interrupted");
  expect(says).toContain("test_regex");

  await toolIs(holdfast, "failed");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);
  expect(await holdfast.questions.count()).toBe(1);
  expect(await holdfast.answers.count()).toBe(1);
  expect(browser.problems).toEqual([]);
});

/** The text of a file of the session on screen, as its preview shows it. */
async function fileText(page: Page, name: string, expected: string): Promise<string> {
  await page.locator(".file-row", { hasText: name }).click();
  const preview = page.locator(".workspace").filter({ hasText: name });
  // The pane is there before its file has been read.
  await preview.filter({ hasText: expected }).waitFor();
  return preview.innerText();
}

test("[C6] a reload while an approval is asked for: it comes back as asked and not as given, and once allowed the tool runs once", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send('append "one line" to log.txt');
  const allow = holdfast.page.getByRole("button", { name: "Allow once" });
  await allow.waitFor();
  await holdfast.reload();
  await allow.waitFor();
  await holdfast.running();
  // It has gone on by itself as far as it may: to the same question, with nothing written.
  await expect.poll(() => holdfast.status()).toBe("running");
  expect(await allow.count()).toBe(1);
  expect(await holdfast.page.locator(".file-row").count()).toBe(0);

  await allow.click();
  await holdfast.idle();
  await expect.poll(() => holdfast.status()).toBe("completed");
  expect(await allow.count()).toBe(0);
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);
  expect((await fileText(holdfast.page, "log.txt", "one line")).match(/one line/g)).toHaveLength(1);
  expect(browser.problems).toEqual([]);
});

const LAST_WORDS = 60;

/** The whole answer, and then not the end that would say that it is whole. */
const withheldEnd: Reply = async (exchange) => {
  exchange.start(200, { "content-type": "text/event-stream" });
  const delta = { content: numberedWords(LAST_WORDS) };
  await exchange.write(`data: ${JSON.stringify({ id: "1", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
  await exchange.stall();
};

test.for([
  ["says it all again", longAnswer({ words: LAST_WORDS, seconds: 0.2, continuation: "restart" })],
  ["has nothing to add", answer({ text: "" })],
] as const)(
  "[E4] [R2] a reload between the last word and the end of the stream: at a server that %s the answer is whole, once",
  async ([, next]) => {
    server.reply(withheldEnd, next);
    const holdfast = await openConnected();
    await holdfast.send("Count for me.");
    await holdfast.says(`word-${LAST_WORDS}`);
    const { status, reply } = await reloadAndLook(holdfast);
    expect(status).toBe("interrupted");
    expect(reply).toBe(numberedWords(LAST_WORDS));

    await holdfast.says("It went on by itself.");
    await holdfast.idle();
    expect(await holdfast.status()).toBe("completed");
    expect(await holdfast.reply()).toBe(numberedWords(LAST_WORDS));
    expect(browser.problems).toEqual([]);
  },
);

test("[R6] a reload as soon as the server has sent the end leaves one whole answer", async () => {
  server.always(longAnswer({ words: LAST_WORDS, seconds: 0.5, continuation: "continue" }));
  const holdfast = await openConnected();
  await holdfast.send("Count for me.");
  await (
    await server.waitForRequest(1)
  ).ended;
  await holdfast.reload();
  await holdfast.says(`word-${LAST_WORDS}`);
  await holdfast.idle();
  await holdfast.page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLElement>("[data-role=assistant]")].every(
      ({ dataset }) => dataset["state"] === "completed",
    ),
  );
  expect(await holdfast.reply()).toBe(numberedWords(LAST_WORDS));
  expect(await holdfast.questions.count()).toBe(1);
  expect(browser.problems).toEqual([]);
});

/** Keeps the list of sessions locked for writing: checkpoints go through, a full save waits. */
async function holdIndexStore(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open("holdfast");
        opening.addEventListener("error", () => reject(new Error("The database cannot be opened.")));
        opening.addEventListener("success", () => {
          const store = opening.result.transaction("index", "readwrite").objectStore("index");
          const askAgain = () => store.count().addEventListener("success", askAgain);
          store.count().addEventListener("success", () => {
            resolve();
            askAgain();
          });
        });
      }),
  );
}

/** Resolves when a full save stands in line: nothing else locks the turns, and so makes a reader of them wait. */
async function fullSaveWaits(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open("holdfast");
        opening.addEventListener("success", () => {
          const db = opening.result;
          const end = (isWaiting: boolean) => () => {
            db.close();
            resolve(isWaiting);
          };
          db.transaction("turns").objectStore("turns").count().addEventListener("success", end(false));
          setTimeout(end(true), 1000);
        });
      }),
  );
}

test("[E4] [R6] a kill between the last word and the full save: the end was recorded, so the answer is whole without another request", async () => {
  server.always(longAnswer({ words: LAST_WORDS, seconds: 3, continuation: "continue" }));
  const holdfast = await openConnected();
  await holdfast.send("Count for me.");
  await holdfast.says("word-10 ");
  const address = holdfast.page.url();
  await holdIndexStore(holdfast.page);
  await (
    await server.waitForRequest(1)
  ).ended;
  await holdfast.says(`word-${LAST_WORDS}`);
  await fullSaveWaits(holdfast.page);
  expect(await holdfast.status()).toBe("running");
  await browser.kill();

  await browser.relaunch();
  const again = await openHoldfast(browser, address);
  await again.says("It went on by itself.");
  await again.idle();
  expect(await again.status()).toBe("completed");
  expect(await again.reply()).toBe(numberedWords(LAST_WORDS));
  expect(server.requests).toHaveLength(1);
  expect(browser.problems).toEqual([]);
});
