import { beforeEach, expect, test } from "vitest";

import { type HideCause, type PageLifecycle, type Return, watchPageLifecycle } from "#shell/page-lifecycle.ts";

class FakeDocument extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";
}

const state = { isUpdating: false, isOnline: true };
let window: EventTarget;
let document: FakeDocument;
let lifecycle: PageLifecycle;
let steps: (HideCause | "hide" | { readonly back: Return })[];
let logged: string[];

beforeEach(() => {
  state.isUpdating = false;
  state.isOnline = true;
  window = new EventTarget();
  document = new FakeDocument();
  steps = [];
  logged = [];
  lifecycle = watchPageLifecycle({
    page: {
      window,
      document,
      navigator: {
        get onLine() {
          return state.isOnline;
        },
      },
    },
    flush: (cause) => steps.push(cause),
    isUpdating: () => state.isUpdating,
    log: (message) => logged.push(message),
  });
  lifecycle.onHide(() => steps.push("hide"));
  lifecycle.onReturn((back) => steps.push({ back }));
});

function fire(...types: string[]): void {
  for (const type of types) {
    if (type === "hidden" || type === "visible") {
      document.visibilityState = type;
      document.dispatchEvent(new Event("visibilitychange"));
    } else if (type === "freeze" || type === "resume") document.dispatchEvent(new Event(type));
    else if (type === "restored") window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    else window.dispatchEvent(new Event(type));
  }
}

test("[P3] a reload's three events write everything and name the page's end once", () => {
  fire("beforeunload", "pagehide", "hidden");
  expect(steps).toEqual(["hide", null, "hide", "page-closed"]);
});

test("[P3] a close's two events name the page's end once", () => {
  fire("pagehide", "hidden");
  expect(steps).toEqual(["hide", "page-closed"]);
});

test("[P3] [P5] a tab switch is a flush without an end, and the return is told once", () => {
  fire("hidden", "hidden", "visible", "visible");
  expect(steps).toEqual(["hide", null, { back: "hidden" }]);
});

test("[P3] a hidden tab that is frozen, then closed, is flushed anew for each that says more", () => {
  fire("hidden", "freeze", "pagehide");
  expect(steps).toEqual(["hide", null, "hide", "paused-by-browser", "hide", "page-closed"]);
});

test("[P3] a frozen tab that comes back has missed events, and is told so when it is looked at", () => {
  fire("hidden", "freeze", "resume");
  expect(steps.at(-1)).toBe("paused-by-browser");
  fire("visible");
  expect(steps.at(-1)).toEqual({ back: "frozen" });
});

test("[P3] a page restored from the back/forward cache is told so once, in either order of the events", () => {
  fire("pagehide", "hidden", "restored", "visible");
  expect(steps.slice(2)).toEqual([{ back: "restored" }]);
  steps.length = 0;
  fire("pagehide", "hidden", "visible", "restored");
  expect(steps.slice(2)).toEqual([{ back: "restored" }]);
  steps.length = 0;
  fire("pagehide", "restored");
  expect(steps.slice(2)).toEqual([{ back: "restored" }]);
});

test("[P3] after a return the next end is flushed again", () => {
  fire("hidden", "visible", "hidden", "visible", "pagehide");
  expect(steps.filter((step) => step === "hide")).toHaveLength(3);
  expect(steps.at(-1)).toBe("page-closed");
});

test("leaving that is called off leaves nothing behind: the real end is flushed in full", () => {
  fire("beforeunload");
  fire("hidden");
  expect(steps).toEqual(["hide", null, "hide", null]);
});

test("[R4] a page left for an update says so", () => {
  state.isUpdating = true;
  fire("beforeunload", "pagehide", "hidden");
  expect(steps.at(-1)).toBe("update");
});

test("a listener that throws keeps nobody else from saving", () => {
  lifecycle.onHide(() => {
    throw new Error("broken");
  });
  lifecycle.onHide(() => steps.push("hide"));
  fire("pagehide");
  expect(steps).toEqual(["hide", "hide", "page-closed"]);
  expect(logged).toHaveLength(1);
});

test("what the page shows of being hidden and offline follows the browser", () => {
  fire("hidden");
  expect(lifecycle.isVisible.value).toBe(false);
  fire("visible");
  expect(lifecycle.isVisible.value).toBe(true);
  state.isOnline = false;
  fire("offline");
  expect(lifecycle.isOnline.value).toBe(false);
  state.isOnline = true;
  fire("online");
  expect(lifecycle.isOnline.value).toBe(true);
});

test("[Z3] a removed listener and a released page hear nothing", () => {
  const remove = lifecycle.onHide(() => steps.push("page-closed"));
  remove();
  fire("hidden", "visible");
  expect(steps).toEqual(["hide", null, { back: "hidden" }]);
  lifecycle.release();
  fire("pagehide", "hidden", "visible", "restored");
  expect(steps).toHaveLength(3);
});
