import { type ReadonlySignal, signal } from "@preact/signals";

import type { UpdateState } from "#ui/ports.ts";

/** How often a waiting update looks whether runs have ended, so that its button says the truth. */
const LOOK_INTERVAL_MS = 3_000;
/** The worker's last write before the page goes. What it has not managed by then is in its journal. */
const FLUSH_LIMIT_MS = 2_000;
/** A new version that does not take over by then is loaded anyway: a page between two versions finds chunks missing. */
const TAKE_OVER_LIMIT_MS = 5_000;

export interface UpdateParts {
  /** Runs that are active in any tab. */
  readonly countActiveRuns: () => Promise<number>;
  readonly isVisible: () => boolean;
  /** Lets everything dirty be written, with "update" as the cause of the end. */
  readonly flush: () => Promise<unknown>;
  readonly reload: () => void;
}

export interface Updates {
  readonly state: ReadonlySignal<UpdateState>;
  /** The person agreed. Does nothing but say so while a run is active. */
  readonly apply: () => void;
  /** A new version is installed and waits; `takeOver` tells it to begin. */
  waits(takeOver: () => void): void;
  /** This page's version is no longer the one that is served: only a reload is missing. */
  isOutdated(): void;
  /** The new version has taken over. */
  tookOver(): void;
  release(): void;
}

/**
 * When a new version takes over: by consent, with no run active in any tab, after everything is written.
 *
 *     waits ─▶ ready ─▶ (click) ─▶ no run? ─▶ applying: flush ─▶ no run? ─▶ take over ─▶ tookOver ─▶ reload
 *                │                    └─ a run: ready, blocked                └─ not within 5 s: reload all the same
 *                └─ another tab applied it ─▶ ready (a reload is all that is missing)
 */
export function createUpdates(parts: UpdateParts): Updates {
  const state = signal<UpdateState>({ kind: "none" });
  let takeOver: (() => void) | null = null;
  let looking: ReturnType<typeof setInterval> | null = null;
  let safety: ReturnType<typeof setTimeout> | null = null;

  const settle = (count: number): void => {
    const blockedByRuns = count > 0;
    const now = state.peek();
    // An equal state is not told again: it would draw, and announce, the same notice every few seconds.
    if (now.kind !== "ready" || now.blockedByRuns !== blockedByRuns) state.value = { kind: "ready", blockedByRuns };
  };
  const look = async (): Promise<void> => {
    const count = await parts.countActiveRuns();
    if (state.peek().kind !== "applying") settle(count);
  };
  const found = (): void => {
    if (state.peek().kind === "applying") return;
    looking ??= setInterval(() => {
      if (parts.isVisible()) void look();
    }, LOOK_INTERVAL_MS);
    void look();
  };
  const reload = (): void => {
    if (safety !== null) clearTimeout(safety);
    safety = null;
    parts.reload();
  };
  const apply = async (): Promise<void> => {
    if (state.peek().kind !== "ready") return;
    state.value = { kind: "applying" };
    const before = await parts.countActiveRuns();
    if (before === 0) await within(FLUSH_LIMIT_MS, parts.flush());
    // A message may have been sent while the rest was written.
    const count = before || (await parts.countActiveRuns());
    if (count > 0) {
      settle(count);
      return;
    }
    if (takeOver === null) {
      reload();
      return;
    }
    safety = setTimeout(reload, TAKE_OVER_LIMIT_MS);
    takeOver();
  };

  return {
    state,
    apply: () => void apply(),
    waits(begin) {
      takeOver = begin;
      found();
    },
    isOutdated: found,
    tookOver() {
      takeOver = null;
      if (state.peek().kind === "applying") reload();
      else found();
    },
    release() {
      if (looking !== null) clearInterval(looking);
      if (safety !== null) clearTimeout(safety);
    },
  };
}

/** Resolves with the work, or without it after `ms`. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
