import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { serveApp, type ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { readStored } from "#test/kill-campaign/stored.ts";

const TABS = 8;
const SESSIONS = 10;
/** Of the random part; `HOLDFAST_TABS_SECONDS=120 npx vitest run --project browser test/browser/eight-tabs.test.ts` for more. */
const SECONDS = Number(process.env["HOLDFAST_TABS_SECONDS"] ?? 8);
const SEED = Number(process.env["HOLDFAST_TABS_SEED"] ?? 7);

/** A message that the app has taken: the box was empty afterwards. */
interface Accepted {
  readonly sessionId: string;
  readonly text: string;
}

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  app = await serveApp();
});

afterEach(async () => {
  await browser.close();
  await app.stop();
});

/** Numbers in [0, 1) that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One tab and the person in front of it, who does something at random until the time is over. */
class Person {
  readonly accepted: Accepted[] = [];
  readonly #name: string;
  readonly #random: () => number;
  readonly #crowd: Crowd;
  tab: HoldfastPage;
  #said = 0;

  constructor(name: string, tab: HoldfastPage, crowd: Crowd, random: () => number) {
    this.#name = name;
    this.tab = tab;
    this.#crowd = crowd;
    this.#random = random;
  }

  async act(): Promise<void> {
    const dice = this.#random();
    const sessionId = this.#crowd.sessions[Math.floor(this.#random() * SESSIONS)] ?? "";
    if (dice < 0.08) await this.#reopen();
    else if (dice < 0.12) await this.#delete(sessionId);
    else if (dice < 0.3) await this.#edit(sessionId);
    else await this.#send(sessionId);
  }

  /** Closes the tab, whatever goes on in it, and opens another. */
  async #reopen(): Promise<void> {
    await this.tab.page.close();
    this.tab = await openHoldfast(browser, app.url);
  }

  async #delete(sessionId: string): Promise<void> {
    if (this.#crowd.deleted.size >= SESSIONS / 3) return;
    const row = this.tab.page.locator(`[data-testid=session-item][data-session-id="${sessionId}"]`);
    if ((await row.count()) === 0) return;
    this.#crowd.deleted.add(sessionId);
    await row.focus();
    await this.tab.page.keyboard.press("Delete");
    await row.waitFor({ state: "detached" });
  }

  /** Puts another text in the place of the last message, where nothing runs: a branch beside it. */
  async #edit(sessionId: string): Promise<void> {
    if (!(await this.#open(sessionId))) return;
    const { page } = this.tab;
    const edit = page.locator("[data-action=edit]:not([aria-disabled=true])").last();
    if ((await edit.count()) === 0) return;
    await edit.click({ force: true, timeout: 1000 }).catch(() => undefined); // a run has begun, or the session is gone
    const box = page.getByRole("textbox", { name: "Edit your message" });
    if ((await box.count()) === 0) return;
    const text = `${++this.#said} * ${this.#name}000`;
    try {
      await box.fill(text, { timeout: 2000 });
      await box.press("Control+Enter", { timeout: 2000 });
    } catch {
      return; // somebody else's version has just taken the place of this one
    }
    // The box also goes when somebody else's version takes the place of this one: only what is seen was surely taken.
    const seen = page.locator(".user-text").filter({ hasText: text });
    const isTaken = await seen.waitFor({ timeout: 5000 }).then(
      () => true,
      () => false,
    );
    if (isTaken) this.accepted.push({ sessionId, text });
  }

  async #send(sessionId: string): Promise<void> {
    if (await this.#open(sessionId)) await this.#submit(sessionId);
  }

  /** False: it is deleted, here or in another tab. */
  async #open(sessionId: string): Promise<boolean> {
    if (this.#crowd.deleted.has(sessionId)) return false;
    return isShown(this.tab, sessionId);
  }

  async #submit(sessionId: string): Promise<void> {
    const text = `${++this.#said} + ${this.#name}000`;
    await this.tab.composer.fill(text);
    // The session has one draft in all tabs: what somebody else types or sends in the same moment may take its place.
    const isSent = await this.tab.composer.evaluate((box, mine) => {
      if (!(box instanceof HTMLTextAreaElement) || box.value !== mine) return false;
      return !box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    }, text);
    if (!isSent) return;
    const isTaken = await this.tab.page
      .waitForFunction(
        () => document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.value === "",
        undefined,
        { timeout: 10_000 },
      )
      .then(
        () => true,
        () => false, // refused, e.g. since the session was deleted meanwhile: the text is still in the box
      );
    if (isTaken) this.accepted.push({ sessionId, text });
  }
}

interface Crowd {
  readonly sessions: string[];
  readonly deleted: Set<string>;
}

describe.each([
  ["the one agent of all tabs", true],
  ["an agent in each tab", false],
])("eight tabs on the same ten sessions, with %s", (_, hasSharedWorkers) => {
  test(
    "[P1] [S2] [I4] every message that was taken is there once and in its order, the same in every tab; what was deleted stays so",
    async () => {
      browser = await startBrowser({ hasSharedWorkers });
      const crowd: Crowd = { sessions: [], deleted: new Set() };
      const first = await openHoldfast(browser, app.url);
      for (let index = 0; index < SESSIONS; index++) {
        // oxlint-disable no-await-in-loop -- one session after the other, as a person makes them
        await first.page.evaluate(() => (location.hash = "#/new"));
        await first.ready();
        await first.send(`${index} + 1`);
        await first.says(String(index + 1));
        await first.idle();
        crowd.sessions.push(/#\/s\/([^/?]+)/.exec(first.page.url())?.[1] ?? "");
        // oxlint-enable no-await-in-loop
      }
      const random = randomFrom(SEED);
      const tabs = [
        first,
        ...(await Promise.all(Array.from({ length: TABS - 1 }, () => openHoldfast(browser, app.url)))),
      ];
      const people = tabs.map((tab, index) => new Person(String(index + 1), tab, crowd, random));
      const endsAt = Date.now() + SECONDS * 1000;
      await Promise.all(
        people.map(async (person) => {
          // oxlint-disable-next-line no-await-in-loop
          while (Date.now() < endsAt) await person.act();
        }),
      );

      const [{ tab: witness } = { tab: first }] = people;
      const isQuiet = async () => {
        const stored = await readStored(witness.page);
        return stored.sessions.every(({ pending, deletedAt }) => pending === null || deletedAt !== null);
      };
      await expect.poll(isQuiet, { timeout: 60_000 }).toBe(true);
      const { turns, queue, sessions, index } = await readStored(witness.page);
      for (const { accepted } of people) {
        for (const sessionId of crowd.sessions) {
          if (crowd.deleted.has(sessionId)) continue;
          const mine = accepted.filter((message) => message.sessionId === sessionId).map(({ text }) => text);
          const kept = turns.filter((turn) => turn.sessionId === sessionId).map(({ user }) => user.text);
          const inLine = queue
            .filter((item) => item.sessionId === sessionId)
            .toSorted((a, b) => a.position - b.position);
          const waiting = inLine.map(({ text }) => text);
          // Each once, in the order in which this person sent them, whatever the others did in between.
          expect([...kept, ...waiting].filter((text) => mine.includes(text))).toEqual(mine);
        }
      }
      for (const sessionId of crowd.deleted) {
        expect(sessions.find(({ id }) => id === sessionId)?.deletedAt ?? 0).not.toBeNull();
        expect(index.map((entry) => entry.sessionId)).not.toContain(sessionId);
      }
      const living = crowd.sessions.filter((id) => !crowd.deleted.has(id));
      for (const sessionId of living) {
        const differing = async () =>
          new Set(
            (await Promise.all(people.map(({ tab }) => questionsOf(tab, sessionId)))).map((seen) => seen.join(", ")),
          );
        // oxlint-disable-next-line no-await-in-loop
        await expect.poll(differing, { timeout: 20_000 }).toHaveProperty("size", 1);
      }
      const taken = people.reduce((sum, { accepted }) => sum + accepted.length, 0);
      console.log(`${taken} messages taken in ${SECONDS} s, ${crowd.deleted.size} sessions deleted, seed ${SEED}`);
      expect(taken).toBeGreaterThan(0);
      expect(browser.problems).toEqual([]);
    },
    300_000 + SECONDS * 2000,
  );
});

/** Goes to a session and waits until it is the one on screen. False: it is not in the list. */
async function isShown(tab: HoldfastPage, sessionId: string): Promise<boolean> {
  await tab.page.evaluate((id) => (location.hash = `#/s/${id}`), sessionId);
  const row = tab.page.locator(`[data-testid=session-item][data-session-id="${sessionId}"][aria-current=page]`);
  return row.waitFor({ timeout: 10_000 }).then(
    async () => {
      await tab.ready();
      return true;
    },
    () => false,
  );
}

/** The person's messages of a session as a tab shows them, once it shows its newest. */
async function questionsOf(tab: HoldfastPage, sessionId: string): Promise<string[]> {
  expect(await isShown(tab, sessionId)).toBe(true);
  // A message that is being edited shows its box and not its text.
  const box = tab.page.getByRole("textbox", { name: "Edit your message" });
  if ((await box.count()) > 0) await box.first().press("Escape", { timeout: 2000 });
  await tab.questions.last().waitFor();
  return tab.page.locator(".user-text").allInnerTexts();
}
