import { beforeEach, expect, test } from "vitest";

import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;
let holdfast: HoldfastPage;

beforeEach(async () => {
  const stage = await openStage({ reducedMotion: "reduce" });
  ({ app, browser, server } = stage);
  holdfast = await openHoldfast(browser, app.url);
  return stage.close;
});

async function shoot(name: string): Promise<void> {
  const folder = process.env["SHOTS"];
  if (folder !== undefined) await holdfast.page.screenshot({ path: `${folder}/${name}.png` });
}

/** What is wrong with the page as it is, in both themes, wide and at 320 px. */
async function lookAt(name: string): Promise<string[]> {
  const { page } = holdfast;
  const found: string[] = [];
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
    [320, 568],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
      found.push(...(await violationsOn(page)).map((violation) => `${name}, ${width}, ${colorScheme}: ${violation}`));
      await shoot(`${name}-${width}-${colorScheme}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) found.push(`${name}: ${wide} px wide in a window of ${width} px`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  return found;
}

const databases = () => holdfast.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

test("[R6] [R4] the test of durability kills a real worker in mid-answer, finds every word again and leaves nothing behind", async () => {
  const { page } = holdfast;
  await page.evaluate(() => (location.hash = "#/settings/durability"));
  await page.getByRole("button", { name: "Test durability now" }).click();
  await page.getByText(/^(Passed|Failed):/).waitFor({ timeout: 60_000 });
  const steps = await page.locator(".durability-steps li").allInnerTexts();
  expect(steps.join("\n")).not.toContain("Failed");
  expect(await page.locator(".durability-result").innerText()).toMatch(/^Passed:/);
  expect(steps).toHaveLength(8);
  expect(steps[4]).toMatch(/It found \d+ of the 1\d\d words that had arrived\./);
  expect(steps[6]).toMatch(/all 200, in order, none twice\. \d+\.\d\d s/);
  expect(await databases()).toEqual(["holdfast"]);
  await page.setViewportSize({ width: 320, height: 1400 });
  await page.locator(".durability-test").scrollIntoViewIfNeeded();
  await shoot("durability-steps");
  expect(await lookAt("durability-passed")).toEqual([]);
  expect(browser.problems).toEqual([]);
});

test("[R4] the test of durability fails, and says at which step, where the worker does not die and nobody can take over", async () => {
  const { page } = holdfast;
  await page.evaluate(() => {
    Worker.prototype.terminate = () => undefined;
    location.hash = "#/settings/durability";
  });
  await page.getByRole("button", { name: "Test durability now" }).click();
  await page.getByText(/^(Passed|Failed):/).waitFor({ timeout: 60_000 });
  const steps = await page.locator(".durability-steps li").allInnerTexts();
  expect(await page.locator(".durability-result").innerText()).toMatch(/^Failed:/);
  expect(steps[4]).toMatch(/^Failed\. What was saved did not come back\./);
  expect(await databases()).toEqual(["holdfast"]);
  await page.getByRole("button", { name: "Back to the session" }).click();
  await holdfast.send("12 * 12");
  await holdfast.says("144");
});

test("[R4] the page of durability tells where the agent runs, of the second copy, and of an interruption with its cause", async () => {
  const { page } = holdfast;
  await holdfast.connect(server.baseUrl);
  server.always(longAnswer({ words: 4000, seconds: 600, continuation: "continue" }));
  await holdfast.send("Count for me.");
  await holdfast.says("word-20 ");
  await browser.kill();
  await browser.relaunch();
  holdfast = await openHoldfast(browser, `${app.url}#/new`);
  await holdfast.page
    .getByText(/A run was interrupted|Saved up to/)
    .first()
    .waitFor();
  await holdfast.page.evaluate(() => (location.hash = "#/settings/durability"));
  const facts = holdfast.page.locator(".facts");
  await facts.getByRole("link", { name: "Count for me." }).waitFor();
  expect(await facts.innerText()).toMatch(
    /The app stopped unexpectedly\. Saved up to .*; up to a second may be missing\./,
  );
  expect(await facts.innerText()).toMatch(/In a worker (that all tabs share|of this tab)/);
  expect(await facts.innerText()).toMatch(/Second copy\s+(Up to|Nothing has been copied yet)/);
  expect(await lookAt("durability-facts")).toEqual([]);
  expect(page.isClosed()).toBe(true);
});

test("[W9] while an answer is written one line says that it is saved, and nothing moves when it comes", async () => {
  const { page } = holdfast;
  await holdfast.connect(server.baseUrl);
  server.always(longAnswer({ words: 4000, seconds: 600, continuation: "continue" }));
  const boxOf = async () => page.locator(".composer-box").boundingBox();
  const before = await boxOf();
  await holdfast.send("Count for me.");
  await holdfast.says("word-20 ");
  const line = page.getByTestId("saved");
  await expect.poll(() => line.innerText(), { timeout: 10_000 }).toMatch(/^Saved( \d+ s ago)?$/);
  const after = await boxOf();
  expect(after?.height).toBe(before?.height);
  expect(after?.width).toBe(before?.width);
  expect(await line.evaluate((element) => element.closest("[aria-live], [role=status], output"))).toBeNull();
  expect(await lookAt("saved-line")).toEqual([]);
  await page.getByRole("button", { name: "Stop" }).first().click();
  await holdfast.idle();
  expect(await line.innerText()).toBe("Saved");
});
