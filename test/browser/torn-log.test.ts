import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { readSecondCopy } from "#test/helpers/lost-database.ts";
import { isCanaryAlive, tearLog, writeCanary } from "#test/kill-campaign/torn-log.ts";
import { openStage } from "#test/helpers/stage.ts";

/** A page of the origin in which the app does not run. */
const WITHOUT_APP = "rescue.html";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

/** A session with one answer, in the second copy too; then the browser is killed and its log torn. */
async function answerAndTear(): Promise<string> {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("12 * 12");
  await holdfast.says("144");
  await holdfast.idle();
  const address = holdfast.page.url();
  await writeCanary(holdfast.page);
  await expect.poll(() => readSecondCopy(holdfast.page), { timeout: 20_000 }).toMatch(/"completed"[^]*12 \* 12/);
  await browser.kill();
  tearLog(browser.profile, app.url);
  await browser.relaunch();
  return address;
}

async function hasAnswer(holdfast: HoldfastPage): Promise<void> {
  await holdfast.says("144");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("12 * 12")]);
  expect(await holdfast.sessions.count()).toBe(1);
}

test("[R6] [W9] a kill that tore the log of the browser's database costs nothing: the next start begins a new log before the browser can find the tear and delete everything", async () => {
  const address = await answerAndTear();
  const second = await openHoldfast(browser, address);
  await hasAnswer(second);
  await second.send("13 * 13");
  await second.says("169");
  await second.idle();
  await browser.kill();

  await browser.relaunch();
  const third = await openHoldfast(browser, address);
  await third.says("169");
  expect(await isCanaryAlive(third.page)).toBe(true);
  expect(await third.questions.count()).toBe(2);
  expect(browser.problems).toEqual([]);
});

test("[R7] [R6] a torn log that was written on makes Chromium delete every database of the app, and everything that had settled comes back from the second copy", async () => {
  const address = await answerAndTear();
  // Another page of the origin writes first: the app is not there to begin a new log.
  const other = await browser.open(app.url + WITHOUT_APP);
  await writeCanary(other);
  await browser.kill();

  await browser.relaunch();
  const third = await openHoldfast(browser, address);
  await third.page.getByText("The browser had lost this app’s database.").waitFor();
  await hasAnswer(third);
  expect(await isCanaryAlive(third.page)).toBe(false);
  await third.send("13 * 13");
  await third.says("169");
  await third.idle();
  await browser.kill();

  await browser.relaunch();
  const fourth = await openHoldfast(browser, address);
  await fourth.says("169");
  expect(await fourth.questions.count()).toBe(2);
  expect(browser.problems).toEqual([]);
});
