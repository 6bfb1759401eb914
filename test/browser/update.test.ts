import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import { nextVersion, type ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser, server } = stage);
  return stage.close;
});

const versionOf = (page: Page) => page.evaluate(() => document.documentElement.dataset["version"]);

const restartIn = (page: Page) => page.getByRole("button", { name: "Restart" });

/** Puts a new version on the server and lets the page hear of it, as an hour later it would by itself. */
async function publishNext(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  app.root = nextVersion(app.root);
  await app.restart();
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
}

test("[P4] a new version waits for the run of another tab, then for the person, and keeps what was typed", async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  server.always(async (exchange) => {
    await held;
    await answer({ text: "Counted." })(exchange);
  });
  const runner = await openHoldfast(browser, app.url);
  await runner.connect(server.baseUrl);
  const other = await openHoldfast(browser, app.url);
  await runner.send("Count for me.");
  await server.waitForRequest(1);
  await publishNext(runner.page);
  const restart = restartIn(other.page);
  await restart.waitFor();
  await other.page.getByText("It can be installed after this reply.").waitFor();
  expect(await restart.getAttribute("aria-disabled")).toBe("true");
  goOn();
  await runner.idle();
  expect(await runner.status()).toBe("completed");
  await other.composer.fill("half a thought");
  await other.page.waitForFunction(() => document.querySelector("button[aria-disabled=true]") === null, undefined, {
    timeout: 20_000,
  });
  expect(await versionOf(other.page)).toBeUndefined();
  await restart.click();
  await other.page.waitForFunction(() => document.documentElement.dataset["version"] === "next");
  await other.ready();
  await other.page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.value === "half a thought",
  );
  // The tab that was left behind still works, and needs no more than a reload.
  expect(await versionOf(runner.page)).toBeUndefined();
  await restartIn(runner.page).click();
  await runner.page.waitForFunction(() => document.documentElement.dataset["version"] === "next");
  await runner.says("Counted.");
  expect(browser.problems).toEqual([]);
});
