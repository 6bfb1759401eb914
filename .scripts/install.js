/** Installs the packages of the lock file when they are missing or differ; see run.js for the syntax that is allowed here. */
import { spawnSync } from "child_process";
import { existsSync, readFileSync } from "fs";
import path from "path";
import { fileURLToPath } from "url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * An error whose message is for the person at the terminal: printed alone, without a stack.
 * @param {string} message
 */
export function sentence(message) {
  return Object.assign(new Error(message), { expected: true });
}

/**
 * The npm that started us (it knows its own Node), else the one on the PATH.
 * @returns {{ command: string, before: string[] }} what to run, and the arguments that come before npm's own
 */
export function npmCommand() {
  const script = process.env["npm_execpath"];
  return script && /npm-cli\.c?js$/.test(script)
    ? { command: process.execPath, before: [script] }
    : { command: "npm", before: [] };
}

/**
 * What stands in the lock file against what npm noted at its last install. Contents and not file times are compared: a
 * checkout, a copy or a restored cache changes the times and nothing else.
 * @param {string} folder the one with package-lock.json
 * @returns {string | undefined} why an install is needed
 */
export function whyInstall(folder) {
  const modules = path.join(folder, "node_modules");
  const noted = path.join(modules, ".package-lock.json");
  if (!existsSync(noted)) return "the packages are not installed";
  const wanted = packagesOf(path.join(folder, "package-lock.json"));
  const installed = packagesOf(noted);
  for (const [place, entry] of Object.entries(wanted)) {
    if (place === "") continue;
    const found = installed[place];
    if (found && found.version !== entry.version) return `${place} is ${found.version} instead of ${entry.version}`;
    if (!found && isNeededHere(entry)) return `${place} is missing`;
    if (found && !existsSync(path.join(folder, place, "package.json"))) return `${place} is missing`;
  }
  return undefined;
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Entry */

/**
 * @param {string} file
 * @returns {Record<string, Entry>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages || {};
}

/**
 * Optional packages are binaries for one platform each; npm installs the one that fits and leaves out the others.
 * @param {Entry} entry
 */
function isNeededHere(entry) {
  if (!entry.optional && !entry.devOptional) return !entry.peer;
  if (!entry.os || !entry.cpu || entry.libc) return false;
  return entry.os.includes(process.platform) && entry.cpu.includes(process.arch);
}

/** Runs `npm ci` when needed. Throws with one sentence when it fails. */
export function ensureInstalled() {
  const why = whyInstall(root);
  if (why === undefined) return;
  console.log(`Installing packages (${why}).`);
  const { command, before } = npmCommand();
  const args = [...before, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", shell: command === "npm" });
  if (result.status !== 0) throw sentence("The packages could not be installed: npm ci failed (see above).");
}
