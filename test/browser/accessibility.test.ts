import { beforeEach, expect, test } from "vitest";
import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer, status } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { openStage } from "#test/helpers/stage.ts";

const WIDE = { width: 1440, height: 900 };
/** A phone of the smallest kind, and a desktop at 400 %. */
const NARROW = { width: 320, height: 568 };

/** Four looks at each of a few states: seconds on a free machine, minutes on a busy one. */
const LIMIT_MS = 240_000;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;
let holdfast: HoldfastPage;
let found: string[];

beforeEach(async () => {
  const stage = await openStage({ reducedMotion: "reduce" });
  ({ app, browser, server } = stage);
  holdfast = await openHoldfast(browser, app.url);
  found = [];
  return stage.close;
});

/** What is wrong with the page as it is, in both themes and at these sizes. `show` brings it back to its state at each. */
async function lookAt(name: string, show = async () => {}, sizes = [WIDE, NARROW]): Promise<void> {
  const { page } = holdfast;
  for (const size of sizes) {
    await page.setViewportSize(size);
    await show();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await coloursHaveSettled();
      const where = `${name}, ${colorScheme}, ${size.width} px`;
      found.push(...(await violationsOn(page)).map((violation) => `${where}: ${violation}`));
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > size.width) found.push(`${name}: ${width} px wide in a window of ${size.width} px`);
  }
  await page.setViewportSize(WIDE);
}

/** Between two themes the colours fade: in the middle of it no contrast is right. */
async function coloursHaveSettled(): Promise<void> {
  await holdfast.page.waitForFunction(
    () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
  );
}

const button = (name: string | RegExp) => holdfast.page.getByRole("button", { name }).first();

test(
  "no rule of accessibility is broken on the first visit, while a permission is asked, beside a tool's card, over an open file, a menu and a drawer",
  async () => {
    const { page } = holdfast;
    await lookAt("first visit");

    await holdfast.send("make a packing list in notes.md with tent, stove, map, then count its lines");
    await button("Allow once").waitFor();
    await lookAt("approval");

    await button("Allow once").click();
    await holdfast.says("notes.md has 5 lines.");
    await holdfast.idle();
    await lookAt("answer with cards");

    await page.locator(".file-row").click();
    await page.locator(".workspace", { hasText: "stove" }).waitFor();
    await lookAt("open file", undefined, [WIDE]);
    await button("Back to the files").click();

    await button(/^More actions for/).click();
    await page.getByRole("menuitem", { name: "Rename" }).waitFor();
    await lookAt("menu of a session", undefined, [WIDE]);
    await page.keyboard.press("Escape");

    const openDrawer = async () => {
      await page.getByRole("button", { name: "Sessions", exact: true }).click();
      await page.locator("dialog.drawer").waitFor();
    };
    await lookAt("drawer", openDrawer, [NARROW]);
    expect(found).toEqual([]);
    expect(browser.problems).toEqual([]);
  },
  LIMIT_MS,
);

test(
  "no rule of accessibility is broken while an answer streams, where one was interrupted, and where one failed",
  async () => {
    const { page } = holdfast;
    await holdfast.connect(server.baseUrl);
    server.reply(longAnswer({ words: 4000, seconds: 600, continuation: "continue" }));
    await holdfast.send("Count for me.");
    await holdfast.says("word-5 ");
    await lookAt("streaming");
    expect(await holdfast.status()).toBe("running");
    await button("Stop").click();
    await holdfast.says("You stopped this reply.");
    await lookAt("stopped");

    await page.evaluate(() => (location.hash = "#/settings/agent"));
    await page.getByRole("radio", { name: "Ask me" }).check();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.goBack();
    await holdfast.ready();
    server.reply(answer({ text: "Half of it", hasDone: false, finishReason: null, usage: null }));
    await holdfast.send("Once more.");
    await holdfast.says("The connection dropped.");
    await button("Keep as is").waitFor();
    await lookAt("interrupted");

    server.reply(status(401, { body: { error: { message: "Incorrect API key provided." } } }));
    await holdfast.send("And now?");
    await holdfast.says(/wants an API key/);
    await lookAt("failed");
    expect(found).toEqual([]);
  },
  LIMIT_MS,
);
