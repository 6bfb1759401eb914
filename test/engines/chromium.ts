import type { Page } from "playwright-core";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { type Engine, type EngineBrowser, NotPossible, type StartOptions, type Tab } from "./engine.ts";

/** Chromium by Playwright, as in the browser tests: the stories themselves are checked with it. */
export function chromium(): Engine {
  return {
    name: "Chromium",
    start: async ({ isPrivate = false, hasFileSystem = true }: StartOptions = {}) => {
      if (isPrivate) throw new NotPossible("Playwright opens the app in the profile only");
      if (!hasFileSystem) throw new NotPossible("Chromium has no switch for it");
      return new Chromium(await startBrowser());
    },
  };
}

class Chromium implements EngineBrowser {
  readonly #browser: TestBrowser;
  #goOn: (() => void) | undefined;

  constructor(browser: TestBrowser) {
    this.#browser = browser;
  }

  get version(): string {
    return `Chromium ${this.#browser.context.browser()?.version() ?? ""}`;
  }

  get problems(): string[] {
    return this.#browser.problems;
  }

  collect(): Promise<void> {
    return Promise.resolve();
  }

  async open(url: string): Promise<Tab> {
    return new ChromiumTab(this.#browser, await this.#browser.open(url));
  }

  kill(): Promise<number> {
    return this.#browser.kill();
  }

  relaunch(): Promise<void> {
    return this.#browser.relaunch();
  }

  async suspend(): Promise<void> {
    this.#goOn = await this.#browser.suspend();
  }

  resume(): Promise<void> {
    this.#goOn?.();
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

class ChromiumTab implements Tab {
  readonly #browser: TestBrowser;
  readonly #page: Page;

  constructor(browser: TestBrowser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  async go(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  async back(): Promise<void> {
    await this.#page.goBack();
  }

  close(): Promise<void> {
    return this.#page.close();
  }

  evaluate<Args extends readonly unknown[], Result>(
    work: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result> {
    const source = `(${String(work)})(...${JSON.stringify(args)})`;
    return this.#page.evaluate<Result>(source);
  }

  type(selector: string, text: string): Promise<void> {
    return this.#page.locator(selector).first().pressSequentially(text);
  }

  press(selector: string, key: string): Promise<void> {
    return this.#page.locator(selector).first().press(key);
  }

  click(selector: string): Promise<void> {
    return this.#page.locator(selector).first().click();
  }

  hide(): Promise<void> {
    return Promise.reject(new NotPossible("Playwright keeps every page visible"));
  }

  show(): Promise<void> {
    return this.#page.bringToFront();
  }

  async crash(): Promise<Tab> {
    const url = this.#page.url();
    const crashed = this.#page.waitForEvent("crash");
    const session = await this.#page.context().newCDPSession(this.#page);
    // Answered by nobody: the process that would is gone.
    session.send("Page.crash").catch(() => undefined);
    await crashed;
    return new ChromiumTab(this.#browser, await this.#browser.open(url));
  }
}
