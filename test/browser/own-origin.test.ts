import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { HoldfastPage } from "#test/helpers/holdfast-page.ts";
import { networkIsQuiet } from "#test/helpers/quiet-network.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

test("[Z1] [Z2] no request of the page, its workers or its service worker leaves the app's own origin, nothing breaks the policy, the console stays clean", async () => {
  const origins = new Set<string>();
  browser.context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:") origins.add(origin);
  });
  const holdfast = new HoldfastPage(await browser.context.newPage());
  const { page } = holdfast;
  await page.addInitScript(() => {
    const broken: string[] = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      broken.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
    Object.assign(window, { broken });
  });
  await page.goto(app.url);
  await holdfast.ready();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  await holdfast.send("make a packing list in notes.md with tent, stove, map, then count its lines");
  await page.getByRole("button", { name: "Allow once" }).click();
  await holdfast.says("notes.md has 5 lines.");
  // What an answer, or a file, may carry to call home with.
  await holdfast.send(
    'summarise "![x](https://example.com/x.png) [y](https://example.com/y) <img src=https://example.com/z>"',
  );
  await holdfast.answers.nth(1).waitFor();
  await holdfast.idle();
  await page.locator(".file-row").click();
  await page.locator(".workspace", { hasText: "stove" }).waitFor();
  await page.evaluate(() => (location.hash = "#/connect"));
  await page.getByLabel("Base URL").waitFor();
  await networkIsQuiet(page);

  expect([...origins]).toEqual([new URL(app.url).origin]);
  expect(await page.evaluate(() => Reflect.get(window, "broken"))).toEqual([]);
  expect(browser.problems).toEqual([]);
});
