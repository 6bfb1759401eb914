import type { BrowserContext, Page } from "playwright-core";

/** How the app stood on the screen at one moment. */
export interface Sighting {
  /** Epoch ms, by the page's clock, which is the machine's. */
  readonly at: number;
  /** Ms since the page's navigation began. */
  readonly sinceStartMs: number;
  readonly questions: readonly string[];
  /** Of the newest answer: its status, what the model wrote, and the states of its tools. */
  readonly state: string;
  readonly reply: string;
  readonly tools: readonly string[];
  readonly run: string;
  readonly composer: string;
  readonly queued: readonly string[];
}

/** Where the page leaves what it showed when it went; the app has no key of that name. */
const LAST_SHOWN_KEY = "campaign:last-shown";
const LOOK_EVERY_MS = 40;

/**
 * Watches every page of a context and tells of each change on the screen. What is told is what a person has seen, so
 * the campaign may hold the app to it. A death cuts off what was not told yet: the app is never held to too much.
 */
export class Witness {
  readonly #sightings = new WeakMap<Page, Sighting[]>();

  async watch(context: BrowserContext): Promise<void> {
    await context.exposeBinding("campaignSaw", ({ page }, sighting: Sighting) => {
      this.of(page).push(sighting);
    });
    await context.addInitScript(watchScreen, { everyMs: LOOK_EVERY_MS, key: LAST_SHOWN_KEY });
  }

  /** All sightings of a page, oldest first. */
  of(page: Page): Sighting[] {
    const known = this.#sightings.get(page) ?? [];
    this.#sightings.set(page, known);
    return known;
  }

  /** What the last page that left in an orderly way showed of its newest answer. Call it from a page of the app. */
  static async lastShown(page: Page): Promise<Sighting | null> {
    return page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "null"), LAST_SHOWN_KEY);
  }

  static async forgetLastShown(page: Page): Promise<void> {
    await page.evaluate((key) => localStorage.removeItem(key), LAST_SHOWN_KEY);
  }
}

/** Runs in the page, before the app. */
function watchScreen({ everyMs, key }: { readonly everyMs: number; readonly key: string }): void {
  const texts = (selector: string, root: ParentNode = document) =>
    [...root.querySelectorAll<HTMLElement>(selector)].map((element) => element.textContent);
  const look = (): Omit<Sighting, "at" | "sinceStartMs"> => {
    const answer = [...document.querySelectorAll<HTMLElement>("[data-testid=message][data-role=assistant]")].at(-1);
    return {
      questions: texts("[data-testid=message][data-role=user]"),
      state: answer?.dataset["state"] ?? "",
      reply: answer === undefined ? "" : texts(".prose", answer).join("\n\n").trim(),
      tools: [...(answer?.querySelectorAll<HTMLElement>(".tool") ?? [])].map(({ dataset }) => dataset["state"] ?? ""),
      run: document.documentElement.dataset["run"] ?? "",
      composer: document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.value ?? "",
      queued: texts(".queue li > p:first-child"),
    };
  };
  let told = "";
  const tell = () => {
    const seen = look();
    const words = JSON.stringify(seen);
    if (words === told) return;
    told = words;
    Reflect.get(window, "campaignSaw")({ ...seen, at: Date.now(), sinceStartMs: performance.now() });
  };
  setInterval(tell, everyMs);
  // Every frame until the first text is there: how long that takes is measured.
  const untilShown = () => {
    tell();
    if (document.querySelector("[data-testid=message]") === null) requestAnimationFrame(untilShown);
  };
  requestAnimationFrame(untilShown);
  addEventListener("pagehide", () => {
    if (!location.protocol.startsWith("http")) return;
    localStorage.setItem(key, JSON.stringify({ ...look(), at: Date.now(), sinceStartMs: performance.now() }));
  });
}
