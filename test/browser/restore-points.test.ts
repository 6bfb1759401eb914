import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import { encodeFrames } from "#storage/mirror-frame.ts";
import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { readSecondCopy } from "#test/helpers/lost-database.ts";
import { openStage } from "#test/helpers/stage.ts";

const DAY_MS = 24 * 3_600_000;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 568 };

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage({ reducedMotion: "reduce" });
  ({ app, browser } = stage);
  return stage.close;
});

/** Puts into the second copy how the one session was yesterday: no test waits for a day to pass. */
async function addYesterday(page: Page, title: string): Promise<void> {
  const session = await page.evaluate(
    () =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const opening = indexedDB.open("holdfast");
        opening.addEventListener("success", () => {
          const asking = opening.result.transaction("sessions").objectStore("sessions").getAll();
          asking.addEventListener("success", () => {
            opening.result.close();
            resolve(asking.result[0]);
          });
          asking.addEventListener("error", () => reject(asking.error));
        });
      }),
  );
  const at = Date.now() - DAY_MS;
  const id = session["id"];
  const head = { store: "sessions", key: id, sessionId: id, revision: 0, at };
  const frames = encodeFrames([`${JSON.stringify(head)}\n${JSON.stringify({ ...session, title, revision: 0 })}`]);
  await page.evaluate(
    async ({ name, bytes }) => {
      const root = await navigator.storage.getDirectory();
      const log = await (await root.getDirectoryHandle("mirror")).getDirectoryHandle("log");
      const stream = await (await log.getFileHandle(name, { create: true })).createWritable();
      await stream.write(new Uint8Array(bytes));
      await stream.close();
    },
    { name: `0-${at}-yesterday`, bytes: [...frames] },
  );
}

test("[W7] by keyboard a session goes back to yesterday and forth again; axe finds nothing, wide and at 320 px", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  const { page } = holdfast;
  await holdfast.send("19 * 21");
  await holdfast.idle();
  await expect.poll(() => readSecondCopy(page), { timeout: 20_000 }).toContain('"completed"');
  const title = (await holdfast.sessions.first().innerText()).split("\n")[0] ?? "";
  await addYesterday(page, "How it was yesterday");

  await page.evaluate(() => {
    location.hash = "#/settings/restore-points";
  });
  const everything = page.getByRole("button", { name: /^Go back with everything to / });
  await everything.waitFor();
  const found: string[] = [];
  const lookAt = async (what: string) => {
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForFunction(
          () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
        );
        found.push(...(await violationsOn(page)).map((violation) => `${what}, ${size.width}: ${violation}`));
      }
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > size.width) found.push(`${what}: ${width} px wide in a window of ${size.width} px`);
    }
    await page.setViewportSize(WIDE);
  };
  await page.getByText("1 session was different").click();
  await lookAt("the list");
  await everything.focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await lookAt("the question");
  await page.getByRole("dialog").getByRole("button", { name: "Go back" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("1 session went back.").first().waitFor();
  await expect.poll(() => holdfast.sessions.first().innerText()).toContain("How it was yesterday");
  await lookAt("the notice");

  await page.getByRole("button", { name: /^Go back with everything to Before going back to / }).waitFor();
  const undo = page.getByRole("button", { name: "Undo" });
  await undo.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => holdfast.sessions.first().innerText()).toContain(title);
  expect(found).toEqual([]);
  expect(browser.problems).toEqual([]);
}, 240_000);
