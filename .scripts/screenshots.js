/**
 * `npm run screenshots`: takes the pictures of the README and of the manifest from the built app, in the browser that the
 * tests use. Nothing in them is drawn by hand: the sentences are sent to the built-in agent.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { buildForUse } from "./build.js";
import { findBrowser } from "./find-browser.js";
import { startServer } from "./static-server.js";

const folder = fileURLToPath(new URL("../public/screenshots/", import.meta.url));

/** Sizes in CSS pixels; a manifest wants each form factor in one size. */
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const PICTURES = [
  { name: "desktop-light", viewport: DESKTOP, colorScheme: /** @type {const} */ ("light"), isPhone: false },
  { name: "desktop-dark", viewport: DESKTOP, colorScheme: /** @type {const} */ ("dark"), isPhone: false },
  { name: "phone-light", viewport: PHONE, colorScheme: /** @type {const} */ ("light"), isPhone: true },
  { name: "phone-dark", viewport: PHONE, colorScheme: /** @type {const} */ ("dark"), isPhone: true },
];

/** An earlier session, so that the list is not empty, and the one that is shown. */
const EARLIER = "what time is it in Tokyo";
const SHOWN = [
  "make a packing list in notes.md with tent, stove, map, then count its lines",
  "how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C",
];

export async function main() {
  mkdirSync(folder, { recursive: true });
  const server = await startServer({ root: await buildForUse() });
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: ["--no-sandbox"] });
  try {
    for (const picture of PICTURES) await take(browser, server.url, picture);
  } finally {
    await browser.close();
    await server.close();
  }
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {(typeof PICTURES)[number]} picture
 */
async function take(browser, url, { name, viewport, colorScheme, isPhone }) {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    isMobile: isPhone,
    hasTouch: isPhone,
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(url);
  await send(page, EARLIER);
  await page.evaluate(() => (location.hash = "#/new"));
  for (const text of SHOWN) await send(page, text);
  const notice = page.getByRole("button", { name: "Dismiss" });
  if (await notice.isVisible()) await notice.click();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(`public/screenshots/${name}.png ${viewport.width}×${viewport.height}`);
  await context.close();
}

/**
 * Sends a message, allows what it asks for, and waits until its answer is complete.
 * @param {import("playwright-core").Page} page
 * @param {string} text
 */
async function send(page, text) {
  const composer = page.getByTestId("composer");
  await page.waitForFunction(() => document.querySelector("[data-testid=composer]:not([disabled])") !== null);
  const answers = page.locator('[data-testid=message][data-role="assistant"][data-state="completed"]');
  const before = await answers.count();
  await composer.fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  const allow = page.getByRole("button", { name: "Allow once" });
  const finished = answers.nth(before);
  await allow.or(finished).first().waitFor();
  if (await allow.isVisible()) await allow.click();
  await finished.waitFor();
}
