import { beforeEach, expect, test } from "vitest";
import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

const LIMIT_MS = 180_000;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 320, height: 568 },
];

let app: ServedApp;
let browser: TestBrowser;
let holdfast: HoldfastPage;

beforeEach(async () => {
  const stage = await openStage({ reducedMotion: "reduce" });
  ({ app, browser } = stage);
  holdfast = await openHoldfast(browser, app.url);
  return stage.close;
});

/** What is wrong with the page as it is, in both themes and at both sizes. */
async function faults(name: string): Promise<string[]> {
  const { page } = holdfast;
  const found: string[] = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction(
        () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
      );
      found.push(...(await violationsOn(page)).map((fault) => `${name}, ${colorScheme}, ${size.width} px: ${fault}`));
    }
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > size.width) found.push(`${name}: ${width} px wide in a window of ${size.width} px`);
  }
  return found;
}

test(
  "the storage settings tell what takes space and free it by keyboard alone, without a fault in either theme or at 320 px",
  async () => {
    const { page } = holdfast;
    await page.locator("#file-picker").setInputFiles({
      name: "a-photo-with-a-rather-long-name-that-has-to-break-somewhere.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.alloc(300_000, 7),
    });
    await page.getByRole("button", { name: /^Remove .*photo/ }).waitFor();
    await holdfast.send("2 + 2");
    await holdfast.idle();
    await page.evaluate(() => (location.hash = "#/settings/storage"));
    await page.getByRole("heading", { name: "Largest files" }).waitFor();
    const rows = page.getByRole("list", { name: "What takes space" });
    expect(await rows.innerText()).toMatch(/Workspace files\s+300 KB/);
    expect(await rows.innerText()).toMatch(/Holdfast itself, for use offline\s+\d/);
    expect(await faults("storage settings")).toEqual([]);

    const files = page.getByRole("list", { name: "Largest files" });
    await files.getByRole("button", { name: "Remove" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Remove the file?" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Keep");
    expect(await faults("question")).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await files.count()).toBe(1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Remove");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Remove the file?" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await files.waitFor({ state: "detached" });

    const sessions = page.getByRole("list", { name: "Largest sessions" });
    await sessions.getByRole("button", { name: "Delete" }).click();
    await page.getByText(/^1 deleted session, /).waitFor();
    await page.getByRole("button", { name: "Empty the trash" }).click();
    await page
      .getByRole("dialog", { name: "Empty the trash?" })
      .getByRole("button", { name: "Empty the trash" })
      .click();
    await page.getByText("The trash is empty.", { exact: false }).first().waitFor();
    await expect.poll(() => holdfast.sessions.count()).toBe(0);
    expect(browser.problems).toEqual([]);
  },
  LIMIT_MS,
);
