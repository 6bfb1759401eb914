import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { whyInstall } from "#scripts/install.js";
import { isNewEnough } from "#scripts/node-version.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "holdfast-install-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ELSEWHERE = { version: "1.0.0", optional: true, os: ["none"], cpu: ["none"] };
const HERE = { version: "1.0.0", optional: true, os: [process.platform], cpu: [process.arch] };

function lock(packages: Record<string, object>): void {
  const content = JSON.stringify({ packages: { "": { name: "app" }, ...packages } });
  writeFileSync(path.join(folder, "package-lock.json"), content);
}

/** What npm leaves behind: its note of what it installed, and the folders. */
function installed(packages: Record<string, object>): void {
  mkdirSync(path.join(folder, "node_modules"), { recursive: true });
  writeFileSync(path.join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));
  for (const place of Object.keys(packages)) {
    mkdirSync(path.join(folder, place), { recursive: true });
    writeFileSync(path.join(folder, place, "package.json"), "{}");
  }
}

test("without node_modules an install is needed", () => {
  lock({ "node_modules/a": { version: "1.0.0" } });
  expect(whyInstall(folder)).toBe("the packages are not installed");
});

test("with all packages in the versions of the lock file none is needed", () => {
  lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/elsewhere": ELSEWHERE, "node_modules/here": HERE });
  installed({ "node_modules/a": { version: "1.0.0" }, "node_modules/here": HERE });
  expect(whyInstall(folder)).toBeUndefined();
});

test("another version, a missing package, a binary of another platform or a removed folder asks for an install", () => {
  lock({ "node_modules/a": { version: "1.1.0" } });
  installed({ "node_modules/a": { version: "1.0.0" } });
  expect(whyInstall(folder)).toBe("node_modules/a is 1.0.0 instead of 1.1.0");

  lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0" } });
  expect(whyInstall(folder)).toBe("node_modules/b is missing");

  lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/here": HERE });
  expect(whyInstall(folder)).toBe("node_modules/here is missing");

  lock({ "node_modules/a": { version: "1.0.0" } });
  rmSync(path.join(folder, "node_modules", "a"), { recursive: true });
  expect(whyInstall(folder)).toBe("node_modules/a is missing");
});

test.each([
  ["14.21.3", false],
  ["20.18.9", false],
  ["20.19.0", true],
  ["22.0.0", true],
  ["26.10.0", true],
])("Node %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
