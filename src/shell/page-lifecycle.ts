import { type ReadonlySignal, signal } from "@preact/signals";

import type { InterruptionCause } from "#domain/outcome.ts";

/** What the page's end is called in the record of a run that it interrupts. Null: the page is only hidden, nothing ends. */
export type HideCause = Extract<InterruptionCause, "page-closed" | "update" | "paused-by-browser"> | null;

/** From where the page came back. After `frozen` and `restored` events may have passed it by. */
export type Return = "hidden" | "frozen" | "restored";

export interface PageLifecycle {
  readonly isVisible: ReadonlySignal<boolean>;
  readonly isOnline: ReadonlySignal<boolean>;
  /** `flush` runs synchronously when the page is hidden, frozen or left; it must not wait. Returns the removal. */
  readonly onHide: (flush: () => void) => () => void;
  /** Once for each time that the page comes back. Returns the removal. */
  onReturn(listener: (from: Return) => void): () => void;
  release(): void;
}

export interface LifecyclePage {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: DocumentVisibilityState };
  readonly navigator: { readonly onLine: boolean };
}

export interface LifecycleParts {
  readonly page: LifecyclePage;
  /** Tells the worker, after every `onHide`. */
  readonly flush: (cause: HideCause) => void;
  /** Whether the page is about to be left for an update. */
  readonly isUpdating: () => boolean;
  readonly log: (message: string, cause: unknown) => void;
}

/** How much each cause says about the end. A later event that says less than the one before adds nothing. */
function weight(cause: HideCause): number {
  switch (cause) {
    case null:
      return 1;
    case "paused-by-browser":
      return 2;
    case "page-closed":
    case "update":
      return 3;
  }
}

/**
 * The one place that listens to the page's life. Browsers tell of one and the same end by one to four events, in an order
 * of their own (measured in Chromium on reload: beforeunload, pagehide, visibilitychange; on close the same without the first;
 * after a crash none), so every event leads to the same idempotent flush, and every return to the same idempotent resume.
 * No `unload`: it would keep the page out of the back/forward cache.
 */
export function watchPageLifecycle(parts: LifecycleParts): PageLifecycle {
  const { window, document, navigator } = parts.page;
  const isVisible = signal(document.visibilityState === "visible");
  const isOnline = signal(navigator.onLine);
  const hiders = new Set<() => void>();
  const returners = new Set<(from: Return) => void>();
  /** Weight of what was flushed since the page was last in use; 0: nothing. */
  let flushed = 0;
  let away: Return = "hidden";

  const flush = (cause: HideCause, from: Return): void => {
    if (weight(cause) <= flushed) return;
    flushed = weight(cause);
    away = from;
    // One listener that throws must not keep the others from saving.
    for (const hide of hiders) guarded(hide, parts.log);
    guarded(() => parts.flush(cause), parts.log);
  };
  const comeBack = (from: Return): void => {
    if (flushed === 0) return;
    flushed = 0;
    for (const listener of returners) guarded(() => listener(from), parts.log);
  };

  const ended = new AbortController();
  const on = (target: EventTarget, type: string, listener: (event: Event) => void): void =>
    target.addEventListener(type, listener, { signal: ended.signal });
  on(document, "visibilitychange", () => {
    isVisible.value = document.visibilityState === "visible";
    if (isVisible.value) comeBack(away);
    else flush(null, "hidden");
  });
  on(document, "freeze", () => flush("paused-by-browser", "frozen"));
  on(document, "resume", () => {
    // A page thaws hidden first; what it missed is fetched when it is looked at.
    if (document.visibilityState === "visible") comeBack("frozen");
  });
  on(window, "beforeunload", () => {
    flush(null, "hidden");
    // Leaving can still be called off, and no event tells of that: the next flush must not be taken for a repetition.
    flushed = 0;
  });
  on(window, "pagehide", () => flush(parts.isUpdating() ? "update" : "page-closed", "restored"));
  on(window, "pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) comeBack("restored");
  });
  on(window, "online", () => (isOnline.value = navigator.onLine));
  on(window, "offline", () => (isOnline.value = navigator.onLine));

  return {
    isVisible,
    isOnline,
    onHide: (listener) => added(hiders, listener),
    onReturn: (listener) => added(returners, listener),
    release() {
      ended.abort();
      hiders.clear();
      returners.clear();
    },
  };
}

function added<Listener>(to: Set<Listener>, listener: Listener): () => void {
  to.add(listener);
  return () => {
    to.delete(listener);
  };
}

function guarded(act: () => void, log: LifecycleParts["log"]): void {
  try {
    act();
  } catch (cause) {
    log("A listener of the page's life cycle failed.", cause);
  }
}
