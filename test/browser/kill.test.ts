import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { textSent } from "#test/helpers/sent-text.ts";
import { openStage } from "#test/helpers/stage.ts";

const WORDS = 400;
/** What a killed process may cost of the text that had arrived. */
const LOSS_BUDGET_MS = 1000;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser, server } = stage);
  return stage.close;
});

test("[R6] [R4] a browser killed in the middle of an answer comes back with all but the last second of it, says so, and the answer goes on to one whole", async () => {
  server.reply(longAnswer({ words: WORDS, seconds: 20, continuation: "continue" }));
  server.always(longAnswer({ words: WORDS, seconds: 4, continuation: "continue" }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  const request = await server.waitForRequest(1);
  await holdfast.says(`word-${WORDS / 2} `);
  const address = holdfast.page.url();
  const killedAt = await browser.kill();

  await browser.relaunch();
  const interrupted = await HoldfastPage.catchFirst(browser.context, "Saved up to");
  const again = await openHoldfast(browser, address);
  const { status, reply, says } = await interrupted(again.page);
  expect(status).toBe("interrupted");
  expect(says).toContain("The app stopped unexpectedly.");
  expect(says).toMatch(/Saved up to \d\d:\d\d:\d\d; up to a second may be missing\./);
  expect(textSent(request).startsWith(reply)).toBe(true);
  const owed = textSent(request, killedAt - LOSS_BUDGET_MS).trimEnd();
  expect(reply.slice(0, owed.length)).toBe(owed);
  expect(await again.questions.allInnerTexts()).toEqual([expect.stringContaining("Count for me.")]);

  await again.says(`word-${WORDS}`);
  await again.idle();
  expect(await again.status()).toBe("completed");
  expect(await again.reply()).toBe(numberedWords(WORDS));
  expect(await again.answer.innerText()).toMatch(
    /Interrupted at .* The app stopped unexpectedly\. It went on by itself\./i,
  );
  expect(await again.questions.count()).toBe(1);
  expect(server.requests).toHaveLength(2);
  expect(browser.problems).toEqual([]);
});

test("[S1] [R6] a browser killed as soon as the message box has emptied brings the message back, and it is answered", async () => {
  // Slow enough for the kill to come first; which of the two requests comes before it makes no difference.
  server.always(answer({ text: "Here I am.", headersAfterMs: 2000 }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Are you there?");
  await holdfast.page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.value === "",
  );
  await browser.kill();

  await browser.relaunch();
  const again = await openHoldfast(browser, app.url);
  await again.sessions.click();
  await again.questions.waitFor();
  expect(await again.questions.allInnerTexts()).toEqual([expect.stringContaining("Are you there?")]);
  await again.says("Here I am.");
  await again.idle();
  expect(await again.status()).toBe("completed");
  expect(await again.questions.count()).toBe(1);
  expect(await again.composer.inputValue()).toBe("");
  expect(browser.problems).toEqual([]);
});
