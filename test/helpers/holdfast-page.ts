import type { BrowserContext, Locator, Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";

/** What a run may take in a test before it counts as hanging. */
const RUN_LIMIT_MS = 60_000;

/**
 * The app in a tab, by its stable marks: `data-testid` composer, transcript, message, session-item and `data-run`.
 *
 *     const holdfast = await openHoldfast(browser, app.url);
 *     await holdfast.connect(server.baseUrl);             // through the form, like a person
 *     await holdfast.send("2 + 2");
 *     await holdfast.idle();
 *     expect(await holdfast.answer.innerText()).toContain("4");
 */
export async function openHoldfast(browser: TestBrowser, url: string): Promise<HoldfastPage> {
  const holdfast = new HoldfastPage(await browser.open(url));
  await holdfast.ready();
  return holdfast;
}

/** An answer as it stood at one moment. */
export interface Glimpse {
  readonly status: string;
  /** What the model or agent wrote. */
  readonly reply: string;
  /** All that the answer showed, the app's own words included. */
  readonly says: string;
}

export class HoldfastPage {
  readonly page: Page;
  readonly composer: Locator;
  readonly transcript: Locator;
  readonly sessions: Locator;
  /** Messages of the person, oldest first. */
  readonly questions: Locator;
  readonly answers: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.getByTestId("composer");
    this.transcript = page.getByTestId("transcript");
    this.sessions = page.getByTestId("session-item");
    const messages = page.getByTestId("message");
    this.questions = messages.and(page.locator('[data-role="user"]'));
    this.answers = messages.and(page.locator('[data-role="assistant"]'));
  }

  /** The newest answer. */
  get answer(): Locator {
    return this.answers.last();
  }

  /** Resolves when a message can be sent. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(() => {
      const composer = document.querySelector("[data-testid=composer]");
      return composer instanceof HTMLTextAreaElement && !composer.disabled;
    });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  running(): Promise<void> {
    return this.#runIs("running");
  }

  /** Resolves when the run of the session on screen is over. */
  idle(): Promise<void> {
    return this.#runIs("idle");
  }

  /** `data-state` of the newest answer: the status of its turn. */
  status(): Promise<string | null> {
    return this.answer.getAttribute("data-state");
  }

  /** What the model or agent wrote as the newest answer, as a reader sees it, without the app's own words around it. */
  async reply(): Promise<string> {
    const proses = await this.answer.locator(".prose").allInnerTexts();
    return proses.join("\n\n");
  }

  /** Resolves when the newest answer says it. */
  async says(text: string | RegExp): Promise<void> {
    await this.answer.filter({ hasText: text }).waitFor({ timeout: RUN_LIMIT_MS });
  }

  /**
   * Catches a moment that may pass before a test can look: how the newest answer of the next page stands when it first
   * says `words`. Call it before the page is opened or reloaded, and await what it returns after that.
   */
  static async catchFirst(context: BrowserContext, words: string): Promise<(page: Page) => Promise<Glimpse>> {
    await context.addInitScript((wanted) => {
      const look = () => {
        const answers = document.querySelectorAll<HTMLElement>("[data-testid=message][data-role=assistant]");
        const answer = [...answers].at(-1);
        if (answer?.innerText.includes(wanted) !== true) return;
        watch.disconnect();
        const proses = [...answer.querySelectorAll<HTMLElement>(".prose")];
        const glimpse: Glimpse = {
          status: answer.dataset["state"] ?? "",
          reply: proses.map((prose) => prose.innerText).join("\n\n"),
          says: answer.innerText,
        };
        Object.assign(window, { glimpse });
      };
      const watch = new MutationObserver(look);
      watch.observe(document, { childList: true, subtree: true, characterData: true });
    }, words);
    return async (page) => {
      const caught = await page.waitForFunction<Glimpse>(() => Reflect.get(window, "glimpse"), undefined, {
        timeout: RUN_LIMIT_MS,
      });
      return caught.jsonValue();
    };
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Makes a server the model of new sessions and of the open one, through the form. */
  async connect(baseUrl: string, { model = "test-model", apiKey = "" } = {}): Promise<void> {
    await this.#goTo("#/connect");
    await this.page.getByLabel("Base URL").fill(baseUrl);
    await this.page.getByLabel("API key").fill(apiKey);
    await this.page.getByLabel("Model", { exact: true }).fill(model);
    await this.page.getByRole("button", { name: "Save", exact: true }).click();
    await this.page.waitForFunction(() => location.hash !== "#/connect");
    await this.ready();
  }

  async #goTo(fragment: string): Promise<void> {
    await this.page.evaluate((next) => {
      location.hash = next;
    }, fragment);
  }

  async #runIs(state: "running" | "idle"): Promise<void> {
    await this.page.waitForFunction((wanted) => document.documentElement.dataset["run"] === wanted, state, {
      timeout: RUN_LIMIT_MS,
    });
  }
}
