import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Engine, EngineBrowser, StartOptions, Tab } from "./engine.ts";
import { until } from "./engine.ts";
import { ProcessGroup } from "./process-group.ts";
import { type Command, type Parameters, WebDriverSession, type Wire } from "./webdriver.ts";

/**
 * Firefox by Marionette, its own remote protocol, which geckodriver speaks: WebDriver's commands over one socket, without
 * a driver program and without a library, and with a way into the browser itself (its processes, its tabs).
 */
export function firefox(executable: string): Engine {
  return {
    name: "Firefox",
    start: async (options = {}) => {
      const browser = new Firefox(executable, options);
      await browser.relaunch();
      return browser;
    },
  };
}

const START_LIMIT_MS = 60_000;

/** Quiet: nothing is fetched, updated or asked; what pages log comes out of the program. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  "marionette.port": 0,
  "remote.prefs.recommended": true,
  "devtools.console.stdout.content": true,
  "browser.dom.window.dump.enabled": true,
  // The remote protocol would switch this event off, and a page that is left would hear of it too late.
  "dom.disable_beforeunload": false,
  "services.settings.server": "data:,",
  "app.normandy.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "browser.sessionstore.resume_from_crash": false,
  "toolkit.startup.max_resumed_crashes": -1,
};

/** What pages write to the console as errors, and errors that nobody caught. */
const PROBLEM = /^(?:console\.error:|JavaScript error: https?:)/;

/** Firefox's own experiments, which it asks for whatever its settings say, and cannot fetch without a network. */
const HARMLESS = "console.error: RSLoader:";

class Firefox implements EngineBrowser {
  version = "Firefox";
  readonly problems: string[] = [];
  readonly #executable: string;
  readonly #profile = mkdtempSync(path.join(tmpdir(), "holdfast-firefox-"));
  #running: { group: ProcessGroup; wire: Marionette; session: WebDriverSession } | undefined;

  constructor(executable: string, { isPrivate = false, hasFileSystem = true }: StartOptions) {
    this.#executable = executable;
    const wanted = { ...PREFERENCES, "browser.privatebrowsing.autostart": isPrivate, "dom.fs.enabled": hasFileSystem };
    const lines = Object.entries(wanted).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(path.join(this.#profile, "user.js"), lines.join("\n"));
  }

  async relaunch(): Promise<void> {
    await this.#end();
    const portFile = path.join(this.#profile, "MarionetteActivePort");
    rmSync(portFile, { force: true });
    const group = new ProcessGroup(
      this.#executable,
      ["--headless", "--no-remote", "--profile", this.#profile, "--marionette", "--remote-allow-system-access"],
      { MOZ_CRASHREPORTER_DISABLE: "1", MOZ_DISABLE_AUTO_SAFE_MODE: "1" },
    );
    const hasPort = () => Promise.resolve(existsSync(portFile) && readFileSync(portFile, "utf8") !== "");
    await until("Firefox listens", hasPort, START_LIMIT_MS);
    const wire = await Marionette.connect(Number(readFileSync(portFile, "utf8")));
    const capabilities = await wire.begin();
    this.version = `Firefox ${capabilities.browserVersion}`;
    const session: WebDriverSession = new WebDriverSession(wire, {
      lookAt: { focus: false },
      hide: async () => void (await wire.inBrowser("gBrowser.selectedTab = gBrowser.addTrustedTab('about:blank');")),
      show: () => Promise.resolve(),
      crash: async (url) => {
        await crashPage(wire, url);
        return session.open(url);
      },
    });
    await session.begin();
    this.#running = { group, wire, session };
  }

  open(url: string): Promise<Tab> {
    return this.#now.session.open(url);
  }

  collect(): Promise<void> {
    const lines = this.#now.group.lines.splice(0);
    this.problems.push(...lines.filter((line) => PROBLEM.test(line) && !line.startsWith(HARMLESS)));
    return Promise.resolve();
  }

  async kill(): Promise<number> {
    const { group, wire } = this.#now;
    const killedAt = Date.now();
    await group.kill();
    wire.close();
    this.#running = undefined;
    return killedAt;
  }

  async suspend(): Promise<void> {
    this.#now.group.signal("SIGSTOP");
  }

  async resume(): Promise<void> {
    this.#now.group.signal("SIGCONT");
  }

  async close(): Promise<void> {
    await this.#end();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  get #now() {
    if (this.#running === undefined) throw new Error("Firefox is not running.");
    return this.#running;
  }

  async #end(): Promise<void> {
    if (this.#running === undefined) return;
    const { group, wire } = this.#running;
    this.#running = undefined;
    await wire.quit();
    await group.kill();
  }
}

/** Kills the process of one page, and only it. */
async function crashPage(wire: Marionette, url: string): Promise<void> {
  const script = `
    const tab = gBrowser.tabs.find(({ linkedBrowser }) => linkedBrowser.currentURI.spec === ${JSON.stringify(url)});
    return tab.linkedBrowser.browsingContext.currentWindowGlobal.osPid;`;
  process.kill(Number(await wire.inBrowser(script)), "SIGKILL");
}

interface Capabilities {
  readonly browserVersion: string;
}

/** Messages are `length:[type, id, name or error, parameters or result]`. */
class Marionette implements Wire {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #received = Buffer.alloc(0);
  #last = 0;

  static async connect(port: number): Promise<Marionette> {
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new Marionette(socket);
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => this.#read(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      for (const answer of this.#waiting.values()) answer.reject(new Error("Firefox ended before it answered."));
      this.#waiting.clear();
    });
  }

  async begin(): Promise<Capabilities> {
    const { capabilities } = (await this.#send("WebDriver:NewSession", {})) as { capabilities: Capabilities };
    return capabilities;
  }

  call(command: Command, parameters: Parameters): Promise<unknown> {
    return this.#send(`WebDriver:${command}`, parameters);
  }

  /** Runs a script in the browser's own window and not in a page. */
  async inBrowser(script: string): Promise<unknown> {
    await this.#send("Marionette:SetContext", { value: "chrome" });
    try {
      return await this.#send("WebDriver:ExecuteScript", { script, args: [] });
    } finally {
      await this.#send("Marionette:SetContext", { value: "content" });
    }
  }

  /** An orderly end, as by Quit in the menu. */
  async quit(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    await this.#send("Marionette:Quit", { flags: ["eForceQuit"] });
    await closed;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(name: string, parameters: Parameters): Promise<unknown> {
    const id = ++this.#last;
    const message = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error("Firefox is not running."));
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(`${String(Buffer.byteLength(message))}:${message}`);
    });
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      const start = colon + 1;
      const end = start + Number(this.#received.toString("utf8", 0, Math.max(0, colon)));
      if (colon === -1 || this.#received.length < end) return;
      const message: unknown = JSON.parse(this.#received.toString("utf8", start, end));
      this.#received = this.#received.subarray(end);
      // The greeting is no array.
      if (Array.isArray(message)) this.#settle(Number(message[1]), message[2], message[3]);
    }
  }

  #settle(id: number, error: unknown, result: unknown): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== null) waiting?.reject(new Error(JSON.stringify(error)));
    else waiting?.resolve(unwrapped(result));
  }
}

/** `{ value }` stands for the value where a command has one result. */
function unwrapped(result: unknown): unknown {
  const isWrapped = typeof result === "object" && result !== null && Object.keys(result).join() === "value";
  return isWrapped ? Reflect.get(result, "value") : result;
}
