import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A Vitest reporter that counts over all projects, for the last line of `npm test`. */
export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import("vitest/node").TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors errors outside any test: each counts as a failure
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed" || state === "failed") tally[state] += 1;
        else if (test.ok() && state === "skipped") tally.skipped += 1;
        else tally.failed += 1;
      }
      // A file that did not load has no tests to fail, and a hook that failed may hide behind passed or skipped ones.
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
    }
    const file = process.env["HOLDFAST_TALLY"];
    if (!file) return;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(tally));
  }
}
