import assert from "node:assert/strict";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { answer, longAnswer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { textSent } from "#test/helpers/sent-text.ts";
import type { Engine, EngineBrowser } from "./engine.ts";
import { EnginePage, openHoldfast, type Seen } from "./page.ts";

/** What a story has: the app and a model on loopback, and an engine with a browser that was started for it alone. */
export interface World {
  readonly app: ServedApp;
  readonly server: ModelServer;
  readonly engine: Engine;
  readonly browser: EngineBrowser;
}

export interface Story {
  /** A promise, with the ids of the invariants that it guards. */
  readonly title: string;
  run(world: World): Promise<void>;
}

const WORDS = 200;
/** What a killed process may cost of the text that had arrived. */
const LOSS_BUDGET_MS = 1000;
const KETTLE = "how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C";
const PACKING = "make a packing list in notes.md with tent, stove, map, then count its lines";
const counting = (seconds: number) => longAnswer({ words: WORDS, seconds, continuation: "continue" });

/** A session with a model that counts, in mid-answer. */
async function openCounting({ app, server, browser }: World): Promise<EnginePage> {
  const page = await openHoldfast(browser, app.url);
  await page.connect(server.baseUrl);
  await page.send("Count for me.");
  await page.says("word-60 ");
  return page;
}

async function isWhole(page: EnginePage): Promise<Seen> {
  await page.says(`word-${WORDS}`);
  const seen = await page.completed();
  assert.equal(seen.reply, numberedWords(WORDS));
  assert.equal(seen.questions.length, 1);
  assert.equal(seen.answers, 1);
  return seen;
}

async function hasNoProblems(browser: EngineBrowser): Promise<void> {
  await browser.collect();
  assert.deepEqual(browser.problems, []);
}

/** Writes a file with the built-in agent and waits until the workspace lists it. */
async function writePackingList(page: EnginePage): Promise<void> {
  await page.send(PACKING);
  await page.click("Allow once");
  // A heading, an empty line and three things.
  await page.says("notes.md has 5 lines.");
  await page.completed();
}

async function packingListIsThere(page: EnginePage): Promise<void> {
  await page.sees("the file is listed", ({ files }) => files.some((file) => file.includes("notes.md")));
  await page.tab.click(".file-row");
  await page.sees("the file's text is shown", ({ text }) => text.includes("stove") && text.includes("# "));
}

/** Also where the browser says little or nothing about it. */
async function storageIsTold(page: EnginePage): Promise<void> {
  await page.goTo("#/settings/storage");
  const { text } = await page.sees("the storage page", ({ text }) => /used|may clear|keeps|does not say/.test(text));
  assert.doesNotMatch(text, /could not be read/);
}

export const STORIES: readonly Story[] = [
  {
    title: "the message box can be used, and the built-in agent answers with no key and no network",
    run: async ({ app, browser }) => {
      const page = await openHoldfast(browser, app.url);
      await page.send(KETTLE);
      await page.says("4 min");
      const { questions } = await page.completed();
      assert.equal(questions.length, 1);
      await page.reload();
      await page.says("4 min");
      await hasNoProblems(browser);
    },
  },
  {
    title: "[D1] what was typed and not sent is in the message box after a reload",
    run: async ({ app, browser }) => {
      const page = await openHoldfast(browser, app.url);
      await page.tab.type("[data-testid=composer]", "not finished ye");
      await page.reload();
      await page.sees("the draft is back", ({ composer }) => composer === "not finished ye");
      await hasNoProblems(browser);
    },
  },
  {
    title: "[R2] [R4] a reload in mid-answer: what was received is there, and the answer goes on to one whole",
    run: async (world) => {
      world.server.always(counting(8));
      const page = await openCounting(world);
      const before = (await page.look()).reply;
      await page.tab.reload();
      const back = await page.says("word-60 ");
      assert.equal(back.reply.slice(0, before.length), before);
      await isWhole(page);
      await hasNoProblems(world.browser);
    },
  },
  {
    title: "[R2] leaving the page in mid-answer and coming back with Back: the answer is whole",
    run: async (world) => {
      world.server.always(counting(8));
      const page = await openCounting(world);
      await page.tab.go("about:blank");
      await page.tab.back();
      await isWhole(page);
    },
  },
  {
    title: "[R6] [R4] the browser is killed in mid-answer: all but the last second is there, and the answer goes on",
    run: async (world) => {
      const { server, browser } = world;
      server.reply(counting(16));
      server.always(counting(4));
      const page = await openCounting(world);
      const request = await server.waitForRequest(1);
      const { address } = await page.look();
      const killedAt = await browser.kill();
      await browser.relaunch();
      const again = await openHoldfast(browser, address);
      const back = await again.sees("what was saved", ({ reply }) => reply !== "");
      const owed = textSent(request, killedAt - LOSS_BUDGET_MS).trimEnd();
      assert.equal(back.reply.slice(0, owed.length), owed);
      const whole = await isWhole(again);
      assert.match(whole.says, /The app stopped unexpectedly\. It went on by itself\./i);
      await hasNoProblems(browser);
    },
  },
  {
    title: "[S1] [R6] the browser is killed as soon as the message box has emptied: the message is there and answered",
    run: async ({ app, server, browser }) => {
      server.always(answer({ text: "Here I am.", headersAfterMs: 2000 }));
      const page = await openHoldfast(browser, app.url);
      await page.connect(server.baseUrl);
      await page.send("Are you there?");
      const { address } = await page.sees("an empty message box", ({ composer }) => composer === "");
      await browser.kill();
      await browser.relaunch();
      const again = await openHoldfast(browser, address);
      await again.says("Here I am.");
      const { questions } = await again.completed();
      assert.equal(questions.length, 1);
      await hasNoProblems(browser);
    },
  },
  {
    title: "[R6] the page's process dies in mid-answer: opened again, the answer goes on to one whole",
    run: async (world) => {
      world.server.always(counting(8));
      const page = await openCounting(world);
      const again = new EnginePage(await page.tab.crash());
      await isWhole(again);
    },
  },
  {
    title:
      "[R2] everything stands still for five seconds in mid-answer, as on a laptop that sleeps: the answer is whole",
    run: async (world) => {
      const { server, browser } = world;
      server.always(counting(8));
      const page = await openCounting(world);
      await browser.suspend();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await browser.resume();
      await isWhole(page);
      assert.equal(server.requests.length, 1);
      await hasNoProblems(browser);
    },
  },
  {
    title: "[R2] with another tab in front the answer goes on, and killed there it is all saved",
    run: async (world) => {
      const { server, browser } = world;
      server.always(counting(6));
      const page = await openCounting(world);
      await page.tab.hide();
      await page.sees("the page knows that it is hidden", ({ visibility }) => visibility === "hidden");
      await isWhole(page);
      const { address } = await page.look();
      await browser.kill();
      await browser.relaunch();
      const again = await openHoldfast(browser, address);
      await isWhole(again);
      assert.equal(server.requests.length, 1);
      await hasNoProblems(browser);
    },
  },
  {
    title: "[P1] two tabs on one session show the run live, and the server is asked once",
    run: async (world) => {
      const { server, browser } = world;
      server.always(counting(10));
      const page = await openCounting(world);
      const other = await openHoldfast(browser, (await page.look()).address);
      await other.says("word-100 ");
      assert.notEqual((await page.look()).status, "completed");
      await Promise.all([isWhole(page), isWhole(other)]);
      assert.equal(server.requests.length, 1);
      await hasNoProblems(browser);
    },
  },
  {
    title: "[P1] [R1] the tab that runs the session is closed: the other one finishes the answer, whole and once",
    run: async (world) => {
      const { server, browser } = world;
      server.reply(counting(20));
      server.always(counting(3));
      const page = await openCounting(world);
      const other = await openHoldfast(browser, (await page.look()).address);
      await other.says("word-60 ");
      await page.tab.close();
      await isWhole(other);
      // One where the tabs share a worker, which outlives the closed tab; else the other tab's worker asked again.
      assert.ok(server.requests.length <= 2);
      await hasNoProblems(browser);
    },
  },
  {
    title:
      "[P5] after one visit, with the files' server gone and the browser started anew, it opens, lists and answers",
    run: async ({ app, browser }) => {
      const page = await openHoldfast(browser, app.url);
      await page.send("12 * 12");
      await page.says("144");
      await page.completed();
      await page.shows("the service worker has the page", () => navigator.serviceWorker.controller !== null);
      await app.stop();
      await browser.relaunch();
      const again = await openHoldfast(browser, app.url);
      await again.sees("the session is listed", ({ sessions }) => sessions.length === 1);
      await again.send(KETTLE);
      await again.says("4 min");
      await again.completed();
      await again.tab.click("[data-testid=session-item]:last-of-type");
      await hasNoProblems(browser);
    },
  },
  {
    title: "[W9] [C6] a file is written with approval, listed, shown, and there after a kill",
    run: async ({ app, browser }) => {
      const page = await openHoldfast(browser, app.url);
      await writePackingList(page);
      await packingListIsThere(page);
      const { address } = await page.look();
      await browser.kill();
      await browser.relaunch();
      await packingListIsThere(await openHoldfast(browser, address));
      await hasNoProblems(browser);
    },
  },
  {
    title: "[W9] without a private file system files go into the database, and are there after a kill",
    run: async ({ app, engine }) => {
      const browser = await engine.start({ hasFileSystem: false });
      try {
        const page = await openHoldfast(browser, app.url);
        await writePackingList(page);
        await packingListIsThere(page);
        const { address } = await page.look();
        await browser.kill();
        await browser.relaunch();
        const again = await openHoldfast(browser, address);
        await packingListIsThere(again);
        await storageIsTold(again);
        await hasNoProblems(browser);
      } finally {
        await browser.close();
      }
    },
  },
  {
    title: "in a private window it starts, answers, keeps files and survives a reload",
    run: async ({ app, engine }) => {
      const browser = await engine.start({ isPrivate: true });
      try {
        const page = await openHoldfast(browser, app.url);
        await writePackingList(page);
        await packingListIsThere(page);
        await page.reload();
        await packingListIsThere(page);
        await hasNoProblems(browser);
      } finally {
        await browser.close();
      }
    },
  },
  {
    title: "settings, storage, the form for a model and the list of keys open without an error",
    run: async ({ app, browser }) => {
      const page = await openHoldfast(browser, app.url);
      await page.goTo("#/settings");
      await page.shows("the settings", () => document.querySelector(".settings-section") !== null);
      await storageIsTold(page);
      await page.goTo("#/connect");
      await page.shows("the form", () => document.querySelector("#connect-base-url") !== null);
      await page.goTo("#/new");
      await page.ready();
      await hasNoProblems(browser);
    },
  },
];
