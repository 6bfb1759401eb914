/**
 * Finds the engines of `npm run test:engines` beside Chromium: Firefox, and WebKit as WebKitGTK with its driver. As root on
 * Debian what is missing is installed from the distribution.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { executableIn, installByApt, isExecutable } from "./find-browser.js";

const FIREFOX_NAMES = ["firefox-esr", "firefox", "firefox-developer-edition"];

const FIREFOX_PLACES = ["/Applications/Firefox.app/Contents/MacOS/firefox"];
FIREFOX_PLACES.push("C:\\Program Files\\Mozilla Firefox\\firefox.exe");

/** What Debian calls the programs, and the bindings by which Python starts the engine. */
const WEBKIT_PACKAGES = ["webkit2gtk-driver", "xvfb", "python3-gi", "gir1.2-webkit2-4.1"];

/**
 * The executable, or the sentence that says what is missing.
 * @returns {{ found: string } | { missing: string }}
 */
export function findFirefox() {
  const named = process.env["FIREFOX_PATH"];
  if (named) {
    if (isExecutable(named)) return { found: named };
    return { missing: `FIREFOX_PATH names ${named}, which is not an executable file.` };
  }
  const look = () => executableIn(FIREFOX_NAMES) ?? FIREFOX_PLACES.find(isExecutable);
  const found = look() ?? (installByApt("Firefox", ["firefox-esr"]) ? look() : undefined);
  if (found) return { found };
  return { missing: "Firefox is missing: install it, or set FIREFOX_PATH to its executable." };
}

/** @returns {{ found: import("#test/engines/webkit.ts").WebKitPrograms } | { missing: string }} */
export function findWebKit() {
  if (process.platform !== "linux") {
    return { missing: "WebKit can be driven here on Linux only, as WebKitGTK." };
  }
  const found = webKitPrograms() ?? (installByApt("WebKitGTK", WEBKIT_PACKAGES) ? webKitPrograms() : undefined);
  if (found) return { found };
  return { missing: `WebKitGTK's driver is missing: install what Debian calls ${WEBKIT_PACKAGES.join(", ")}.` };
}

function webKitPrograms() {
  const driver = executableIn(["WebKitWebDriver"]);
  const display = executableIn(["Xvfb"]);
  // The distribution's own Python: another one on the PATH does not see the distribution's bindings.
  const python = ["/usr/bin/python3", "/bin/python3"].find((place) => existsSync(place) && hasBindings(place));
  return driver && display && python ? { driver, display, python: path.resolve(python) } : undefined;
}

/** @param {string} python */
function hasBindings(python) {
  const script = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '4.1')";
  return spawnSync(python, ["-c", script], { stdio: "ignore" }).status === 0;
}
