import { buildForTests } from "#scripts/build.js";
import { findBrowser } from "#scripts/find-browser.js";
import { BLOCKED_VARIABLE, BROWSER_VARIABLE, BUILT_APP_VARIABLE } from "./prepared.ts";

/**
 * Runs once before the browser tests: finds or fetches a browser and builds the app. When that fails, each browser test
 * fails with the reason; an error from here would end the whole run, the tests that need no browser included.
 */
export default async function setup(): Promise<void> {
  try {
    process.env[BROWSER_VARIABLE] = await findBrowser();
    process.env[BUILT_APP_VARIABLE] = await buildForTests();
  } catch (error) {
    process.env[BLOCKED_VARIABLE] = error instanceof Error ? error.message : String(error);
  }
}
