import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { browserExecutable } from "./prepared.ts";

/** Quiet and repeatable: nothing is fetched, updated or asked in the background. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const START_TIMEOUT_MS = 60_000;

export interface BrowserOptions {
  /** CSS pixels; 1280×800 by default. */
  viewport?: { width: number; height: number };
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
  /** BCP 47 and IANA names, such as "de-AT" and "Europe/Vienna"; by default en-US in UTC. */
  locale?: string;
  timezoneId?: string;
  /** False: the page finds no shared workers, as in a browser that has none, and the agent ends with its page. */
  hasSharedWorkers?: boolean;
}

/**
 * A real Chromium with a fresh profile on disk.
 *
 *     const browser = await startBrowser();
 *     const page = await browser.open(app.url);
 *     await browser.kill();                        // SIGKILL for the whole process tree: nothing gets to clean up
 *     await browser.relaunch();                    // the same profile: what was on disk is there again
 *     const again = await browser.open(app.url);
 *     expect(browser.problems).toEqual([]);        // console errors, uncaught errors, failed workers of all pages
 *     await browser.close();                       // in afterEach; also removes the profile
 */
export async function startBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const browser = new TestBrowser(options);
  await browser.relaunch();
  return browser;
}

export class TestBrowser {
  /**
   * What went wrong on any page since the start or the last `problems.length = 0`: console errors, uncaught errors, crashes.
   * Requests that fail because a test stopped a server are logged by Chromium as console errors, and so stand here too.
   */
  readonly problems: string[] = [];
  /** The folder that survives `kill` and `relaunch`. */
  readonly profile = mkdtempSync(path.join(tmpdir(), "holdfast-profile-"));
  readonly #options: BrowserOptions;
  #context: BrowserContext | undefined;

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  /** Playwright's context of the running browser, for what this class does not wrap (setOffline, cookies, CDP sessions). */
  get context(): BrowserContext {
    if (!this.#context) throw new Error("The browser is not running.");
    return this.#context;
  }

  /** Starts the browser on the profile as it is. Ends the running one first, in an orderly way. */
  async relaunch(): Promise<void> {
    await this.#context?.close();
    const {
      viewport = { width: 1280, height: 800 },
      locale = "en-US",
      timezoneId = "UTC",
      hasSharedWorkers = true,
      ...others
    } = this.#options;
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath: await browserExecutable(),
      args: ARGUMENTS,
      timeout: START_TIMEOUT_MS,
      viewport,
      locale,
      timezoneId,
      ...others,
    });
    if (!hasSharedWorkers) await this.#context.addInitScript(() => Reflect.deleteProperty(globalThis, "SharedWorker"));
    this.#context.on("page", (page) => this.#watch(page));
    for (const page of this.#context.pages()) this.#watch(page);
  }

  /** A new tab. Resolves when the page has loaded. */
  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  /**
   * Kills the browser and all its processes as a crash of the machine's memory would: no event fires, nothing is flushed.
   * @returns the epoch ms of the first kill
   */
  async kill(): Promise<number> {
    const processes = await this.#processes();
    const closed = this.context.waitForEvent("close");
    const killedAt = Date.now();
    for (const id of processes) signalProcess(id, "SIGKILL");
    await closed;
    this.#context = undefined;
    return killedAt;
  }

  /** All its processes stand still, as on a laptop that sleeps. Resolves with what lets them go on. */
  async suspend(): Promise<() => void> {
    const processes = await this.#processes();
    for (const id of processes) signalProcess(id, "SIGSTOP");
    return () => {
      for (const id of processes) signalProcess(id, "SIGCONT");
    };
  }

  /** Ends the browser, if it runs, and removes the profile. */
  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The browser's own process first: its children must not have the time to tell it that they died. */
  async #processes(): Promise<readonly number[]> {
    const session = await this.context.browser()?.newBrowserCDPSession();
    if (!session) throw new Error("This browser does not tell its processes.");
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const processes = processInfo.toSorted((a, b) => Number(b.type === "browser") - Number(a.type === "browser"));
    return processes.map(({ id }) => id);
  }

  #watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) =>
      this.problems.push(`uncaught: ${error.name}: ${error.message} ${error.stack ?? ""}`),
    );
    page.on("crash", () => this.problems.push("the page crashed"));
  }
}

/**
 * Makes the page believe that it was hidden or shown again: Playwright keeps every page visible, whatever tab is in
 * front. The state changes first and the events fire then, as in a real tab switch.
 * @public
 */
export async function setVisibility(page: Page, state: "hidden" | "visible"): Promise<void> {
  await page.evaluate((next) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => next });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => next === "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, state);
}

function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    // ESRCH: it died with its parent, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
