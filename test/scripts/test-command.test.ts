import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const repository = path.resolve(import.meta.dirname, "../..");

/** Each run of the command starts Vitest anew. */
vi.setConfig({ testTimeout: 120_000 });

/** A project with our commands and packages, and tests of its own. */
let project: string;

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), "holdfast-test-command-"));
  for (const name of [".scripts", "package.json", "package-lock.json"]) {
    cpSync(path.join(repository, name), path.join(project, name), { recursive: true });
  }
  symlinkSync(path.join(repository, "node_modules"), path.join(project, "node_modules"), "junction");
  const config = 'export default { test: { projects: [{ test: { name: "unit", include: ["test/*.test.js"] } }] } };\n';
  writeFileSync(path.join(project, "vite.config.js"), config);
  mkdirSync(path.join(project, "test"));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

const write = (name: string, body: string) =>
  writeFileSync(
    path.join(project, "test", `${name}.test.js`),
    `import { afterAll, describe, expect, test } from "vitest";\n${body}\n`,
  );

/** The last line and the exit code of `npm test` there. */
function run(...args: string[]): { lastLine: string | undefined; code: number | null } {
  const script = path.join(project, ".scripts", "run.js");
  const { stdout, status } = spawnSync(process.execPath, [script, "test", ...args], { cwd: project, encoding: "utf8" });
  return { lastLine: stdout.trimEnd().split("\n").at(-1), code: status };
}

test("the last line counts all tests of all files, and success is exit code 0", () => {
  write("one", 'test("a", () => expect(1).toBe(1)); test("b", () => expect(2).toBe(2));');
  write("two", 'test("c", () => expect(3).toBe(3)); test.skip("d", () => undefined);');
  expect(run()).toEqual({ lastLine: "3 passed, 0 failed", code: 0 });
  expect(run("two")).toEqual({ lastLine: "1 passed, 0 failed", code: 0 });
});

test("what fails outside a test counts as a failure: a file that does not load, a hook, an error nobody awaited", () => {
  write("fine", 'test("fine", () => expect(1).toBe(1));');
  write("broken", 'throw new Error("on loading");');
  write(
    "hook",
    'describe("group", () => { afterAll(() => { throw new Error("late"); }); test("a", () => undefined); });',
  );
  write(
    "loose",
    'test("a", async () => { void Promise.reject(new Error("loose")); await new Promise(setImmediate); });',
  );
  expect(run()).toEqual({ lastLine: "3 passed, 3 failed", code: 1 });
});

test("a test process that dies is a failure", () => {
  write("dies", 'test("dies", () => process.kill(process.pid, "SIGKILL"));');
  const { lastLine, code } = run();
  expect(lastLine).toMatch(/^0 passed, [1-9]\d* failed$/);
  expect(code).toBe(1);
});

test("no test at all is a failure", () => {
  expect(run()).toEqual({ lastLine: "0 passed, 1 failed", code: 1 });
  write("one", 'test("a", () => expect(1).toBe(1));');
  expect(run("of-another-name")).toEqual({ lastLine: "0 passed, 1 failed", code: 1 });
});
