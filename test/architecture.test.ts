/**
 * The import table holds in src, and the linter that checks it is checked itself: for every pair of folders and every form
 * of import a violation is planted in a copy of the layout and has to be caught there by the very same configuration.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lintArgs } from "#scripts/check.js";

const repository = path.resolve(import.meta.dirname, "..");

/** Which folder may import which others. `main` is src/main.tsx. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  sw: [],
  protocol: ["domain"],
  storage: ["domain"],
  journal: ["domain"],
  providers: ["domain"],
  tools: ["domain"],
  agent: ["domain", "protocol", "storage", "journal", "providers", "tools"],
  ui: ["domain", "protocol"],
  shell: ["domain", "protocol", "ui"],
  main: ["domain", "protocol", "ui", "shell"],
};
const FOLDERS = Object.keys(MAY_IMPORT);

/** Which folders may import a package; what is not named here belongs to all. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  idb: ["storage"],
  "workbox-window": ["shell"],
  "workbox-precaching": ["sw"],
  "workbox-routing": ["sw"],
  preact: ["ui", "shell", "main"],
  "preact/hooks": ["ui", "shell", "main"],
  "@preact/signals": ["ui", "shell", "main"],
  "@ai-sdk/provider": ["providers"],
  "@ai-sdk/openai-compatible": ["providers"],
  vitest: [],
  "fake-indexeddb/auto": [],
  "playwright-core": [],
};

const FORMS: Readonly<Record<string, (address: string) => string>> = {
  static: (address) => `import { value } from "${address}";\nexport const seen = value;\n`,
  "side-effect": (address) => `import "${address}";\n`,
  "type-only": (address) => `import type { Shape } from "${address}";\nexport type Seen = Shape;\n`,
  "re-export": (address) => `export { value } from "${address}";\n`,
  "re-export-all": (address) => `export * from "${address}";\n`,
  dynamic: (address) => `export const load = () => import("${address}");\n`,
};

interface Finding {
  readonly file: string;
  readonly rule: string;
}

/** Where the layout is copied to; outside the repository, whose .gitignore the linter would follow. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "holdfast-architecture-"));
  for (const file of [".oxlintrc.json", "package.json", "tsconfig.json"]) {
    copyFileSync(path.join(repository, file), path.join(copy, file));
  }
  symlinkSync(path.join(repository, "node_modules"), path.join(copy, "node_modules"), "junction");
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Writes a file of a folder (`main`: of src itself) into the copy and returns its path there. */
function plant(folder: string, name: string, content: string): string {
  const file = folder === "main" ? `src/${name}.tsx` : `src/${folder}/${name}.ts`;
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), content);
  return file;
}

/** Runs the linter as `npm run check` does. */
function lint(folder: string, args: readonly string[] = []) {
  const executable = path.join(repository, "node_modules", "oxlint", "bin", "oxlint");
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 } as const;
  return spawnSync(process.execPath, [executable, ...lintArgs, ...args, "src"], options);
}

function findings(folder: string): Finding[] {
  const { stdout, stderr } = lint(folder, ["--format", "json"]);
  // A linter that breaks off (a file that goes away under it is enough) must say so here and not as "nothing found".
  if (!stdout.startsWith("{")) throw new Error(`The linter did not finish: ${stderr}${stdout}`);
  const report: { diagnostics: { filename: string; code?: string }[] } = JSON.parse(stdout);
  return report.diagnostics.map(({ filename, code }) => ({ file: filename.replaceAll("\\", "/"), rule: code ?? "" }));
}

const filesWith = (found: readonly Finding[], rule: string) =>
  new Set(found.filter((finding) => finding.rule === rule).map(({ file }) => file));

const IMPORTS = "eslint(no-restricted-imports)";
const CYCLES = "import(no-cycle)";
const IMPORT_TYPES = "typescript(consistent-type-imports)";

describe("the linter catches what the import table forbids, and nothing else", () => {
  const forbidden: string[] = [];
  const allowed: string[] = [];
  const cycles: string[] = [];
  const importTypes: string[] = [];
  let found: Finding[];

  beforeAll(() => {
    for (const folder of FOLDERS) plantImports(folder);
    found = findings(copy);
  });

  function plantImports(folder: string): void {
    plant(folder, "target", "export const value = 1;\nexport type Shape = number;\n");
    const put = (name: string, content: string, isAllowed: boolean) =>
      (isAllowed ? allowed : forbidden).push(plant(folder, name, content));
    for (const [form, write] of Object.entries(FORMS)) {
      for (const other of FOLDERS.filter((one) => one !== folder && one !== "main")) {
        const isAllowed = MAY_IMPORT[folder]?.includes(other) ?? false;
        put(`${form}-of-${other}`, write(`#${other}/target.ts`), isAllowed);
        put(`${form}-of-${other}-in-depth`, write(`#${other}/deep/down/target.ts`), isAllowed);
        put(`${form}-up-to-${other}`, write(`../${other}/target.ts`), false);
        put(`${form}-down-and-up-to-${other}`, write(`./deep/../../${other}/target.ts`), false);
      }
      for (const [name, owners] of Object.entries(OWNERS)) {
        put(`${form}-of-package-${name.replaceAll(/\W/g, "-")}`, write(name), owners.includes(folder));
      }
      put(`${form}-of-main`, write("#main.tsx"), false);
      put(`${form}-of-a-test`, write("#test/helpers/browser.ts"), false);
      put(`${form}-of-a-script`, write("#scripts/build.js"), false);
      put(`${form}-of-a-folder-that-is-not-in-the-table`, write("#elsewhere/target.ts"), false);
      put(`${form}-of-the-agent-by-address`, write("#agent/worker.ts?worker&url"), ["shell", "agent"].includes(folder));
    }
    importTypes.push(plant(folder, "import-type", 'export type Seen = import("#storage/target.ts").Shape;\n'));
    if (folder === "main") return;
    cycles.push(plant(folder, "cycle-a", 'import { b } from "./cycle-b.ts";\nexport const a = () => b;\n'));
    cycles.push(plant(folder, "cycle-b", 'import { a } from "./cycle-a.ts";\nexport const b = () => a;\n'));
    cycles.push(plant(folder, "ring-a", 'export { two } from "./ring-b.ts";\nexport const one = 1;\n'));
    cycles.push(plant(folder, "ring-b", 'export { one } from "./ring-a.ts";\nexport const two = 2;\n'));
  }

  test("every forbidden import is caught: static, type-only, re-exported, dynamic, by a relative path", () => {
    const caught = filesWith(found, IMPORTS);
    expect(forbidden.filter((file) => !caught.has(file))).toEqual([]);
  });

  test("no allowed import is refused", () => {
    const caught = filesWith(found, IMPORTS);
    expect(allowed.filter((file) => caught.has(file))).toEqual([]);
  });

  test("a cycle of imports is caught in every folder", () => {
    const caught = filesWith(found, CYCLES);
    expect(cycles.filter((file) => !caught.has(file))).toEqual([]);
  });

  test("a type taken by import() is caught, which the rule for imports does not see", () => {
    const caught = filesWith(found, IMPORT_TYPES);
    expect(importTypes.filter((file) => !caught.has(file))).toEqual([]);
  });
});

describe("the check cannot pass by not looking", () => {
  test("without its configuration the linter fails", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "holdfast-no-configuration-"));
    try {
      mkdirSync(path.join(folder, "src"));
      writeFileSync(path.join(folder, "src", "fine.ts"), "export const fine = 1;\n");
      expect(lint(folder).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a planted violation makes the linter exit with an error", () => {
    expect(lint(copy).status).not.toBe(0);
  });

  test("every folder of src stands in the table, and nothing but main.tsx stands beside them", () => {
    const entries = readdirSync(path.join(repository, "src"), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    expect(folders.filter((name) => !FOLDERS.includes(name))).toEqual([]);
    expect(files).toEqual(["main.tsx"]);
  });
});

describe("the import table holds in src", () => {
  test("the linter finds no forbidden import and no cycle", () => {
    const found = findings(repository).filter(({ rule }) => [IMPORTS, CYCLES, IMPORT_TYPES].includes(rule));
    expect(found).toEqual([]);
  });

  test("no import is computed, and none is taken out of the linter's sight", () => {
    const computed = /import\(\s*(?!["'\s])/;
    const byAddress = /new URL\(\s*["'`](?:#|\.\.\/)/;
    const silenced =
      /(?:ox|es)lint-disable(?:-next-line|-line)?(?:\s*(?:\*\/|--|$)|.*(?:no-restricted-imports|no-cycle|consistent-type-imports))/m;
    const referenced = /<reference path/;
    const isHidden = (text: string) => [computed, byAddress, silenced, referenced].some((form) => form.test(text));
    const sources = readdirSync(path.join(repository, "src"), { recursive: true, encoding: "utf8" });
    const guilty = sources
      .filter((name) => /\.tsx?$/.test(name))
      .filter((name) => isHidden(readFileSync(path.join(repository, "src", name), "utf8")));
    expect(guilty).toEqual([]);
  });
});
