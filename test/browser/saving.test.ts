import type { Page } from "playwright-core";
import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer } from "#test/helpers/model-replies.ts";
import type { ModelServer } from "#test/helpers/model-server.ts";
import { numberedWords } from "#test/helpers/numbered-words.ts";
import { openStage } from "#test/helpers/stage.ts";

/** 100 KB of text. */
const TEXT = numberedWords(9_700).slice(0, 100_000);
const SECONDS = 6;
/** Bytes that may be written for each byte that streams. */
const BUDGET = 3;

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser, server } = stage);
  return stage.close;
});

/** What lies in the database at one moment, as a second connection reads it in one transaction. */
interface Sample {
  readonly run: string | undefined;
  /** The rows of the index store, as JSON. */
  readonly index: string;
  readonly journalRows: number;
  readonly journalBytes: number;
  readonly revision: number;
  readonly sessionBytes: number;
  readonly turnBytes: number;
}

/** Looks into the database from the page, ten times a second, until `stop` is called. */
async function watchDatabase(page: Page): Promise<{ stop(): Promise<readonly Sample[]> }> {
  await page.evaluate(() => {
    const stores = ["index", "journal", "sessions", "turns"];
    const samples: Sample[] = [];
    const bytesOf = (value: unknown) => JSON.stringify(value).length;
    const opening = indexedDB.open("holdfast");
    opening.addEventListener("success", () => {
      const look = () => {
        const run = document.documentElement.dataset["run"];
        const tx = opening.result.transaction(stores);
        const [index, journal, sessions, turns] = stores.map((store) => tx.objectStore(store).getAll());
        tx.addEventListener("complete", () => {
          const [session] = sessions?.result ?? [];
          samples.push({
            run,
            index: JSON.stringify(index?.result),
            journalRows: journal?.result.length ?? 0,
            journalBytes: bytesOf(journal?.result),
            revision: session?.revision ?? 0,
            sessionBytes: bytesOf(session ?? null),
            turnBytes: bytesOf(turns?.result),
          });
          setTimeout(look, 100);
        });
      };
      look();
    });
    Object.assign(window, { samples });
  });
  return { stop: () => page.evaluate(() => Reflect.get(window, "samples")) };
}

test("[W1] [W3] while a 100 KB answer streams, checkpoints are written and the index store stays as it is; at the end it changes once, and all of it cost less than three bytes a byte", async () => {
  server.always(answer({ text: TEXT, charactersPerSecond: TEXT.length / SECONDS, deltaLength: 40 }));
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl);
  await holdfast.send("Count for me.");
  await holdfast.says("word-1 ");
  const database = await watchDatabase(holdfast.page);
  await holdfast.says(TEXT.slice(-30));
  await holdfast.idle();
  await holdfast.page.waitForFunction(() => (Reflect.get(window, "samples") as Sample[]).at(-1)?.journalRows === 0);
  const samples = await database.stop();
  expect(await holdfast.reply()).toBe(TEXT);

  const during = samples.filter(({ journalRows }) => journalRows > 0);
  const end = samples.at(-1);
  const first = during[0];
  const fullest = during.at(-1);
  if (first === undefined || fullest === undefined || end === undefined) throw new Error("Nothing was seen.");
  // Checkpoints: the journal only grows, at least by a row in each second.
  expect(during.map(({ journalRows }) => journalRows)).toEqual(
    during.map(({ journalRows }) => journalRows).toSorted((a, b) => a - b),
  );
  expect(fullest.journalRows - first.journalRows).toBeGreaterThanOrEqual(SECONDS - 1);
  expect(fullest.revision).toBeGreaterThan(first.revision);
  // The index: one state while it ran, another one after.
  expect(new Set(during.map(({ index }) => index)).size).toBe(1);
  expect(new Set(samples.map(({ index }) => index)).size).toBe(2);
  expect(end.index).not.toBe(first.index);

  // Every write of the session's record adds one to its revision.
  const recordBytes = end.revision * Math.max(...samples.map(({ sessionBytes }) => sessionBytes));
  const written = fullest.journalBytes + recordBytes + end.turnBytes + 2 * end.index.length;
  console.log(`bytes written per byte streamed: ${(written / TEXT.length).toFixed(2)}`);
  expect(written / TEXT.length).toBeLessThanOrEqual(BUDGET);
  expect(browser.problems).toEqual([]);
});
