import { beforeEach, expect, test } from "vitest";
import type { TestBrowser } from "#test/helpers/browser.ts";
import type { ServedApp } from "#test/helpers/built-app.ts";
import { openHoldfast } from "#test/helpers/holdfast-page.ts";
import { openStage } from "#test/helpers/stage.ts";

let app: ServedApp;
let browser: TestBrowser;

beforeEach(async () => {
  const stage = await openStage();
  ({ app, browser } = stage);
  return stage.close;
});

test("[C2] a pattern that would run for days is stopped, and the agent goes on to the next request", async () => {
  const holdfast = await openHoldfast(browser, app.url);
  await holdfast.send(`test regex /(a+)+$/ on "${"a".repeat(40)}b"`);
  await holdfast.says(/longer than 2 seconds and was stopped/);
  await holdfast.idle();
  // The same kind of pattern on a text that it fits ends by itself: the worker really searches.
  await holdfast.send('test regex /(?:[a-z]+)+!/ on "well! done!"');
  await holdfast.says(/2 matches/);
  await holdfast.idle();
  expect(browser.problems).toEqual([]);
});
