/**
 * Finds a Chromium for the browser tests: the one that is named, an installed one, Playwright's own; else gets one, by
 * Playwright's download or, as root on Debian, from the distribution.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";
import { sentence } from "./install.js";

/** A download that takes longer than this is taken for one that never ends. */
const DOWNLOAD_TIMEOUT_MS = 300_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
NAMES.push("microsoft-edge-stable", "microsoft-edge", "brave-browser");

const MAC_APPS = ["Google Chrome", "Chromium", "Microsoft Edge", "Google Chrome Canary", "Brave Browser"];

const WINDOWS_PLACES = ["Google\\Chrome\\Application\\chrome.exe", "Microsoft\\Edge\\Application\\msedge.exe"];
WINDOWS_PLACES.push("Chromium\\Application\\chrome.exe");

/**
 * Resolves with the path of an executable. Throws one sentence when there is none and none could be fetched.
 * @returns {Promise<string>}
 */
export async function findBrowser() {
  const named = process.env["CHROME_PATH"];
  if (named) {
    if (isExecutable(named)) return named;
    throw sentence(`CHROME_PATH names ${named}, which is not an executable file.`);
  }
  const found = installedBrowser() ?? playwrightsOwn();
  if (found) return found;
  console.log("No Chrome, Chromium or Edge found: fetching one for the browser tests.");
  const fetched = downloadByPlaywright() ?? (installByApt("Chromium", ["chromium"]) ? installedBrowser() : undefined);
  if (fetched) return fetched;
  throw sentence(
    "The browser tests need Chrome, Chromium or Edge: install one, or set CHROME_PATH to its executable and try again.",
  );
}

function installedBrowser() {
  const { env, platform } = process;
  if (platform === "win32") {
    const roots = [env["PROGRAMFILES"], env["PROGRAMFILES(X86)"], env["LOCALAPPDATA"]].filter(
      (root) => root !== undefined,
    );
    return roots.flatMap((root) => WINDOWS_PLACES.map((place) => path.join(root, place))).find(isExecutable);
  }
  if (platform === "darwin") {
    const roots = ["/Applications", path.join(env["HOME"] ?? "/", "Applications")];
    const apps = roots.flatMap((root) => MAC_APPS.map((app) => `${root}/${app}.app/Contents/MacOS/${app}`));
    const app = apps.find(isExecutable);
    if (app) return app;
  }
  return executableIn(NAMES);
}

/**
 * The first program of these names where systems keep programs.
 * @param {readonly string[]} names
 */
export function executableIn(names) {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  folders.push("/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome");
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
}

function playwrightsOwn() {
  const own = chromium.executablePath();
  return isExecutable(own) ? own : undefined;
}

function downloadByPlaywright() {
  const cli = path.join(path.dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
  const { status, stderr } = spawnSync(process.execPath, [cli, "install", "chromium"], {
    encoding: "utf8",
    timeout: DOWNLOAD_TIMEOUT_MS,
    env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" },
  });
  if (status === 0) return playwrightsOwn();
  const reason = /^Error: .*$/m.exec(stderr ?? "")?.[0] ?? "no answer in time";
  console.log(`Playwright could not download its Chromium (${reason}).`);
  return undefined;
}

/**
 * Installs packages of the distribution, where that can be done without asking anybody: as root on Debian.
 * @param {string} what for the log
 * @param {readonly string[]} packages
 * @returns {boolean} whether they are installed now
 */
export function installByApt(what, packages) {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log(`Installing ${what} from the distribution.`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync("/usr/bin/apt-get", ["-q", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
  // A list that cannot be renewed may still be good enough to install from.
  apt("update");
  return apt("install", "-y", "--no-install-recommends", ...packages);
}

/** @param {string} file */
export function isExecutable(file) {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
