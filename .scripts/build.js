/**
 * Builds the app when its sources differ from those of the last build. What was built from what is told by content and
 * not by file times, which a checkout changes.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sentence } from "./install.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** All that the output of a build depends on. */
const INPUTS = ["src", "public", "index.html", "package-lock.json", "package.json", "vite.config.ts", "tsconfig.json"];
INPUTS.push(".scripts/security-headers.js", ".scripts/service-worker-plugin.ts", ".scripts/rescue-page-plugin.ts");

/** Builds for tests and benches stand side by side, each under the hash of its sources, so that nobody's is pulled away. */
const BUILDS_DIR = path.join(root, ".cache", "builds");
const KEPT_BUILDS = 4;
/** A build that was used within this time may be in use by a run that still goes on. */
const IN_USE_MS = 60 * 60 * 1000;

/**
 * Makes sure that dist is built from the sources as they are. Throws with one sentence when the build fails.
 * @returns {Promise<string>} the folder
 */
export async function buildForUse() {
  const hash = hashOfInputs();
  const dist = path.join(root, "dist");
  const note = path.join(root, ".cache", "dist-built-from");
  if (isBuilt(dist) && existsSync(note) && readFileSync(note, "utf8") === `${hash} ${hashOfOutput(dist)}`) return dist;
  console.log("Building the app.");
  await build(dist);
  mkdirSync(path.dirname(note), { recursive: true });
  writeFileSync(note, `${hash} ${hashOfOutput(dist)}`);
  return dist;
}

/**
 * The same for tests and benches, in a folder of its own. The build runs in a child process: Vitest sets
 * NODE_ENV=test, which would make it a development build.
 * @returns {Promise<string>} the folder
 */
export async function buildForTests() {
  const folder = path.join(BUILDS_DIR, hashOfInputs());
  if (!isBuilt(folder)) {
    const unfinished = `${folder}-${process.pid}`;
    await build(unfinished);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    removeOldBuilds();
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** @param {string} folder */
const isBuilt = (folder) => existsSync(path.join(folder, "index.html"));

/** @param {string} outDir */
function build(outDir) {
  const args = ["node_modules/vite/bin/vite.js", "build", "--outDir", outDir, "--emptyOutDir", "--logLevel", "warn"];
  const env = { ...process.env, NODE_ENV: "production" };
  // What Vitest tells its own children would reach the build and change it.
  for (const name of ["VITEST", "TEST", "MODE", "DEV", "PROD"]) Reflect.deleteProperty(env, name);
  return new Promise((/** @type {(value?: undefined) => void} */ resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) return resolve();
      rmSync(outDir, { recursive: true, force: true });
      reject(sentence("The build failed (see above)."));
    });
  });
}

function hashOfInputs() {
  const hash = createHash("sha256");
  for (const input of INPUTS) {
    for (const file of filesUnder(path.join(root, input))) {
      const content = readFileSync(file);
      hash.update(`${path.relative(root, file)}\0${content.byteLength}\0`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** The service worker names every file of a build with its hash: it stands for the whole. */
function hashOfOutput(/** @type {string} */ folder) {
  const list = path.join(folder, "service-worker.js");
  return existsSync(list) ? createHash("sha256").update(readFileSync(list)).digest("hex").slice(0, 16) : "";
}

/**
 * @param {string} place
 * @returns {string[]}
 */
function filesUnder(place) {
  const found = statSync(place, { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [place];
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesUnder(path.join(place, name)));
}

function removeOldBuilds() {
  const builds = readdirSync(BUILDS_DIR).map((name) => path.join(BUILDS_DIR, name));
  const byUse = builds
    .map((folder) => ({ folder, usedAt: statSync(folder).mtimeMs }))
    .sort((a, b) => b.usedAt - a.usedAt);
  for (const { folder, usedAt } of byUse.slice(KEPT_BUILDS)) {
    if (Date.now() - usedAt > IN_USE_MS) rmSync(folder, { recursive: true, force: true });
  }
}
