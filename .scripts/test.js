/**
 * `npm test`: every suite, in Node and in a real browser, and at the end one line over all of them: `N passed, N failed`.
 * Arguments go to Vitest: `npm test -- checkpointer`, `npm test -- --project unit`.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tallyFile = path.join(root, ".cache", `tally-${process.pid}.json`);

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function main(args) {
  const code = await runVitest(args);
  const tally = readTally();
  // A run that died, found nothing or failed outside any test is a failure too, and has to show in the last line.
  if (tally.failed === 0 && (code !== 0 || tally.passed === 0)) {
    console.log(tally.passed === 0 ? "No test ran." : `Vitest ended with code ${code} although no test failed.`);
    tally.failed = 1;
  }
  if (tally.skipped > 0) console.log(`${tally.skipped} skipped`);
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 ? 0 : 1;
}

/**
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function runVitest(args) {
  const reporters = ["--reporter=default", "--reporter=./.scripts/tally-reporter.js"];
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...reporters, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, HOLDFAST_TALLY: tallyFile },
  });
  // Vitest ends its own workers on Ctrl-C; this process stays to print the last line.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", (signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

/** @returns {{ passed: number, failed: number, skipped: number }} */
function readTally() {
  if (!existsSync(tallyFile)) return { passed: 0, failed: 0, skipped: 0 };
  const tally = JSON.parse(readFileSync(tallyFile, "utf8"));
  rmSync(tallyFile);
  return tally;
}
