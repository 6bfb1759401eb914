import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";

import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

const QUESTION = "days from 2026-01-01 to 2026-03-01";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage({ reducedMotion: "reduce" });
  ({ app, browser } = stage);
  return stage.close;
});

async function askOnce(): Promise<HoldfastPage> {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send(QUESTION);
  await holdfast.says("59");
  await holdfast.idle();
  return holdfast;
}

/** Overwrites fields of every record of a store, past the app. */
async function spoil(page: Page, store: string, fields: object): Promise<void> {
  await page.evaluate(
    ({ store: name, fields: junk }) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open("holdfast");
        request.addEventListener("error", () => reject(request.error));
        request.addEventListener("success", () => {
          const tx = request.result.transaction(name, "readwrite");
          const all = tx.objectStore(name).getAll();
          all.addEventListener("success", () => {
            for (const record of all.result) tx.objectStore(name).put({ ...record, ...junk });
          });
          tx.addEventListener("complete", () => {
            request.result.close();
            resolve();
          });
        });
      }),
    { store, fields },
  );
}

/** The tab dies without a word, as one does that runs out of memory. */
async function crash(page: Page): Promise<void> {
  const session = await browser.context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined); // nobody is left to answer
  await crashed;
}

/** What is wrong with the page as it is, in both themes, wide and at 320 px. */
async function lookAt(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition));
      found.push(...(await violationsOn(page)).map((violation) => `${width}, ${colorScheme}: ${violation}`));
      const folder = process.env["SHOTS"];
      if (folder !== undefined) {
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) found.push(`${wide} px wide in a window of ${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}

const plainText = (page: Page) => page.getByRole("region", { name: "The session as plain text" }).locator("pre");

const safeHeading = (page: Page) => page.getByRole("heading", { name: "Safe mode" });

test("[R7] a session whose record is corrupt shows what can be read of it, repairs in safe mode, and opens again with everything", async () => {
  const holdfast = await askOnce();
  const { page } = holdfast;
  const address = page.url();
  await spoil(page, "sessions", { nextSeq: "not a number" });
  await page.goto("about:blank");
  await page.goto(address);
  await page.getByText("This session could not be opened.").waitFor();
  await plainText(page).getByText(QUESTION).waitFor();
  expect(await page.getByTestId("saved").innerText()).toBe("");
  expect(await holdfast.composer.getAttribute("placeholder")).toBe("Nothing can be sent here now");
  expect(await lookAt(page, "session-gone")).toEqual([]);

  await page.getByRole("link", { name: "Repair in safe mode" }).click();
  await safeHeading(page).waitFor();
  await plainText(page).getByText(QUESTION).waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the raw records" }).click();
  const raw = await readFile(await (await saved).path(), "utf8");
  expect(JSON.parse(raw)).toMatchObject({ records: { sessions: [{ nextSeq: "not a number" }] } });

  await page.getByRole("button", { name: "Repair", exact: true }).click();
  await page.getByText("Repaired. The list has 1 session.").waitFor();
  await page.getByRole("button", { name: "Try normally again" }).click();
  await holdfast.says("59");
  await holdfast.ready();
  expect(page.url()).toBe(address);
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining(QUESTION)]);
});

test("[R7] after two starts in which the app did not get ready the third opens in safe mode, and a good start ends that", async () => {
  // Without the agent's script no start gets ready.
  let isBroken = true;
  await browser.context.route(/assets\/worker-/, (route) => (isBroken ? route.abort() : route.continue()));
  for (let n = 0; n < 2; n++) {
    const page = await browser.open(`${app.url}#/new`);
    await page.getByTestId("composer").waitFor();
    // A start this young may be another tab's that goes on right now: this one is made older.
    await page.evaluate(() => {
      const note = localStorage.getItem("holdfast:starts") ?? "";
      localStorage.setItem(
        "holdfast:starts",
        note.replace(/\d+$/, (at) => String(Number(at) - 60_000)),
      );
    });
    await crash(page);
  }
  const safe = await browser.open(app.url);
  await safeHeading(safe).waitFor();
  expect(await safe.getByText("did not get ready twice in a row").count()).toBe(1);
  isBroken = false;
  await safe.getByRole("button", { name: "Try normally again" }).click();
  await safe.waitForFunction(() => document.querySelector("#composer:enabled") !== null);
  await expect.poll(() => safe.evaluate(() => localStorage.getItem("holdfast:starts"))).toBe("0 0");
  await safe.reload();
  await safe.waitForFunction(() => document.querySelector("#composer:enabled") !== null);
});

test("safe mode breaks no rule of accessibility in both themes, wide and at 320 px, and leads to the rescue page by keyboard", async () => {
  const holdfast = await askOnce();
  const { hash } = new URL(holdfast.page.url());
  const page = await browser.open(`${app.url}?safe${hash}`);
  await plainText(page).getByText(QUESTION).waitFor();
  expect(await lookAt(page, "safe")).toEqual([]);
  await page.getByRole("link", { name: "A page that does not need the app" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save everything" }).waitFor();
  expect(browser.problems).toEqual([]);
});

test("[R7] where no script of the app can be loaded the page says so and leads to the rescue page", async () => {
  await browser.context.route(/assets\/.*\.js/, (route) => route.abort());
  const page = await browser.open(app.url);
  await page.getByText("Holdfast is taking long to start.").waitFor({ timeout: 20_000 });
  await page.getByRole("link", { name: "save everything as a file" }).click();
  await page.getByRole("button", { name: "Save everything" }).waitFor();
  expect(page.url()).toBe(`${app.url}rescue.html`);
});
