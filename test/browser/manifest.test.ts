import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { networkIsQuiet } from "#test/helpers/quiet-network.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

interface Manifest {
  readonly id: string;
  readonly start_url: string;
  readonly scope: string;
  readonly icons: readonly { src: string; sizes: string; purpose: string }[];
  readonly shortcuts: readonly { name: string; url: string }[];
}

test("the browser finds no reason against installing the app and no error in its manifest", async () => {
  const page = await browser.open(app.url);
  const session = await browser.context.newCDPSession(page);
  const { errors } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // Playwright's pages live in what the browser takes for a private window.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
});

test("what the manifest names is there, in the size that it says", async () => {
  const page = await browser.open(app.url);
  const manifest: Manifest = await (await fetch(`${app.url}manifest.webmanifest`)).json();
  expect(manifest).toMatchObject({ id: "./", start_url: "./", scope: "./" });
  expect(manifest.shortcuts.map(({ name }) => name)).toContain("New session");
  const purposes = new Set(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose}`));
  for (const wanted of ["192x192 any", "512x512 any", "512x512 maskable"]) expect(purposes).toContain(wanted);
  for (const { src, sizes } of manifest.icons.filter((icon) => icon.sizes !== "any")) {
    const size = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    expect(size).toBe(sizes);
  }
});

test("loading the app breaks no rule of its own policy and logs no error", async () => {
  const page = await browser.open(app.url);
  await page.waitForFunction(() => (document.getElementById("app")?.childElementCount ?? 0) > 0);
  await networkIsQuiet(page);
  expect(browser.problems).toEqual([]);
});
