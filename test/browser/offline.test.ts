import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

const PACKING = "make a packing list in notes.md with tent, stove, map, then count its lines";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

/** One visit with one short session, until the service worker has every file. */
async function visitOnce(): Promise<void> {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("how many days are there between 2026-01-01 and 2026-03-01");
  await holdfast.says("59");
  await holdfast.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await holdfast.page.evaluate(async () => void (await navigator.serviceWorker.ready));
}

/** A browser that is started anew, with nothing in its memory, when the files' server is gone. */
async function openWithoutServer(): Promise<HoldfastPage> {
  await app.stop();
  await browser.relaunch();
  return openHoldfast(browser, app.url);
}

test("[P5] after one visit and without the files' server the app starts, lists, reads, and search finds a message and jumps to it", async () => {
  await visitOnce();
  const holdfast = await openWithoutServer();
  await holdfast.sessions.waitFor();
  expect(await holdfast.sessions.count()).toBe(1);
  await holdfast.sessions.click();
  await holdfast.says("59");
  const address = holdfast.page.url();

  await holdfast.page.evaluate(() => (location.hash = "#/new"));
  await holdfast.questions.first().waitFor({ state: "detached" });
  await holdfast.page.getByRole("searchbox", { name: "Search sessions" }).fill("2026-03-01");
  const found = holdfast.page.getByRole("region", { name: "Messages" }).getByRole("link");
  await found.waitFor();
  expect(await found.count()).toBe(1);
  await found.click();
  await holdfast.says("59");
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("2026-03-01")]);
  expect(holdfast.page.url().startsWith(address)).toBe(true);
  expect(browser.problems).toEqual([]);
});

test("[P5] [C6] without the files' server the built-in agent reckons, writes a file with approval and searches the sessions, with tools that no visit had used", async () => {
  await visitOnce();
  const holdfast = await openWithoutServer();
  await holdfast.send("how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C");
  await holdfast.says(/4 min/);
  await holdfast.idle();
  expect(await holdfast.answer.locator(".tool").count()).toBe(1);

  await holdfast.send(PACKING);
  await holdfast.page.getByRole("button", { name: "Allow once" }).click();
  // A heading, an empty line and three things.
  await holdfast.says("notes.md has 5 lines.");
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.page.getByRole("button", { name: "Allow once" }).count()).toBe(0);
  await holdfast.page.locator(".file-row", { hasText: "notes.md" }).click();
  await holdfast.page.locator(".workspace", { hasText: "stove" }).waitFor();

  await holdfast.send("search my sessions for 2026-03-01");
  await holdfast.says("1 place with “2026-03-01”");
  await holdfast.answer.locator(".prose").getByRole("link").click();
  await holdfast.says("59");
  expect(await holdfast.questions.count()).toBe(1);
  expect(browser.problems).toEqual([]);
});
