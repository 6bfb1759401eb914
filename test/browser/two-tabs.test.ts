import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { openStage } from "#test/helpers/stage.ts";

const WORDS = 120;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  // A worker a tab: the tabs must find each other. shared-agent.test.ts has the tabs of one worker.
  const stage = await openStage({ hasSharedWorkers: false });
  ({ app, browser, server } = stage);
  return stage.close;
});

/** Two tabs on one session, in which the first one's agent has begun to answer. */
async function openBothOnRun(): Promise<{ runner: HoldfastPage; other: HoldfastPage }> {
  const runner = await openHoldfast(browser, app.url);
  await runner.connect(server.baseUrl);
  await runner.send("Count for me.");
  await runner.says("word-1 ");
  const other = await openHoldfast(browser, runner.page.url());
  await other.page.getByText("Running in another tab").waitFor();
  return { runner, other };
}

async function isWholeIn(tab: HoldfastPage): Promise<void> {
  await tab.says(`word-${WORDS}`);
  await tab.idle();
  expect(await tab.status()).toBe("completed");
  expect(await tab.reply()).toBe(numberedWords(WORDS));
  expect(await tab.questions.count()).toBe(1);
}

test("[P1] two tabs on one session show the run live, and the server is asked once", async () => {
  server.always(longAnswer({ words: WORDS, seconds: 12, continuation: "continue" }));
  const { runner, other } = await openBothOnRun();
  const request = await server.waitForRequest(1);
  let hasEnded = false;
  void request.ended.then(() => (hasEnded = true));
  await Promise.all([runner.says("word-60 "), other.says("word-60 ")]);
  expect(hasEnded).toBe(false);
  await other.running();
  await Promise.all([isWholeIn(runner), isWholeIn(other)]);
  expect(await other.page.getByText("Running in another tab").count()).toBe(0);
  expect(server.requests).toHaveLength(1);
  expect(browser.problems).toEqual([]);
});

test("[P1] [R1] when the tab that runs a session is closed, the other one finishes the answer, whole and once", async () => {
  server.reply(longAnswer({ words: WORDS, seconds: 20, continuation: "continue" }));
  server.always(longAnswer({ words: WORDS, seconds: 2, continuation: "continue" }));
  const { runner, other } = await openBothOnRun();
  await other.says("word-30 ");
  await runner.page.close();
  await other.says("This run stopped when the tab was closed or reloaded.");
  await other.says("It went on by itself.");
  await isWholeIn(other);
  const first = await server.waitForRequest(1);
  expect(first.isAborted).toBe(true);
  expect(server.requests).toHaveLength(2);
  await other.reload();
  await isWholeIn(other);
  expect(browser.problems).toEqual([]);
});

test("[S5] [C5] a message sent in the second tab while the first one's run goes on waits in the queue of both, and is answered once", async () => {
  server.reply(longAnswer({ words: WORDS, seconds: 12, continuation: "continue" }));
  server.always(answer({ text: "The second answer." }));
  const { runner, other } = await openBothOnRun();
  await other.send("And then?");
  for (const tab of [runner, other]) {
    const queue = tab.page.getByRole("region", { name: "Queue" });
    await queue.getByText("And then?").waitFor();
    expect(await tab.questions.count()).toBe(1);
  }
  expect(await other.composer.inputValue()).toBe("");
  expect(server.requests).toHaveLength(1);
  for (const tab of [runner, other]) {
    await tab.says("The second answer.");
    await tab.idle();
    expect(await tab.page.getByRole("region", { name: "Queue" }).count()).toBe(0);
    expect(await tab.questions.allInnerTexts()).toEqual([
      expect.stringContaining("Count for me."),
      expect.stringContaining("And then?"),
    ]);
    expect(await tab.answers.count()).toBe(2);
  }
  expect(server.requests).toHaveLength(2);
  expect(browser.problems).toEqual([]);
});

test("[P2] [W11] a name given in one tab shows in the other", async () => {
  const one = await openHoldfast(browser, app.url);
  await one.send("12 * 12");
  await one.says("144");
  await one.idle();
  const two = await openHoldfast(browser, one.page.url());
  await two.says("144");
  await one.sessions.dblclick();
  await one.page.getByRole("textbox", { name: "Title" }).fill("A dozen dozens");
  await one.page.keyboard.press("Enter");
  await two.sessions.filter({ hasText: "A dozen dozens" }).waitFor();
  await two.page.getByRole("heading", { level: 1, name: "A dozen dozens" }).waitFor();
  await one.reload();
  await one.sessions.filter({ hasText: "A dozen dozens" }).waitFor();
  expect(browser.problems).toEqual([]);
});

test("[I4] [W7] a session deleted in one tab goes from both, and Undo brings it back to both, whole", async () => {
  const one = await openHoldfast(browser, app.url);
  await one.send("12 * 12");
  await one.says("144");
  await one.idle();
  const address = one.page.url();
  const two = await openHoldfast(browser, address);
  await two.says("144");
  await one.sessions.focus();
  await one.page.keyboard.press("Delete");
  await one.page.getByText(/^Deleted “/).waitFor();
  for (const tab of [one, two]) await tab.sessions.waitFor({ state: "detached" });
  expect(await one.questions.count()).toBe(0);
  await one.page.getByRole("button", { name: "Undo" }).click();
  for (const tab of [one, two]) await tab.sessions.waitFor();
  await one.says("144");
  expect(one.page.url()).toBe(address);
  await two.reload();
  await two.says("144");
  expect(await two.questions.count()).toBe(1);
  expect(browser.problems).toEqual([]);
});
