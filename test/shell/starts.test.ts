import { beforeEach, expect, test } from "vitest";

import { createStarts } from "#shell/starts.ts";

const stored = new Map<string, string>();
const storage = () => ({
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, text: string) => void stored.set(key, text),
});
let now = 0;
let tab = new Map<string, string>();
let isVisible = true;

/** A start of the page in the tab at hand. */
function start() {
  const notes = tab;
  const memory = {
    read: (key: string) => notes.get(key) ?? null,
    write: (key: string, text: string) => void notes.set(key, text),
  };
  return createStarts({ storage, memory, now: () => now, isVisible: () => isVisible });
}

beforeEach(() => {
  stored.clear();
  tab = new Map();
  now = 1_000_000;
  isVisible = true;
});

test("[R7] after two starts in a row that died without a word the third is one in safe mode, in a new tab too", () => {
  expect(start().begin()).toBe(false);
  now += 500;
  expect(start().begin()).toBe(false);
  now += 60_000;
  tab = new Map();
  expect(start().begin()).toBe(true);
  expect(start().begin()).toBe(true);
});

test("[R7] a start that says that it failed counts at once", () => {
  for (let n = 0; n < 2; n++) {
    const starts = start();
    expect(starts.begin()).toBe(false);
    starts.failed();
    starts.left();
  }
  expect(start().begin()).toBe(true);
});

test("a start that reached a usable message box makes all before it forgotten", () => {
  start().begin();
  start().begin();
  tab = new Map();
  const good = start();
  expect(good.begin()).toBe(false);
  good.usable();
  start().begin();
  expect(start().begin()).toBe(false);
});

test("reloading fast is no failure; leaving after waiting in vain is one", () => {
  for (let n = 0; n < 10; n++) {
    const starts = start();
    expect(starts.begin()).toBe(false);
    now += 800;
    starts.left();
  }
  for (let n = 0; n < 2; n++) {
    const starts = start();
    expect(starts.begin()).toBe(false);
    now += 30_000;
    starts.left();
  }
  expect(start().begin()).toBe(true);
});

test("tabs that start side by side do not count each other as dead", () => {
  for (let n = 0; n < 6; n++) {
    tab = new Map();
    now += 200;
    expect(start().begin()).toBe(false);
  }
});

test("a page that starts in the background counts nothing", () => {
  isVisible = false;
  for (let n = 0; n < 5; n++) expect(start().begin()).toBe(false);
});

test("'Try normally again' is a fresh try", () => {
  start().begin();
  start().begin();
  const safe = start();
  expect(safe.begin()).toBe(true);
  safe.forget();
  expect(start().begin()).toBe(false);
});

test("[W9] where the browser denies its storage the app starts as ever", () => {
  const denied = (): never => {
    throw new DOMException("denied", "SecurityError");
  };
  const memory = { read: () => null, write: () => undefined };
  const starts = createStarts({ storage: denied, memory, now: () => now, isVisible: () => true });
  for (let n = 0; n < 5; n++) expect(starts.begin()).toBe(false);
  starts.failed();
  starts.usable();
});
