import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import { buildOf, copyOf, nextVersion, type ServedApp } from "#test/helpers/built-app.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

/** Opens the app and waits until its service worker has everything and answers for this page. */
async function openControlled(url = app.url): Promise<Page> {
  const page = await browser.open(url);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return page;
}

/** The page's own content, which only its scripts can have put there. */
const hasStarted = (page: Page) =>
  page.waitForFunction(() => (document.getElementById("app")?.childElementCount ?? 0) > 0);

const versionOf = (page: Page) => page.evaluate(() => document.documentElement.dataset["version"]);

const hasWaiting = (page: Page) => page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null);

/** Asks for the update as a later visit would, and waits until it is installed and waiting. */
async function waitForUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await expect.poll(() => hasWaiting(page), { timeout: 20_000 }).toBe(true);
}

/** What workbox-window's `messageSkipWaiting` does, and the wait for the new worker to answer. */
async function takeOver(page: Page): Promise<void> {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.postMessage({ type: "SKIP_WAITING" }));
  // The app may reload the page at any moment from here on, and a page that goes away cannot be asked.
  const isActive = () =>
    page
      .evaluate(async () => {
        const { waiting, active } = await navigator.serviceWorker.ready;
        return waiting === null && active?.state === "activated";
      })
      .catch(() => false);
  await expect.poll(isActive, { timeout: 20_000 }).toBe(true);
}

async function cacheNames(page: Page): Promise<string[]> {
  const names = await page.evaluate(() => caches.keys());
  return names.filter((name) => name.startsWith("holdfast files "));
}

test("after one visit the app starts with no host and a killed browser", async () => {
  await hasStarted(await openControlled());
  await browser.kill();
  await app.stop();
  await browser.relaunch();
  browser.problems.length = 0;
  const page = await browser.open(app.url);
  await hasStarted(page);
  expect(await page.title()).toContain("Holdfast");
  await page.reload();
  await hasStarted(page);
});

test("every file of the build is there offline, lazy chunks included", async () => {
  const page = await openControlled();
  await app.stop();
  const { files } = buildOf(app.root);
  expect(files.length).toBeGreaterThan(5);
  const missing = await page.evaluate(
    async (urls) => {
      const answers = await Promise.all(urls.map(async (url) => ({ url, isThere: (await fetch(url)).ok })));
      return answers.filter(({ isThere }) => !isThere);
    },
    files.map(({ url }) => url),
  );
  expect(missing).toEqual([]);
});

test("an update waits: reloads and new tabs stay with the old version", async () => {
  const page = await openControlled();
  app.root = nextVersion(app.root, { name: "second" });
  await app.restart();
  await waitForUpdate(page);
  await page.reload();
  expect(await versionOf(page)).toBeUndefined();
  expect(await versionOf(await browser.open(app.url))).toBeUndefined();
  expect(await hasWaiting(page)).toBe(true);
});

test("an update that is told to take over is there with the next load", async () => {
  const page = await openControlled();
  app.root = nextVersion(app.root, { name: "second" });
  await app.restart();
  await waitForUpdate(page);
  await takeOver(page);
  await page.reload();
  expect(await versionOf(page)).toBe("second");
});

test("a tab of the version before still loads its chunks after an update, also offline", async () => {
  const [chunk = ""] = buildOf(app.root)
    .files.map(({ url }) => url)
    .filter((url) => /^assets\/.*\.js$/.test(url));
  const page = await openControlled();
  app.root = nextVersion(app.root, { without: [chunk] });
  await app.restart();
  await waitForUpdate(page);
  await takeOver(page);
  // The browser's own cache would have the chunk too, for as long as it likes.
  const isThere = () => page.evaluate(async (url) => (await fetch(url, { cache: "no-store" })).ok, chunk);
  expect(await isThere()).toBe(true);
  await app.stop();
  expect(await isThere()).toBe(true);
});

test("two versions are kept and no more", async () => {
  const page = await openControlled();
  const first = await cacheNames(page);
  for (const name of ["second", "third"]) {
    app.root = nextVersion(app.root, { name });
    await app.restart();
    await waitForUpdate(page);
    await takeOver(page);
  }
  await expect.poll(() => cacheNames(page)).toHaveLength(2);
  expect(await cacheNames(page)).not.toContain(first[0]);
});

test("an update fetches only what changed", async () => {
  const page = await openControlled();
  app.root = nextVersion(app.root);
  await app.stop();
  const asked: string[] = [];
  const host = createServer((request, response) => {
    asked.push(request.url ?? "");
    readFile(path.join(app.root, request.url === "/" ? "index.html" : (request.url ?? "").replace(/\?.*/, ""))).then(
      (body) => response.setHeader("content-type", "text/javascript").end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => host.listen(Number(new URL(app.url).port), "127.0.0.1", resolve));
  try {
    await waitForUpdate(page);
  } finally {
    host.closeAllConnections();
    host.close();
  }
  expect(asked.map((url) => url.replace(/\?.*/, "")).sort()).toEqual(["/index.html", "/service-worker.js"]);
});

test("from a host that sends no headers the cache still gives the policy, to the worker's script too", async () => {
  await app.stop();
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
  const host = createServer((request, response) => {
    const file = request.url === "/" ? "/index.html" : (request.url ?? "").replace(/\?.*/, "");
    readFile(path.join(app.root, file)).then(
      (body) => response.setHeader("content-type", types[path.extname(file)] ?? "application/octet-stream").end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => host.listen(Number(new URL(app.url).port), "127.0.0.1", resolve));
  try {
    const page = await openControlled();
    const scripts = buildOf(app.root)
      .files.map(({ url }) => url)
      .filter((url) => url.endsWith(".js"));
    const policies = await page.evaluate(
      (urls) => Promise.all(urls.map(async (url) => (await fetch(url)).headers.get("content-security-policy"))),
      [...scripts, "index.html"],
    );
    const { securityHeaders } = buildOf(app.root);
    expect(new Set(policies)).toEqual(new Set([securityHeaders["content-security-policy"]]));
  } finally {
    host.closeAllConnections();
    host.close();
  }
});

test("the app works under any path, online and offline, and answers for nothing outside it", async () => {
  app.root = copyOf(app.root, "some/where");
  await app.restart();
  const page = await openControlled(`${app.url}some/where/`);
  await hasStarted(page);
  await app.stop();
  await page.goto(`${app.url}some/where/?from=elsewhere#/new`);
  await hasStarted(page);
  await expect(page.goto(app.url)).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
});
