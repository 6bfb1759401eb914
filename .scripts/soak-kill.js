/** `npm run soak:kill`: kills the browser, its tabs and the agent at random moments and tells what was lost. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const campaign = fileURLToPath(new URL("../test/kill-campaign/soak.ts", import.meta.url));

/**
 * @param {string[]} args see test/kill-campaign/soak.ts
 * @returns {Promise<number>} 1 when anything was lost
 */
export async function main(args) {
  /** @type {{ module: typeof import("#test/kill-campaign/soak.ts") }} */
  const { module: soak } = await runnerImport(campaign);
  return soak.soak(args);
}
