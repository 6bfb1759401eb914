import { beforeEach, expect, test } from "vitest";

import { readId, type SessionId } from "#domain/ids.ts";
import { createRouter } from "#shell/router.ts";
import { openTabMemory } from "#shell/tab-memory.ts";
import type { TabMemory } from "#ui/ports.ts";

const a = readId("a") as SessionId;
const b = readId("b") as SessionId;

/** A browser's address bar with its entries, as far as a page can see and move it. */
class FakeTab {
  readonly window = new EventTarget();
  readonly location = { pathname: "/app/", search: "", hash: "" };
  readonly entries: string[] = [];
  #at = 0;

  constructor(address: string) {
    this.entries.push(address);
    this.#read();
  }

  readonly history = {
    pushState: (_state: unknown, _title: string, address: string): void => {
      this.entries.splice(++this.#at, Infinity, address);
      this.#read();
    },
    replaceState: (_state: unknown, _title: string, address: string): void => {
      this.entries[this.#at] = address;
      this.#read();
    },
  };

  go(step: number): void {
    this.#at += step;
    this.#read();
    this.window.dispatchEvent(new Event("popstate"));
    this.window.dispatchEvent(new Event("hashchange"));
  }

  /** As a click on a real link, or typing into the address bar. */
  follow(fragment: string): void {
    this.history.pushState(null, "", this.location.pathname + fragment);
    this.window.dispatchEvent(new Event("popstate"));
    this.window.dispatchEvent(new Event("hashchange"));
  }

  #read(): void {
    const url = new URL(this.entries[this.#at] ?? "", "https://holdfast.example");
    Object.assign(this.location, { pathname: url.pathname, search: url.search, hash: url.hash });
  }
}

let memory: TabMemory;

beforeEach(() => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  };
  memory = openTabMemory(
    () => storage,
    () => undefined,
  );
});

const open = ({ window, location, history }: FakeTab) => createRouter({ window, location, history, memory });

test("[P2] the session in the address is the one that opens, with the turn to jump to", () => {
  const router = open(new FakeTab("/app/#/s/a?turn=4"));
  expect(router.route.value).toEqual({ kind: "session", sessionId: a, turnSeq: 4 });
});

test("an address that says nothing opens a new session in a new tab, and the last session in a tab that had one", () => {
  const fresh = new FakeTab("/app/");
  expect(open(fresh).route.value).toEqual({ kind: "new", text: null });
  expect(fresh.entries).toEqual(["/app/#/new"]);
  open(fresh).navigate({ kind: "session", sessionId: a, turnSeq: null });
  const again = new FakeTab("/app/");
  expect(open(again).route.value).toEqual({ kind: "session", sessionId: a, turnSeq: null });
  expect(again.entries).toEqual(["/app/#/s/a"]);
});

test("the shortcut of the installed app asks for a new session once, not at every reload", () => {
  memory.write("last-session", "a");
  const tab = new FakeTab("/app/?new");
  expect(open(tab).route.value).toEqual({ kind: "new", text: null });
  expect(tab.entries).toEqual(["/app/#/new"]);
});

test("Back and Forward lead to what was on screen, and each step is told once", () => {
  const tab = new FakeTab("/app/#/s/a");
  const router = open(tab);
  const seen: string[] = [];
  router.route.subscribe((route) => seen.push(router.href(route)));
  router.navigate({ kind: "session", sessionId: b, turnSeq: null });
  router.navigate({ kind: "settings", section: null });
  tab.go(-1);
  tab.go(-1);
  tab.go(2);
  expect(seen).toEqual(["#/s/a", "#/s/b", "#/settings", "#/s/b", "#/s/a", "#/settings"]);
});

test("going where the tab is adds no entry; replacing leaves none behind", () => {
  const tab = new FakeTab("/app/#/s/a");
  const router = open(tab);
  router.navigate({ kind: "session", sessionId: a, turnSeq: null });
  expect(tab.entries).toHaveLength(1);
  router.navigate({ kind: "new", text: null });
  router.navigate({ kind: "session", sessionId: b, turnSeq: null }, { replace: true });
  expect(tab.entries).toEqual(["/app/#/s/a", "/app/#/s/b"]);
});

test("a link within the page moves nothing", () => {
  const tab = new FakeTab("/app/#/s/a");
  const router = open(tab);
  tab.follow("#/s/b");
  tab.follow("#transcript");
  expect(router.route.value).toEqual({ kind: "session", sessionId: b, turnSeq: null });
});

test("[Z3] a released router hears nothing", () => {
  const tab = new FakeTab("/app/#/s/a");
  const router = open(tab);
  router.release();
  tab.follow("#/s/b");
  expect(router.route.value).toEqual({ kind: "session", sessionId: a, turnSeq: null });
});
