/** `npm run icons`: draws the PNG icons from the SVG ones, in the browser that the tests use. Run it after a change of either. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { findBrowser } from "./find-browser.js";

const folder = fileURLToPath(new URL("../public/icons/", import.meta.url));

/** The touch icon is drawn without a transparent corner: iOS would fill it with black. */
const ICONS = [
  { from: "icon.svg", to: "icon-192.png", size: 192 },
  { from: "icon.svg", to: "icon-512.png", size: 512 },
  { from: "icon-maskable.svg", to: "icon-maskable-512.png", size: 512 },
  { from: "icon-maskable.svg", to: "apple-touch-icon.png", size: 180 },
];

export async function main() {
  const browser = await chromium.launch({ executablePath: await findBrowser() });
  try {
    for (const { from, to, size } of ICONS) {
      const page = await browser.newPage({ viewport: { width: size, height: size } });
      const image = `data:image/svg+xml;base64,${readFileSync(folder + from).toString("base64")}`;
      await page.setContent(`<style>body{margin:0}img{display:block}</style><img src="${image}" width="${size}">`);
      await page.screenshot({ path: folder + to, omitBackground: true });
      await page.close();
      console.log(`public/icons/${to} ${size}×${size}`);
    }
  } finally {
    await browser.close();
  }
}
