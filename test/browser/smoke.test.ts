import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

test("on the first visit, with no key and no network, the built-in agent works out the kettle and shows how", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C");
  await holdfast.says(/4 min/);
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("2 kW")]);
  expect(browser.problems).toEqual([]);
});

test("[P2] the address names the session: another tab opens it, Back and Forward move between sessions", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send("12 * 12");
  await holdfast.idle();
  const address = holdfast.page.url();
  const other = await openHoldfast(browser, address);
  await other.says("144");
  await holdfast.page.evaluate(() => (location.hash = "#/new"));
  await holdfast.ready();
  await holdfast.send("15% of 80");
  await holdfast.says("12");
  expect(holdfast.page.url()).not.toBe(address);
  expect(await holdfast.sessions.count()).toBe(2);
  await holdfast.page.goBack();
  await holdfast.says("144");
  expect(holdfast.page.url()).toBe(address);
  await holdfast.page.goForward();
  await holdfast.says("12");
  expect(browser.problems).toEqual([]);
});

test("a link with words in it fills the message box and sends nothing", async () => {
  const holdfast = await openHoldfast(browser, `${app.url}#/try?text=${encodeURIComponent("5 mile to km & back")}`);
  expect(await holdfast.composer.inputValue()).toBe("5 mile to km & back");
  expect(await holdfast.questions.count()).toBe(0);
});

test("[R7] a page that cannot be drawn says so and gives the session as a file; the second time it opens as plain text", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.send("12 * 12");
  await holdfast.says("144");
  await holdfast.idle();
  // What the browser must have breaks under the interface, from the next start on.
  await page.addInitScript(() => {
    if (sessionStorage.getItem("broken") !== null) window.matchMedia = () => Reflect.get(window, "nothing").at(0);
  });
  await page.evaluate(() => sessionStorage.setItem("broken", ""));
  const seen = browser.problems.length;
  await page.reload();
  const save = page.getByRole("button", { name: "Save this session as a file" });
  await save.waitFor();
  const download = page.waitForEvent("download");
  await save.click();
  expect((await download).suggestedFilename()).toMatch(/\.md$/);
  const loaded = page.waitForEvent("load");
  await page.getByRole("button", { name: "Reload" }).click();
  await loaded;
  await save.waitFor();
  await page.reload();
  await page.getByText("144").waitFor();
  await page.evaluate(() => sessionStorage.removeItem("broken"));
  await page.getByRole("button", { name: "Try normally again" }).click();
  await holdfast.says("144");
  expect(seen).toBe(0);
});
