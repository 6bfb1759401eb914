/** `npm run bench`: runs test/bench/*.bench.ts, each in turn, and prints what they measured. An argument picks by file name. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const folder = fileURLToPath(new URL("../test/bench/", import.meta.url));

/**
 * @param {string[]} args parts of file names; none for all
 * @returns {Promise<number>} 1 when a budget is exceeded or a bench fails
 */
export async function main(args) {
  const files = readdirSync(folder).filter((file) => file.endsWith(".bench.ts"));
  const chosen = files.filter((file) => args.length === 0 || args.some((part) => file.includes(part)));
  if (chosen.length === 0) throw new Error(`No bench is named ${args.join(" or ")}.`);
  let exitCode = 0;
  for (const file of chosen) {
    /** @type {{ module: import("#test/bench/bench.ts").Bench }} */
    const { module: bench } = await runnerImport(folder + file);
    console.log(`\n${bench.name}`);
    try {
      const { lines, exceeded } = await bench.run();
      for (const line of lines) console.log(`  ${line}`);
      for (const line of exceeded) console.log(`  OVER BUDGET: ${line}`);
      if (exceeded.length > 0) exitCode = 1;
    } catch (error) {
      console.error(error);
      exitCode = 1;
    }
  }
  return exitCode;
}
