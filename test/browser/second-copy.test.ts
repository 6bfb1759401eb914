import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { loseDatabases, readSecondCopy } from "#test/helpers/lost-database.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

test("[W9] [R7] after a kill that cost the whole database everything that had settled is back, and the app says so once", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("19 * 21");
  await holdfast.idle();
  await holdfast.send("2 + 2");
  await holdfast.idle();
  expect(await holdfast.reply()).toContain("4");
  const address = holdfast.page.url();
  const question = await holdfast.questions.first().innerText();
  await expect.poll(() => readSecondCopy(holdfast.page), { timeout: 20_000 }).toMatch(/"completed"[^]*2 \+ 2/);
  await browser.kill();
  expect(loseDatabases(browser.profile)).not.toEqual([]);

  await browser.relaunch();
  const again = await openHoldfast(browser, address);
  await again.page.getByText("The browser had lost this app’s database.").waitFor();
  expect(await again.sessions.count()).toBe(1);
  await again.questions.first().waitFor();
  expect(await again.questions.count()).toBe(2);
  expect(await again.questions.first().innerText()).toBe(question);
  expect(await again.status()).toBe("completed");
  expect(await again.answers.first().innerText()).toContain("399");
  await again.page.getByRole("button", { name: "Understood" }).click();
  await again.send("3 + 4");
  await again.idle();
  expect(await again.reply()).toContain("7");
  await again.reload();
  await again.questions.nth(2).waitFor();
  expect(await again.page.getByText("The browser had lost").count()).toBe(0);
  expect(browser.problems).toEqual([]);
});

test("[W9] after a kill in the middle of writing, the next start makes the browser begin a new log before it writes", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("19 * 21");
  await holdfast.idle();
  await expect.poll(() => readSecondCopy(holdfast.page), { timeout: 20_000 }).toContain('"completed"');
  await holdfast.send("count slowly from 1 to 5");
  const logs = () => databaseLogs(browser.profile);
  await browser.kill();
  const before = logs();

  await browser.relaunch();
  const again = await openHoldfast(browser, app.url);
  await again.send("2 + 2");
  await again.idle();
  await expect.poll(logs).not.toEqual(before);
  for (const name of before) expect(logs()).not.toContain(name);
  expect(browser.problems).toEqual([]);
});

/** Logs of the app's LevelDB: the newest writes lie in them. */
function databaseLogs(profile: string): string[] {
  return readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.parentPath.endsWith(".indexeddb.leveldb") && entry.name.endsWith(".log"))
    .map((entry) => path.join(path.basename(entry.parentPath), entry.name));
}
