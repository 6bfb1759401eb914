import type { SeenEnding, UnsavedWords, WordsEvent } from "#protocol/commands.ts";

import type { HideCause } from "./page-lifecycle.ts";

/** Do not change without a migration. */
const KEY = "holdfast:farewell";

const CAUSES = new Set<unknown>(["page-closed", "update", "paused-by-browser"] satisfies HideCause[]);

/** Why the page went, for the next one. */
export interface FarewellNote {
  /** Written when it returns: the worker, asked at the same moment to keep the reason with the work, may die before it can. */
  readonly leave: (cause: HideCause, lastWords: UnsavedWords | null) => void;
  /** The page is still there, or again. */
  readonly takeBack: () => void;
  /** What the page before this one left; null where it left nothing or could not. */
  readonly last: SeenEnding | null;
}

/** `storage` is localStorage, which a closed tab leaves behind as well; null where the browser denies it. Never throws. */
export function createFarewellNote(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null,
  now: () => number,
  log: (message: string, cause: unknown) => void,
): FarewellNote {
  const attempt = <T>(act: () => T): T | null => {
    try {
      return act();
    } catch (cause) {
      log("Why a page was left cannot be kept.", cause);
      return null;
    }
  };
  return {
    last: attempt(() => readNote(storage?.getItem(KEY) ?? null)),
    leave(cause, lastWords) {
      if (cause === null) return;
      const note: SeenEnding = { cause, at: now(), ...(lastWords === null ? {} : { lastWords }) };
      attempt(() => storage?.setItem(KEY, JSON.stringify(note)));
    },
    takeBack() {
      attempt(() => storage?.removeItem(KEY));
    },
  };
}

/** The browser may discard a page without a word to it, and tells only the next one. That explains better than an older note. */
export function afterDiscard(last: SeenEnding | null, page: object, now: number): SeenEnding | null {
  const wasDiscarded = "wasDiscarded" in page && page.wasDiscarded === true;
  return wasDiscarded ? { cause: "paused-by-browser", at: now } : last;
}

function readNote(text: string | null): SeenEnding | null {
  if (text === null) return null;
  const note = JSON.parse(text) as Partial<SeenEnding> | null;
  if (!CAUSES.has(note?.cause) || typeof note?.at !== "number") return null;
  const { lastWords } = note;
  const isWhole = Array.isArray(lastWords?.events) && lastWords.events.every(isWords);
  return {
    cause: note.cause as SeenEnding["cause"],
    at: note.at,
    ...(lastWords !== undefined && isWhole ? { lastWords } : {}),
  };
}

/** Written by this app, but perhaps by another version of it. */
function isWords(event: Partial<WordsEvent> | null): boolean {
  const isDelta = event?.type === "text-delta" || event?.type === "reasoning-delta";
  const isPlaced = Number.isInteger(event?.seq) && typeof event?.at === "number" && typeof event.runId === "string";
  return isDelta && isPlaced && typeof event.text === "string" && typeof event.partId === "string";
}
