import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords, tallyWords } from "#test/helpers/numbered-words.ts";
import { closeSharedAgent, countSharedAgents, inSharedAgent } from "#test/helpers/shared-worker.ts";
import { openStage } from "#test/helpers/stage.ts";

const HANG = "setTimeout(() => { for (;;); })";

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser, server } = stage);
  return stage.close;
});

/** A run of so many numbered words is under way, in the one tab that is open. */
async function startCounting(words: number, seconds: number) {
  server.always(longAnswer({ words, seconds, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.says("word-10 ");
  return holdfast;
}

test("[R2] [E3] ten reloads during one answer: it is not interrupted, byte for byte what the server sent, one request", async () => {
  const words = 300;
  const holdfast = await startCounting(words, 14);
  for (let reload = 0; reload < 10; reload++) {
    // One after the other: each reload meets the answer a little further on.
    // oxlint-disable-next-line no-await-in-loop
    await holdfast.reload();
    // oxlint-disable-next-line no-await-in-loop
    await holdfast.says(`word-${20 + reload * 15} `);
  }
  expect(await holdfast.status()).toBe("running");
  await holdfast.idle();
  expect(await holdfast.reply()).toBe(numberedWords(words).trim());
  expect(await holdfast.answer.innerText()).not.toContain("stopped");
  expect(server.requests).toHaveLength(1);
  await holdfast.reload();
  expect(await holdfast.reply()).toBe(numberedWords(words).trim());
  expect(await countSharedAgents(browser.context)).toBe(1);
  expect(browser.problems).toEqual([]);
});

test("[R2] with every tab closed the run goes on, and the next tab finds it", async () => {
  const holdfast = await startCounting(200, 6);
  const address = holdfast.page.url();
  const elsewhere = await browser.open("about:blank");
  await holdfast.page.close();
  await server.requests[0]?.ended;
  expect(server.requests[0]?.isAborted).toBe(false);
  await elsewhere.close();
  const again = await openHoldfast(browser, address);
  await again.says("word-200");
  await again.idle();
  expect(await again.status()).toBe("completed");
  expect(await again.reply()).toBe(numberedWords(200).trim());
  expect(server.requests).toHaveLength(1);
});

test("[C6] [T1] reloads inside a tool call and during an approval interrupt neither", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  // No engine finishes this search: it runs in a worker that the page lends, and is given up after two seconds.
  await holdfast.send(`test regex /(a+)+$/ on "${"a".repeat(40)}!"`);
  await holdfast.answer.locator(".tool[data-state=running]").waitFor();
  await holdfast.reload();
  await holdfast.says("The pattern took longer than 2 seconds");
  await holdfast.idle();
  await holdfast.send('append "one line" to log.txt');
  const allow = holdfast.page.getByRole("button", { name: "Allow once" });
  await allow.waitFor();
  await holdfast.reload();
  await allow.click();
  await holdfast.idle();
  await expect.poll(() => holdfast.status()).toBe("completed");
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);
  expect(await holdfast.transcript.innerText()).not.toContain("This run stopped");
  expect(browser.problems).toEqual([]);
});

test("[P1] two tabs share one agent: both show the run live, and closing the one that sent changes nothing", async () => {
  const first = await startCounting(200, 8);
  const second = await openHoldfast(browser, first.page.url());
  await second.says("word-60 ");
  await first.says("word-70 ");
  expect(await countSharedAgents(browser.context)).toBe(1);
  await first.page.close();
  await second.idle();
  expect(await second.reply()).toBe(numberedWords(200).trim());
  expect(server.requests).toHaveLength(1);
});

test.each([
  ["fails with an error", () => inSharedAgent(browser.context, "setTimeout(() => { throw new Error('planted'); })")],
  ["is ended by the browser", () => closeSharedAgent(browser.context)],
])(
  "[E4] when the shared agent %s the page keeps what is on it and the next one finishes the answer",
  async (_, die) => {
    const holdfast = await startCounting(200, 8);
    await holdfast.composer.fill("the next one");
    await holdfast.says("word-60 ");
    await die();
    await holdfast.says("The agent stopped unexpectedly.");
    // At most a second of what came is gone: 25 words.
    expect(await holdfast.answer.innerText()).toContain("word-35 ");
    await holdfast.says("word-200");
    await holdfast.idle();
    expect(tallyWords(await holdfast.reply(), 200)).toMatchObject({ isWhole: true });
    expect(await holdfast.composer.inputValue()).toBe("the next one");
  },
);

test("[C2] [C1] Stop ends a run whose shared agent hangs and cannot be ended", async () => {
  const holdfast = await startCounting(200, 30);
  await inSharedAgent(browser.context, HANG);
  await holdfast.page.getByRole("button", { name: "Stop" }).click();
  await holdfast.answer.and(holdfast.page.locator(":not([data-state=running])")).waitFor({ timeout: 15_000 });
  await holdfast.idle();
  expect(await holdfast.answer.innerText()).toContain("word-1 ");
  expect(server.requests).toHaveLength(1);
  await holdfast.send("2 + 3");
  await expect.poll(() => server.requests.length).toBe(2);
});

test("[R1] [C1] a page that meets an agent which hangs starts another one, which takes the run over", async () => {
  const holdfast = await startCounting(200, 8);
  await inSharedAgent(browser.context, HANG);
  await holdfast.page.reload();
  await holdfast.says("word-200");
  await holdfast.idle();
  expect(tallyWords(await holdfast.reply(), 200)).toMatchObject({ isWhole: true });
});
