import type { CDPSession, Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { openStage } from "#test/helpers/stage.ts";

const LIMIT_MS = 240_000;
/** Chromium looks at the quota anew after half a minute (measured: 27 s): the answer is still under way then. */
const NOTICED_MS = 60_000;
const SECONDS = 45;
const WORDS = 2_000;
const LAST_WORD = `word-${WORDS}`;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;
let holdfast: HoldfastPage;
let cdp: CDPSession;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser, server } = stage);
  holdfast = await openHoldfast(browser, app.url);
  cdp = await browser.context.newCDPSession(holdfast.page);
  return stage.close;
});

/** What the browser allows from now on; null: as ever. */
async function allow(quotaSize: number | null): Promise<void> {
  const origin = new URL(app.url).origin;
  await cdp.send("Storage.overrideQuotaForOrigin", quotaSize === null ? { origin } : { origin, quotaSize });
}

/** Resolves when IndexedDB has noticed that the disk is full: small writes beside the app's are refused. */
async function untilNoticed(page: Page): Promise<void> {
  const write = () =>
    page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const opening = indexedDB.open("beside the app", 1);
          opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("s"));
          opening.addEventListener("error", () => resolve("not opened"));
          opening.addEventListener("success", () => {
            const tx = opening.result.transaction("s", "readwrite");
            tx.objectStore("s").put("x".repeat(1_000), 1);
            tx.addEventListener("complete", () => resolve("stored"));
            tx.addEventListener("abort", () => resolve(tx.error?.name ?? "aborted"));
            opening.result.close();
          });
        }),
    );
  await expect.poll(write, { timeout: NOTICED_MS, interval: 500 }).toBe("QuotaExceededError");
}

/** Everything in a store of the app's database, as text. */
function stored(page: Page, store: string): Promise<string> {
  return page.evaluate(
    (name) =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open("holdfast");
        opening.addEventListener("success", () => {
          const all = opening.result.transaction(name).objectStore(name).getAll();
          all.addEventListener("success", () => resolve(JSON.stringify(all.result)));
          opening.result.close();
        });
      }),
    store,
  );
}

function attach(page: Page, bytes: number): Promise<void> {
  const photo = { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(bytes, 7) };
  return page.locator("#file-picker").setInputFiles(photo);
}

function usage(page: Page): Promise<number> {
  return page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
}

function hasReserve(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    return root.getFileHandle("reserve").then(
      async (file) => (await file.getFile()).size > 1_000_000,
      () => false,
    );
  });
}

test(
  "[W9] when the disk fills up in the middle of an answer the reserve is given back: the whole answer is on the disk, and the person is told calmly",
  async () => {
    const { page } = holdfast;
    await expect.poll(() => hasReserve(page), { timeout: 15_000 }).toBe(true);
    const text = numberedWords(WORDS);
    server.always(answer({ text, charactersPerSecond: text.length / SECONDS }));
    await holdfast.connect(server.baseUrl);
    await holdfast.send("Count.");
    await holdfast.says("word-50 ");
    await allow(await usage(page));
    await untilNoticed(page);
    await holdfast.says(LAST_WORD);
    await holdfast.idle();
    await page.locator(".banner", { hasText: "There is hardly any space left." }).waitFor();
    expect(await hasReserve(page)).toBe(false);

    await attach(page, 500_000);
    await page.getByText("kept for your messages").first().waitFor();
    server.always(answer({ text: "Still here." }));
    await holdfast.send("And now?");
    await holdfast.says("Still here.");
    await holdfast.idle();

    await holdfast.reload();
    await holdfast.says("Still here.");
    await page.getByText(LAST_WORD).first().waitFor();
    expect(await holdfast.status()).toBe("completed");
    await allow(null);
    await expect.poll(() => hasReserve(page), { timeout: 60_000 }).toBe(true);
  },
  LIMIT_MS,
);

test(
  "[W9] [S4] with nothing left at all the person reads, types and exports; with space again everything is saved without being asked",
  async () => {
    const { page } = holdfast;
    const text = numberedWords(WORDS);
    server.always(answer({ text, charactersPerSecond: text.length / SECONDS }));
    await holdfast.connect(server.baseUrl);
    await holdfast.send("Count.");
    await holdfast.says("word-50 ");
    await allow(1);
    await untilNoticed(page);
    await holdfast.says(LAST_WORD);
    await page.locator(".banner", { hasText: "There is no space left to save." }).waitFor();

    await holdfast.composer.fill("What I type while the disk is full.");
    await page.evaluate(() => (location.hash = "#/settings/storage"));
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: /^Export “/ }).click();
    const saved = await (await download).createReadStream();
    let exported = "";
    for await (const chunk of saved) exported += String(chunk);
    expect(exported).toContain(LAST_WORD);
    await page.goBack();
    await holdfast.says(LAST_WORD);

    await allow(null);
    await page
      .locator(".banner", { hasText: "There is no space left to save." })
      .waitFor({ state: "detached", timeout: 15_000 });
    await expect.poll(() => stored(page, "drafts"), { timeout: 15_000 }).toContain("while the disk is full");
    await expect.poll(() => stored(page, "turns"), { timeout: 15_000 }).toContain(LAST_WORD);
    await browser.kill();
    await browser.relaunch();
    holdfast = await openHoldfast(browser, app.url);
    await holdfast.sessions.first().click();
    await holdfast.says(LAST_WORD);
    expect(await holdfast.status()).toBe("completed");
    expect(await holdfast.composer.inputValue()).toBe("What I type while the disk is full.");
  },
  LIMIT_MS,
);
