import { type EngineBrowser, type Tab, until } from "./engine.ts";

const COMPOSER = "[data-testid=composer]";
const RUN_LIMIT_MS = 60_000;

/** Holdfast in a tab of any engine, by the same marks as `test/helpers/holdfast-page.ts`. */
export async function openHoldfast(browser: EngineBrowser, url: string): Promise<EnginePage> {
  const page = new EnginePage(await browser.open(url));
  await page.ready();
  return page;
}

/** What stands on the screen, read in one moment. */
export interface Seen {
  readonly address: string;
  readonly run: string | null;
  readonly composer: string;
  /** What the person wrote, oldest first. */
  readonly questions: readonly string[];
  /** The status of the newest answer's turn. */
  readonly status: string | null;
  /** What the model or agent wrote as the newest answer. */
  readonly reply: string;
  /** All that the newest answer shows, the app's own words included. */
  readonly says: string;
  readonly answers: number;
  readonly sessions: readonly string[];
  readonly files: readonly string[];
  /** Everything, for what has no mark. */
  readonly text: string;
  readonly visibility: string;
}

export class EnginePage {
  readonly tab: Tab;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  /** Resolves when a message can be sent. */
  ready(): Promise<void> {
    return this.shows("a message box that can be used", () => {
      const composer = document.querySelector("[data-testid=composer]");
      return composer instanceof HTMLTextAreaElement && !composer.disabled;
    });
  }

  async send(text: string): Promise<void> {
    await this.tab.type(COMPOSER, text);
    await this.tab.press(COMPOSER, "Enter");
  }

  look(): Promise<Seen> {
    return this.tab.evaluate(look);
  }

  /** Resolves when what is seen fits; the error says what was there instead. */
  async sees(what: string, fits: (seen: Seen) => boolean, patienceMs = RUN_LIMIT_MS): Promise<Seen> {
    let last: Seen | undefined;
    try {
      await until(what, async () => fits((last = await this.look())), patienceMs);
    } catch (error) {
      throw new Error(`${String(error)}\n${JSON.stringify(last)}`, { cause: error });
    }
    if (last === undefined) throw new Error("Nothing was seen.");
    return last;
  }

  says(words: string): Promise<Seen> {
    return this.sees(`the answer says “${words}”`, ({ says }) => says.includes(words));
  }

  /** Resolves when the newest answer is complete and nothing runs; throws where storage failed or a message still waits. */
  async completed(): Promise<Seen> {
    const seen = await this.sees(
      "the answer is complete",
      ({ run, status }) => run === "idle" && status === "completed",
    );
    const trouble = /[^\n]*could not save[^\n]*|The queue waits[^\n]*/.exec(seen.text);
    if (trouble !== null) throw new Error(`The answer is complete, and the page says: ${trouble[0]}`);
    return seen;
  }

  /** The same for a question that is asked in the page. */
  async shows(what: string, isTrue: () => boolean, patienceMs?: number): Promise<void> {
    await until(what, () => this.tab.evaluate(isTrue), patienceMs);
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.ready();
  }

  async goTo(fragment: string): Promise<void> {
    await this.tab.evaluate((next) => {
      location.hash = next;
    }, fragment);
  }

  /** Clicks the button or link of this name, once it is there. */
  async click(name: string): Promise<void> {
    await until(`there is “${name}” to click`, () => this.tab.evaluate(mark, name));
    await this.tab.click("[data-to-click]");
    await this.tab.evaluate(unmark);
  }

  /** Makes a server the model of new sessions and of the open one, through the form. */
  async connect(baseUrl: string): Promise<void> {
    await this.goTo("#/connect");
    await this.shows("the form for a model", () => document.querySelector("#connect-base-url") !== null);
    await this.tab.type("#connect-base-url", baseUrl);
    await this.tab.type("#connect-model", "test-model");
    await this.click("Save");
    await this.shows("the form is gone", () => location.hash !== "#/connect");
    await this.ready();
  }
}

/** Runs in the page. */
function look(): Seen {
  const messages = [...document.querySelectorAll<HTMLElement>("[data-testid=message]")];
  const answers = messages.filter(({ dataset }) => dataset["role"] === "assistant");
  const answer = answers.at(-1);
  const textsOf = (elements: Iterable<HTMLElement>) => Array.from(elements, (element) => element.innerText);
  const composer = document.querySelector<HTMLTextAreaElement>("[data-testid=composer]");
  return {
    address: location.href,
    run: document.documentElement.dataset["run"] ?? null,
    composer: composer?.value ?? "",
    questions: textsOf(messages.filter(({ dataset }) => dataset["role"] === "user")),
    status: answer?.dataset["state"] ?? null,
    reply: textsOf(answer?.querySelectorAll<HTMLElement>(".prose") ?? [])
      .join("\n\n")
      .trim(),
    says: answer?.innerText ?? "",
    answers: answers.length,
    sessions: textsOf(document.querySelectorAll<HTMLElement>("[data-testid=session-item]")),
    files: textsOf(document.querySelectorAll<HTMLElement>(".file-row")),
    text: document.body.innerText,
    visibility: document.visibilityState,
  };
}

function mark(name: string): boolean {
  const all = [...document.querySelectorAll<HTMLElement>("button, a, [role=button], [role=menuitem]")];
  const nameOf = (element: HTMLElement) => (element.getAttribute("aria-label") ?? element.innerText).trim();
  const found = all.find((element) => nameOf(element) === name && element.checkVisibility());
  found?.setAttribute("data-to-click", "");
  return found !== undefined;
}

function unmark(): void {
  document.querySelector("[data-to-click]")?.removeAttribute("data-to-click");
}
