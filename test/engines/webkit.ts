import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Engine, type EngineBrowser, type StartOptions, type Tab, until } from "./engine.ts";
import { ProcessGroup } from "./process-group.ts";
import { type Command, COMMANDS, type Parameters, WebDriverSession, type Wire } from "./webdriver.ts";

/** Programs that together make a WebKit that can be driven. */
export interface WebKitPrograms {
  readonly driver: string;
  /** An X server without a screen. */
  readonly display: string;
  /** Of the distribution: one from elsewhere does not see the distribution's bindings. */
  readonly python: string;
}

/** WebKitGTK by WebKitWebDriver, which speaks WebDriver's HTTP, with a browser of our own around the engine. */
export function webkit(programs: WebKitPrograms): Engine {
  return {
    name: "WebKit",
    start: async (options = {}) => {
      const browser = new WebKit(programs, options);
      await browser.relaunch();
      return browser;
    },
  };
}

const START_LIMIT_MS = 60_000;
const BROWSER = path.join(import.meta.dirname, "webkit-browser.py");

/** What pages write to the console as errors, and errors that nobody caught. */
const PROBLEM = /^CONSOLE (?:\w+ )?ERROR/;

/** WebKitGTK is built without web app manifests and says so of each policy that names them. */
const HARMLESS = "Unrecognized Content-Security-Policy directive 'manifest-src'.";

class WebKit implements EngineBrowser {
  version = "WebKit";
  readonly problems: string[] = [];
  readonly #programs: WebKitPrograms;
  readonly #profile = mkdtempSync(path.join(tmpdir(), "holdfast-webkit-"));
  readonly #args: readonly string[];
  #running: { groups: readonly ProcessGroup[]; driver: ProcessGroup; session: WebDriverSession } | undefined;

  constructor(programs: WebKitPrograms, { isPrivate = false, hasFileSystem = true }: StartOptions) {
    this.#programs = programs;
    this.#args = [...(isPrivate ? ["--private"] : []), ...(hasFileSystem ? [] : ["--no-file-system"])];
  }

  async relaunch(): Promise<void> {
    await this.#end();
    const [screen, port] = [await startDisplay(this.#programs.display), await freePort()];
    const driver = new ProcessGroup(this.#programs.driver, [`--port=${String(port)}`], {
      DISPLAY: screen.name,
      GDK_BACKEND: "x11",
      NO_AT_BRIDGE: "1",
      // Without a graphics card each frame would be drawn three times.
      WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    });
    const wire = new HttpWire(`http://127.0.0.1:${String(port)}`);
    await until("WebKitWebDriver listens", () => wire.isReady(), START_LIMIT_MS);
    const browserOptions = { binary: this.#programs.python, args: [BROWSER, this.#profile, ...this.#args] };
    const { browserVersion } = await wire.begin({ "webkitgtk:browserOptions": browserOptions });
    this.version = `WebKitGTK ${browserVersion}`;
    const session = new WebDriverSession(wire, {
      lookAt: {},
      hide: () => this.#tell("hide"),
      show: () => this.#tell("show"),
      crash: async (url) => {
        await this.#tell(`crash ${url}`);
        // WebKit ends the driver's session with the page's process, so the browser has to be started anew as well.
        const isOver = () =>
          wire.call("GetWindowHandles", {}).then(
            () => false,
            () => true,
          );
        await until("the page's process is gone", isOver);
        await this.relaunch();
        return this.open(url);
      },
    });
    await session.begin();
    this.#running = { groups: [driver, screen.group], driver, session };
  }

  open(url: string): Promise<Tab> {
    return this.#now.session.open(url);
  }

  collect(): Promise<void> {
    const lines = this.#now.driver.lines.splice(0);
    this.problems.push(...lines.filter((line) => PROBLEM.test(line) && !line.endsWith(HARMLESS)));
    return Promise.resolve();
  }

  async kill(): Promise<number> {
    const { groups } = this.#now;
    this.#running = undefined;
    const killedAt = Date.now();
    for (const group of groups) await group.kill();
    return killedAt;
  }

  async suspend(): Promise<void> {
    this.#now.driver.signal("SIGSTOP");
  }

  async resume(): Promise<void> {
    this.#now.driver.signal("SIGCONT");
  }

  async close(): Promise<void> {
    await this.#end();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  get #now() {
    if (this.#running === undefined) throw new Error("WebKit is not running.");
    return this.#running;
  }

  #tell(line: string): Promise<void> {
    writeFileSync(path.join(this.#profile, "control"), `${line}\n`);
    return Promise.resolve();
  }

  async #end(): Promise<void> {
    if (this.#running !== undefined) await this.kill();
  }
}

/** WebDriver's own transport. */
class HttpWire implements Wire {
  readonly #server: string;
  #session = "";

  constructor(server: string) {
    this.#server = server;
  }

  async isReady(): Promise<boolean> {
    return (await fetch(`${this.#server}/status`)).ok;
  }

  async begin(alwaysMatch: Parameters): Promise<{ browserVersion: string }> {
    const made = await this.#ask("POST", "/session", { capabilities: { alwaysMatch } });
    const { sessionId, capabilities } = made as { sessionId: string; capabilities: { browserVersion: string } };
    this.#session = `/session/${sessionId}`;
    return capabilities;
  }

  call(command: Command, parameters: Parameters): Promise<unknown> {
    const [method, place] = COMMANDS[command];
    return this.#ask(method, this.#session + place.replace("{id}", String(parameters["id"])), parameters);
  }

  async #ask(method: string, place: string, parameters: Parameters): Promise<unknown> {
    const body = method === "POST" ? { body: JSON.stringify(parameters) } : {};
    const response = await fetch(this.#server + place, { method, ...body });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(JSON.stringify(value));
    return value;
  }
}

/** The X server picks a free number and tells it on its standard output. */
async function startDisplay(program: string): Promise<{ name: string; group: ProcessGroup }> {
  const group = new ProcessGroup(program, ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
  const number = () => group.lines.find((line) => /^\d+$/.test(line));
  await until("the X server has a display", () => Promise.resolve(number() !== undefined), START_LIMIT_MS);
  return { name: `:${number() ?? ""}`, group };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}
