import type { Page, Worker } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { tallyWords } from "#test/helpers/numbered-words.ts";
import { openStage } from "#test/helpers/stage.ts";

const WORDS = 200;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  // Where the agent ends with its page; shared-agent.test.ts tells what a reload is where it does not.
  const stage = await openStage({ hasSharedWorkers: false });
  ({ app, browser, server } = stage);
  return stage.close;
});

/** The one worker of the page, once it runs. */
async function agentOf(page: Page): Promise<Worker> {
  const [worker] = page.workers();
  return worker ?? page.waitForEvent("worker");
}

/** Sends the worker into an endless loop: it says nothing any more, and nothing reaches it. */
async function hang(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    setTimeout(() => {
      for (;;);
    });
  });
}

/** The words of an answer, without what the interface says around them. */
function wordsOf(text: string): string {
  return (text.match(/\bword-\d+\b/g) ?? []).join(" ");
}

test("[D1] what was typed and not sent is in the message box after a reload, in its own session", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.composer.fill("not finished ye");
  await holdfast.page.reload();
  await holdfast.ready();
  await holdfast.page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.value === "not finished ye",
  );
  await holdfast.page.evaluate(() => (location.hash = "#/new"));
  await holdfast.ready();
  expect(await holdfast.composer.inputValue()).toBe("");
  expect(browser.problems).toEqual([]);
});

test("[R6] a reload right after Enter loses no message and sends none twice", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.composer.fill("12 * 12");
  // Enter and the reload in one task of the page: no commit can be in between.
  const loaded = holdfast.page.waitForEvent("load");
  await holdfast.composer.evaluate((box) => {
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    location.reload();
  });
  await loaded;
  await holdfast.ready();
  await holdfast.says("144");
  await holdfast.idle();
  expect(await holdfast.questions.count()).toBe(1);
  expect(await holdfast.composer.inputValue()).toBe("");
  await holdfast.reload();
  await holdfast.says("144");
  expect(await holdfast.questions.count()).toBe(1);
});

test("[S1] [R6] a message sent while the agent's worker hangs is not lost by a reload", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await hang(await agentOf(holdfast.page));
  await holdfast.send("12 * 12");
  await holdfast.reload();
  await holdfast.says("144");
  await holdfast.idle();
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("12 * 12")]);
  expect(await holdfast.composer.inputValue()).toBe("");
});

test("[R2] [R4] a reload in the middle of an answer brings back what was received, says why it stopped, and the answer goes on to its end", async () => {
  server.always(longAnswer({ words: WORDS, seconds: 8, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.says("word-60 ");
  const before = wordsOf(await holdfast.answer.innerText());
  await holdfast.page.reload();
  await holdfast.answer.filter({ hasText: "word-60 " }).waitFor();
  const after = wordsOf(await holdfast.answer.innerText());
  expect(after.startsWith(before.slice(0, before.lastIndexOf(" ")))).toBe(true);
  await holdfast.says("This run stopped when the tab was closed or reloaded.");
  await holdfast.says(`word-${WORDS}`);
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(tallyWords(wordsOf(await holdfast.answer.innerText()), WORDS)).toEqual({
    isWhole: true,
    missing: [],
    repeated: [],
  });
  expect(await holdfast.questions.count()).toBe(1);
  expect(browser.problems).toEqual([]);
});

test("[R4] [R6] a worker that dies before it can write: the page's own note tells why and hands over the last words, and the answer goes on", async () => {
  server.always(longAnswer({ words: WORDS, seconds: 8, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.says("word-60 ");
  const wordsNow = async () => wordsOf(await holdfast.answer.innerText());
  await hang(await agentOf(holdfast.page));
  // Nothing comes any more: what stands there now was told to the page, and the end of it is stored nowhere else.
  await expect.poll(async () => (await wordsNow()) === (await wordsNow())).toBe(true);
  const before = await wordsNow();
  await holdfast.page.reload();
  await holdfast.says("This run stopped when the tab was closed or reloaded.");
  await holdfast.says(`word-${WORDS}`);
  expect(JSON.stringify(server.requests[1]?.body)).toContain(before.slice(-60, before.lastIndexOf(" ")));
  await holdfast.idle();
  expect(tallyWords(wordsOf(await holdfast.answer.innerText()), WORDS)).toMatchObject({ isWhole: true, repeated: [] });
});

test("[E4] when the agent's worker dies the page keeps what is on it, a new worker takes over, and the answer goes on to its end", async () => {
  server.always(longAnswer({ words: WORDS, seconds: 8, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.composer.fill("the next one");
  await holdfast.says("word-60 ");
  const worker = await agentOf(holdfast.page);
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error("planted");
    });
  });
  await holdfast.page.waitForEvent("worker");
  expect(await holdfast.answer.innerText()).toContain("word-60 ");
  await holdfast.says(`word-${WORDS}`);
  await holdfast.idle();
  expect(tallyWords(wordsOf(await holdfast.answer.innerText()), WORDS)).toMatchObject({ isWhole: true });
  expect(await holdfast.composer.inputValue()).toBe("the next one");
  expect(browser.problems).toEqual([expect.stringContaining("planted")]);
});

test("[C2] Stop ends a run whose worker hangs", async () => {
  server.always(longAnswer({ words: WORDS, seconds: 30, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.says("word-10 ");
  await hang(await agentOf(holdfast.page));
  await holdfast.page.getByRole("button", { name: "Stop" }).click();
  await holdfast.page.waitForEvent("worker", { timeout: 10_000 });
  await holdfast.idle();
  // Nothing takes the run up again against the person's word.
  await holdfast.answer.filter({ hasNotText: "Continuing by itself" }).waitFor();
  expect(await holdfast.status()).not.toBe("running");
  expect(await holdfast.answer.innerText()).toContain("word-1 ");
  expect(await holdfast.composer.isEnabled()).toBe(true);
  expect(server.requests).toHaveLength(1);
});
