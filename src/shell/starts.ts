import type { TabMemory } from "#ui/ports.ts";

/** "<failed starts in a row> <epoch ms of the start that goes on, or 0>". Do not change without a migration. */
const KEY = "holdfast:starts";
/** In the tab's memory: the start that this tab made last. */
const OWN_KEY = "start";
/** A start that takes longer has failed: nobody waits for it. A shorter one may be another tab's that goes on right now. */
const PATIENCE_MS = 10_000;
/** The second failure in a row is no accident. */
const FAILURES_UNTIL_SAFE = 2;

export interface Starts {
  /** The page starts. True: it failed too often, start in safe mode. */
  begin(): boolean;
  /** A message can be written: whatever failed before is over. */
  readonly usable: () => void;
  /** The app did not start, or could not be drawn. */
  readonly failed: () => void;
  /** The page is left. Who leaves at once did not wait in vain. */
  readonly left: () => void;
  /** The next start is a fresh try. */
  readonly forget: () => void;
}

interface StartsParts {
  /** localStorage, which outlives the tab. May throw: a browser that denies it counts nothing. */
  readonly storage: () => Pick<Storage, "getItem" | "setItem">;
  readonly memory: TabMemory;
  readonly now: () => number;
  readonly isVisible: () => boolean;
}

/** Counts starts of the app that reached no usable message box, so that what fails at once is not tried for ever. */
export function createStarts({ storage, memory, now, isVisible }: StartsParts): Starts {
  let begunAt = now();
  let isOver = false;
  const read = (): readonly number[] => {
    try {
      return (storage().getItem(KEY) ?? "").split(" ").map((word) => Number(word) || 0);
    } catch {
      return []; // denied: nothing was counted
    }
  };
  const write = (failed: number, openSince: number): void => {
    try {
      storage().setItem(KEY, `${failed} ${openSince}`);
    } catch {
      // Denied or full: nothing is counted, and the app starts as ever.
    }
  };
  const end = (failed: number): void => {
    isOver = true;
    write(failed, 0);
  };
  return {
    begin() {
      const [failures = 0, openSince = 0] = read();
      begunAt = now();
      const isDead = openSince > 0 && (memory.read(OWN_KEY) === String(openSince) || begunAt - openSince > PATIENCE_MS);
      const failed = failures + (isDead ? 1 : 0);
      const isSafe = failed >= FAILURES_UNTIL_SAFE;
      // A page that starts in the background is slow by the browser's will, and may be ended without a word.
      const isCounted = !isSafe && isVisible();
      write(failed, isCounted ? begunAt : 0);
      if (isCounted) memory.write(OWN_KEY, String(begunAt));
      else isOver = true;
      return isSafe;
    },
    usable() {
      if (!isOver) end(0);
    },
    failed() {
      if (!isOver) end((read()[0] ?? 0) + 1);
    },
    left() {
      if (!isOver && now() - begunAt < PATIENCE_MS) end(read()[0] ?? 0);
    },
    forget: () => end(0),
  };
}
