import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";

import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";

import { violationsOn } from "#test/helpers/axe.ts";
import type { TestBrowser } from "#test/helpers/browser.ts";
import { buildOf, type ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

const QUESTION = "days from 2026-01-01 to 2026-03-01";
const API_KEY = "sk-never-to-be-exported";
const PAGE_BUDGET_BYTES = 15_000;

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

interface Line {
  readonly store?: string;
  readonly value?: unknown;
  readonly unreadable?: string;
  readonly file?: string;
  readonly version?: number;
}

/** Presses the button and reads the file that the browser saved. */
async function rescue(page: Page): Promise<{ readonly text: string; readonly lines: readonly Line[] }> {
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save everything" }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/^holdfast-rescue-\d{4}-\d\d-\d\d\.jsonl$/);
  const text = await readFile(await download.path(), "utf8");
  const lines: Line[] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { text, lines };
}

const openRescue = () => browser.open(`${app.url}rescue.html`);

const rowOf = (page: Page, store: string) =>
  page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: store, exact: true }) });

/** A session with an answer, and a connection with a key. */
async function workAWhile(): Promise<void> {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send(QUESTION);
  await holdfast.says("59");
  await holdfast.idle();
  await holdfast.connect("https://models.example/v1", { apiKey: API_KEY });
  await holdfast.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await holdfast.page.close();
}

/** Runs in the page: a raw connection, as a newer version of the app or a fault would leave it. */
async function changeDatabase(page: Page, version: number | null, records: Record<string, object[]>): Promise<void> {
  await page.evaluate(
    ({ version: wanted, records: wantedRecords }) =>
      new Promise<void>((resolve, reject) => {
        const request = wanted === null ? indexedDB.open("holdfast") : indexedDB.open("holdfast", wanted);
        request.addEventListener("upgradeneeded", () => {
          for (const name of ["futureThings", "futureSecrets"]) {
            request.result.createObjectStore(name, { keyPath: "id" });
          }
        });
        request.addEventListener("error", () => reject(request.error));
        request.addEventListener("success", () => {
          const tx = request.result.transaction(Object.keys(wantedRecords), "readwrite");
          for (const [store, all] of Object.entries(wantedRecords)) {
            for (const record of all) tx.objectStore(store).put(record);
          }
          tx.addEventListener("complete", () => {
            request.result.close();
            resolve();
          });
        });
      }),
    { version, records },
  );
}

test("[R7] [Z1] offline and without the app the rescue page saves every store, note and file but no API key, and says how many", async () => {
  await workAWhile();
  await app.stop();
  await browser.relaunch();
  const page = await openRescue();
  await page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const file = await folder.getFileHandle("notes.txt", { create: true });
    const writer = await file.createWritable();
    await writer.write("held fast");
    await writer.close();
    localStorage.setItem("holdfast:outbox:t1", "words that were on their way");
  });
  const { text, lines } = await rescue(page);
  expect(text).toContain(QUESTION);
  expect(text).toContain("words that were on their way");
  expect(lines.find(({ file }) => file === "notes.txt")).toMatchObject({ $bytes: btoa("held fast") });
  expect(text).not.toContain(API_KEY);
  expect(lines.map(({ store }) => store)).not.toContain("secrets");
  expect(lines.map(({ store }) => store)).not.toContain("vault");
  const turns = lines.filter(({ store }) => store === "turns");
  expect(turns).toHaveLength(1);
  expect(await rowOf(page, "turns").innerText()).toMatch(/turns\s+1\s+0/);
  expect(await page.getByRole("status").innerText()).toMatch(
    /records are in the file \(.*\)\. Everything could be read\./,
  );
  expect(browser.problems).toEqual([]);
});

test("[W8] [Z1] a database of a newer version is read as it is and is not changed; stores that sound like keys stay closed", async () => {
  await workAWhile();
  const page = await openRescue();
  await changeDatabase(page, 99, {
    futureThings: [{ id: 1, n: "from tomorrow" }],
    futureSecrets: [{ id: 1, n: "hush" }],
  });
  const { text, lines } = await rescue(page);
  expect(text).toContain(QUESTION);
  expect(text).toContain("from tomorrow");
  expect(text).not.toContain("hush");
  expect(await page.getByRole("status").innerText()).toContain("Everything could be read.");
  expect(lines.find(({ version }) => version !== undefined)?.version).toBe(99);
  const versions = await page.evaluate(async () => (await indexedDB.databases()).map(({ version }) => version));
  expect(versions).toEqual([99]);
});

test("[R3] a record whose bytes are gone from the disk is named with its reason, and all the others are saved", async () => {
  await workAWhile();
  const page = await openRescue();
  // A large value lies in a file of its own beside the database: without that file it cannot be read.
  const bytes = randomBytes(300_000).toString("hex");
  await changeDatabase(page, null, { settings: [{ key: "a-large-one", value: bytes, revision: 1 }] });
  await browser.relaunch();
  removeBlobFiles(browser.profile);
  const again = await openRescue();
  const { text, lines } = await rescue(again);
  const lost = lines.filter(({ unreadable }) => unreadable !== undefined);
  expect(lost).toMatchObject([{ store: "settings", key: "a-large-one" }]);
  expect(text).toContain(QUESTION);
  expect(await rowOf(again, "settings").innerText()).toMatch(/settings\s+\d+\s+1/);
  expect(await again.getByRole("status").innerText()).toContain("1 could not be read.");
  expect(await again.locator("#lost").innerText()).toContain("a-large-one");
});

function removeBlobFiles(profile: string): void {
  const folder = path.join(profile, "Default", "IndexedDB");
  const blobs = readdirSync(folder).filter((name) => name.endsWith(".indexeddb.blob"));
  expect(blobs).toHaveLength(1);
  for (const name of blobs) rmSync(path.join(folder, name), { recursive: true });
}

test("where nothing is kept the rescue page says so, saves no file and makes no database", async () => {
  const page = await openRescue();
  await page.getByRole("button", { name: "Save everything" }).click();
  await page.getByText("Holdfast has kept nothing in this browser.").waitFor();
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  expect(browser.problems).toEqual([]);
});

test("the rescue page is small, works by keyboard, and breaks no rule of accessibility in both themes, wide and at 320 px", async () => {
  const ofPage = buildOf(app.root).files.filter(({ url }) => url.startsWith("rescue."));
  const sizes = await Promise.all(ofPage.map(async ({ url }) => (await stat(path.join(app.root, url))).size));
  expect(sizes).toHaveLength(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(PAGE_BUDGET_BYTES);
  await workAWhile();
  const page = await openRescue();
  await changeDatabase(page, null, { settings: [{ key: "bad", value: "x", revision: 1 }] });
  const saved = page.waitForEvent("download");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await saved;
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("save");
  await page.evaluate(() => {
    // What a loss looks like, beside the real report.
    for (const name of ["lost", "report"]) document.getElementById(name)?.removeAttribute("hidden");
    document
      .querySelector("#lost ul")
      ?.append(Object.assign(document.createElement("li"), { textContent: "x".repeat(90) }));
    document.getElementById("result")?.setAttribute("data-incomplete", "");
  });
  const found: string[] = [];
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 700 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violationsOn(page)));
      if (process.env["SHOTS"] !== undefined) {
        await page.screenshot({ path: `${process.env["SHOTS"]}/rescue-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  expect(found).toEqual([]);
});
