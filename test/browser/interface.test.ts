import { afterEach, beforeEach, expect, test } from "vitest";

import { violationsOn } from "#test/helpers/axe.ts";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { serveApp, type ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer } from "#test/helpers/model-replies.ts";
import { type ModelServer, startModelServer } from "#test/helpers/model-server.ts";
import { networkIsQuiet } from "#test/helpers/quiet-network.ts";

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  [app, server] = await Promise.all([serveApp(), startModelServer()]);
  browser = await startBrowser({ reducedMotion: "reduce" });
});

afterEach(async () => {
  await browser.close();
  await Promise.all([app.stop(), server.close()]);
});

/** For what takes milliseconds on a machine that has nothing else to do. */
const SOON = { timeout: 10_000 };

/** Presses Enter as often as a key that bounces does: all in one task, before anything can be drawn. */
function enters(
  holdfast: HoldfastPage,
  presses: readonly { keyCode?: number; isComposing?: boolean }[],
): Promise<void> {
  return holdfast.composer.evaluate((box, events) => {
    for (const event of events) {
      const init = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true, ...event };
      box.dispatchEvent(new KeyboardEvent("keydown", init));
    }
  }, presses);
}

test("[S5] an Enter that bounces sends once, and the input method's Enter does not send", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.composer.fill("12 * 12");
  await enters(holdfast, [{ keyCode: 229 }, { isComposing: true }]);
  expect(await holdfast.composer.inputValue()).toBe("12 * 12");
  await enters(holdfast, [{}, {}, {}]);
  await holdfast.says("144");
  await holdfast.idle();
  expect(await holdfast.questions.count()).toBe(1);
  expect(await holdfast.page.locator(".queue").count()).toBe(0);
});

test("[D1] the last key before a reload is kept; another tab follows until somebody writes in it", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.composer.pressSequentially("half a thought");
  await holdfast.reload();
  await expect.poll(() => holdfast.composer.inputValue(), SOON).toBe("half a thought");
  expect(await holdfast.sessions.count()).toBe(1);
  const other = await openHoldfast(browser, holdfast.page.url());
  await expect.poll(() => other.composer.inputValue(), SOON).toBe("half a thought");
  await holdfast.composer.fill("a whole thought");
  await expect.poll(() => other.composer.inputValue(), SOON).toBe("a whole thought");
  await other.composer.press("End");
  await other.composer.pressSequentially("!");
  await holdfast.composer.fill("another thought");
  const third = await openHoldfast(browser, holdfast.page.url());
  await expect.poll(() => third.composer.inputValue(), SOON).toBe("another thought");
  expect(await other.composer.inputValue()).toBe("a whole thought!");
});

test("[C5] what is sent during a run waits in the queue, can be changed there, and waits on after a stop", async () => {
  server.reply(longAnswer({ words: 400, seconds: 60, continuation: "restart" }), answer({ text: "Second answer" }));
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.connect(server.baseUrl);
  await holdfast.send("first");
  await server.waitForRequest(1);
  await holdfast.send("second");
  await holdfast.send("third");
  await page.getByRole("button", { name: "Edit: second" }).click();
  await page.getByLabel("Waiting message").fill("second, better");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Delete: third" }).click();
  await page.getByRole("button", { name: "Edit: third" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "Send next" }).click();
  await holdfast.says("Second answer");
  const asked = (await holdfast.questions.locator(".user-text").allInnerTexts()).map((text) => text.trim());
  expect(asked).toEqual(["first", "second, better"]);
  expect(await page.locator(".queue").count()).toBe(0);
});

test("[I4] a deleted session is gone from the list at once and comes back whole by Undo", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.send("12 * 12");
  await holdfast.says("144");
  await holdfast.idle();
  await holdfast.sessions.first().focus();
  await page.keyboard.press("Delete");
  await holdfast.sessions.first().waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await holdfast.says("144");
  expect(await holdfast.sessions.count()).toBe(1);
});

test("a search finds words of a message in another session and leads to them", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.send("count the words of: marmalade and other preserves");
  await holdfast.idle();
  const address = page.url();
  await page.keyboard.press("Control+Shift+O");
  await page.waitForFunction(() => location.hash === "#/new");
  await page.keyboard.press("Control+Shift+F");
  await page.getByRole("searchbox").fill("preserves");
  await page.locator(".session-nav a", { hasText: "preserves" }).last().click();
  await holdfast.questions.filter({ hasText: "marmalade" }).waitFor();
  expect(page.url()).toContain(address.slice(address.indexOf("#")));
});

test("on a phone the drawer is closed by Back, and a session chosen in it is one step", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await page.setViewportSize({ width: 390, height: 844 });
  await holdfast.send("12 * 12");
  await holdfast.idle();
  const first = page.url();
  await page.keyboard.press("Control+Shift+O");
  await holdfast.send("15% of 80");
  await holdfast.idle();
  const second = page.url();
  const drawer = page.locator("dialog.drawer");
  await page.getByRole("button", { name: "Sessions", exact: true }).click();
  await drawer.waitFor();
  await page.goBack();
  await drawer.waitFor({ state: "detached" });
  expect(page.url()).toBe(second);
  await page.getByRole("button", { name: "Sessions", exact: true }).click();
  await holdfast.sessions.filter({ hasText: "12 * 12" }).click();
  await holdfast.says("144");
  expect(page.url()).toBe(first);
  await page.goBack();
  await holdfast.says("12");
  expect(page.url()).toBe(second);
});

test("every page passes axe in both themes, wide and at 320 px, and nothing sticks out", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.send("make a packing list in notes.md with tent, stove, map, then count its lines");
  await page.getByRole("button", { name: "Allow once" }).click();
  await holdfast.idle();
  const session = new URL(page.url()).hash;
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    for (const size of [
      { width: 1440, height: 900 },
      { width: 320, height: 568 },
    ]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      for (const fragment of ["#/new", session, "#/settings", "#/settings/storage", "#/connect"]) {
        await page.evaluate((next) => (location.hash = next), fragment);
        await page.locator("h1").waitFor();
        await networkIsQuiet(page);
        const where = `${fragment.slice(0, 12)} ${colorScheme} ${size.width}`;
        found.push(...(await violationsOn(page)).map((violation) => `${where}: ${violation}`));
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > size.width) found.push(`${where}: ${width} px wide`);
      }
    }
  }
  expect(found).toEqual([]);
  expect(browser.problems).toEqual([]);
});
