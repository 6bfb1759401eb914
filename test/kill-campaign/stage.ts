import type { Page } from "playwright-core";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { serveApp, type ServedApp } from "#test/helpers/built-app.ts";
import { HoldfastPage } from "#test/helpers/holdfast-page.ts";
import { type ModelServer, startModelServer } from "#test/helpers/model-server.ts";
import { CountingModel } from "./counting-model.ts";
import type { HostKind } from "./plan.ts";
import { type StoredWork, readStored } from "./stored.ts";
import { type Sighting, Witness } from "./witness.ts";

/** How long anything may take to appear before the campaign says that it never will. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 15;

/** The app in a browser, its model, and what the campaign knows of the work that lies in it. */
export class Stage {
  readonly app: ServedApp;
  /** The build that is served first; updates are copies of it. */
  readonly firstRoot: string;
  readonly browser: TestBrowser;
  readonly server: ModelServer;
  readonly model = new CountingModel();
  readonly witness = new Witness();
  /** Sessions that are settled, by id, as their turns were stored then: they must stay so for good. */
  readonly settled = new Map<string, string>();
  readonly deleted = new Set<string>();
  host: HostKind = "dedicated";
  #page: HoldfastPage | null = null;

  private constructor(app: ServedApp, browser: TestBrowser, server: ModelServer) {
    this.app = app;
    this.firstRoot = app.root;
    this.browser = browser;
    this.server = server;
    server.always(this.model.reply);
  }

  static async open(): Promise<Stage> {
    const [app, browser, server] = await Promise.all([serveApp(), startBrowser(), startModelServer()]);
    return new Stage(app, browser, server);
  }

  /** The tab that the story looks at. */
  get page(): HoldfastPage {
    if (this.#page === null) throw new Error("No tab is open.");
    return this.#page;
  }

  set page(page: Page) {
    this.#page = new HoldfastPage(page);
  }

  /** Starts the browser again with this kind of host, and the app in it, connected to the model. */
  async begin(host: HostKind): Promise<void> {
    this.host = host;
    await this.relaunch();
    const page = await this.browser.context.newPage();
    await page.goto(this.app.url);
    this.page = page;
    await this.page.ready();
    if (this.settled.size === 0) await this.page.connect(this.server.baseUrl);
  }

  /** Starts the browser on the profile as it is, with the witness in it. */
  async relaunch(): Promise<void> {
    await this.browser.relaunch();
    const { context } = this.browser;
    await this.witness.watch(context);
    if (this.host === "dedicated")
      await context.addInitScript(() => void Reflect.deleteProperty(window, "SharedWorker"));
  }

  /** Also where the browser does not answer any more. */
  async close(): Promise<void> {
    await Promise.race([this.browser.close().catch(() => undefined), pause(PATIENCE_MS)]);
    await this.app.stop();
    await this.server.close();
  }

  /** A session of its own for the next story, in the tab that is open. */
  async newSession(): Promise<void> {
    const { page } = this.page;
    await page.evaluate(() => (location.hash = "#/new"));
    await this.until("an empty session", () => {
      const seen = this.seen();
      return seen !== null && seen.questions.length === 0 && seen.run !== "running";
    });
    await this.page.ready();
  }

  /** The newest sighting of the tab, and not one from before `since`. */
  seen(since = 0, page = this.page.page): Sighting | null {
    const last = this.witness.of(page).at(-1);
    return last !== undefined && last.at >= since ? last : null;
  }

  /** The first sighting from `since` on of which it holds. */
  firstSeen(since: number, holds: (seen: Sighting) => boolean, page = this.page.page): Sighting | null {
    return this.witness.of(page).find((seen) => seen.at >= since && holds(seen)) ?? null;
  }

  /** Resolves with what `look` gives once it gives something. Throws with what is on the screen when it never does. */
  async until<Found>(
    what: string,
    look: () => Found | null | undefined | false | Promise<Found | null | undefined | false>,
    patienceMs = PATIENCE_MS,
  ): Promise<Found> {
    const givenUpAt = Date.now() + patienceMs;
    for (;;) {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
      if (Date.now() > givenUpAt) throw new NeverCame(what, this.seen());
      await pause(LOOK_EVERY_MS);
    }
  }

  stored(): Promise<StoredWork> {
    return readStored(this.page.page);
  }
}

/** What a story waited for never came: the app is stuck, or shows something else. */
export class NeverCame extends Error {
  override readonly name = "NeverCame";

  constructor(what: string, seen: Sighting | null) {
    super(`Never came: ${what}. On the screen: ${seen === null ? "nothing" : JSON.stringify(shortened(seen))}`);
  }
}

function shortened(seen: Sighting) {
  const { reply } = seen;
  return {
    ...seen,
    reply: reply.length > 80 ? `${reply.slice(0, 30)} … ${reply.slice(-40)} (${reply.length})` : reply,
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    // Unref: whoever stopped waiting must not keep the command alive.
    setTimeout(resolve, ms).unref();
  });
}
