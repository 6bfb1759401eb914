import { buildForTests } from "#scripts/build.js";
import { findBrowser } from "#scripts/find-browser.js";
import { BUILT_APP_VARIABLE } from "./built-app.ts";

/** Runs once before the browser tests: what takes time and may fail (a build, a browser) fails here, in one sentence. */
export default async function setup(): Promise<void> {
  await findBrowser();
  process.env[BUILT_APP_VARIABLE] = await buildForTests();
}
