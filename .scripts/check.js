/**
 * `npm run check`: format, lint, the types of every program, unused code. The parts run side by side; what failed is
 * printed whole, what passed in one line. Each configuration is named outright, because a linter or a compiler that
 * finds no configuration passes silently.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @typedef {{ name: string, bin: string, args: string[] }} Part */

/** The linter's part, also run by test/architecture.test.ts on planted violations. Paths are relative to where it runs. */
export const lintArgs = ["--config", ".oxlintrc.json", "--type-aware", "--deny-warnings"];

/** @type {Part[]} */
const parts = [
  { name: "types: page", bin: "typescript/bin/tsc", args: ["-p", "tsconfig.json"] },
  { name: "types: worker", bin: "typescript/bin/tsc", args: ["-p", "src/agent/tsconfig.json"] },
  { name: "types: service worker", bin: "typescript/bin/tsc", args: ["-p", "src/sw/tsconfig.json"] },
  { name: "types: tests and scripts", bin: "typescript/bin/tsc", args: ["-p", "test/tsconfig.json"] },
  {
    name: "lint",
    bin: "oxlint/bin/oxlint",
    args: [...lintArgs, "src", "test", "public", ".scripts", "vite.config.ts"],
  },
  { name: "unused code", bin: "knip/bin/knip.js", args: ["--no-progress", "--treat-config-hints-as-errors"] },
  { name: "format", bin: "oxfmt/bin/oxfmt", args: ["--config", ".oxfmtrc.json", "--check"] },
];

/**
 * Runs one part and resolves with what it printed; a part that cannot even start counts as failed.
 * @param {Part} part
 * @returns {Promise<{ part: Part, passed: boolean, output: string, seconds: number }>}
 */
function run(part) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [`node_modules/${part.bin}`, ...part.args], { cwd: root });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const end = (/** @type {boolean} */ passed) =>
      resolve({ part, passed, output, seconds: (performance.now() - startedAt) / 1000 });
    child.on("error", (error) => {
      output += String(error);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

/** Runs the parts, a few at a time; the exit code says whether all passed. */
export async function main() {
  const waiting = [...parts];
  let exitCode = 0;
  const runNext = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const result = await run(part);
      console.log(`${result.passed ? "ok    " : "FAILED"}  ${result.part.name} (${result.seconds.toFixed(1)} s)`);
      if (result.passed) continue;
      console.log(result.output.trimEnd() + "\n");
      exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runNext));
  return exitCode;
}
