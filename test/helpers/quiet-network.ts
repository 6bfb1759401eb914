import type { Page } from "playwright-core";

const QUIET_MS = 500;

/**
 * Resolves when the page has asked for nothing more for half a second. Playwright's own "networkidle" never comes where the
 * agent runs in a shared worker: of the request for that worker's script no end is told.
 */
export async function networkIsQuiet(page: Page): Promise<void> {
  await page.waitForFunction(async (quietMs) => {
    const count = () => performance.getEntriesByType("resource").length;
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    return count() === before;
  }, QUIET_MS);
}
