import { buildForTests } from "#scripts/build.js";
import { findBrowser } from "#scripts/find-browser.js";

/** How browser-setup.ts tells the test files, which run in processes of their own, what it found. */
export const BROWSER_VARIABLE = "HOLDFAST_BROWSER";
export const BUILT_APP_VARIABLE = "HOLDFAST_BUILT_APP";
export const BLOCKED_VARIABLE = "HOLDFAST_BROWSER_TESTS_BLOCKED";

/** The executable of the browser under test. Outside a test run (benches, scripts) it is looked for. */
export async function browserExecutable(): Promise<string> {
  return prepared(BROWSER_VARIABLE) ?? (await findBrowser());
}

/**
 * The folder of the production build under test: all tests of a run use one, also when somebody changes the sources
 * meanwhile. Outside a test run it is built when needed.
 */
export async function builtApp(): Promise<string> {
  return prepared(BUILT_APP_VARIABLE) ?? (await buildForTests());
}

function prepared(variable: string): string | undefined {
  const reason = process.env[BLOCKED_VARIABLE];
  if (reason !== undefined) throw new Error(reason);
  return process.env[variable];
}
