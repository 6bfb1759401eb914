/** Makes sure that a Node new enough for the tools runs the command; see run.js for the syntax that is allowed here. */
import { spawn, spawnSync } from "child_process";
import { existsSync, mkdirSync } from "fs";
import path from "path";
import { fileURLToPath } from "url";
import { npmCommand, sentence } from "./install.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What Vite, Vitest and the linter ask for: the lowest of the ranges that all of them accept. */
const MIN_NODE = { major: 20, minor: 19 };

/** The Node that is fetched when the machine's own is older: npm packages that carry the binary, and an npm to match. */
const FETCHED = ["node@22", "npm@10"];

const FETCHED_DIR = path.join(root, ".cache", "node");

/** @param {string} version such as "20.19.0" */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor);
}

/**
 * Resolves with undefined when this Node will do. Otherwise fetches a newer one into .cache (this clone only, nothing on
 * the machine changes), runs the same command with it and resolves with its exit code.
 * @returns {Promise<number | undefined>}
 */
export async function ensureNode() {
  if (isNewEnough(process.versions.node)) return undefined;
  const binary = path.join(
    FETCHED_DIR,
    "node_modules",
    "node",
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  const npm = path.join(FETCHED_DIR, "node_modules", "npm", "bin", "npm-cli.js");
  if (!existsSync(binary) || !existsSync(npm)) {
    console.log(
      `Node ${process.versions.node} is older than ${MIN_NODE.major}.${MIN_NODE.minor}; fetching a newer one into .cache.`,
    );
    mkdirSync(FETCHED_DIR, { recursive: true });
    const { command, before } = npmCommand();
    const args = [
      ...before,
      "install",
      "--prefix",
      FETCHED_DIR,
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    spawnSync(command, [...args, ...FETCHED], { cwd: FETCHED_DIR, stdio: "inherit", shell: command === "npm" });
  }
  if (!existsSync(binary) || spawnSync(binary, ["--version"]).status !== 0) {
    throw sentence(
      `Node ${MIN_NODE.major}.${MIN_NODE.minor} or newer is needed (this is ${process.versions.node}) and could not be fetched.`,
    );
  }
  return runWith(binary, npm);
}

/**
 * @param {string} binary
 * @param {string} npm
 * @returns {Promise<number>}
 */
function runWith(binary, npm) {
  const env = Object.assign({}, process.env, {
    PATH: path.dirname(binary) + path.delimiter + (process.env["PATH"] || ""),
    npm_execpath: npm,
    npm_node_execpath: binary,
  });
  return new Promise((resolve, reject) => {
    const child = spawn(binary, process.argv.slice(1), { stdio: "inherit", env });
    // A Ctrl-C reaches both of us; what is sent to this process alone has to be passed on, or the child would live on.
    const passOn = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", passOn);
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : code || 0));
  });
}
