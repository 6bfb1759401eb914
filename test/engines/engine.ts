/**
 * One browser engine as the stories see it: `chromium.ts`, `firefox.ts` and `webkit.ts` implement it. What an engine or its
 * driver cannot do throws NotPossible with the reason; the table shows that and does not count it as a failure.
 */
export interface Engine {
  /** As in the table: "Firefox". */
  readonly name: string;
  /** A browser with a fresh profile on disk. */
  start(options?: StartOptions): Promise<EngineBrowser>;
}

export interface StartOptions {
  /** Keeps nothing on disk, as a private window does. */
  readonly isPrivate?: boolean;
  /** The private file system is switched off, as in older versions of the engine. */
  readonly hasFileSystem?: boolean;
}

export interface EngineBrowser {
  /** With its number: "Firefox 153.7". */
  readonly version: string;
  /** What pages complained of since the start or the last `problems.length = 0`; read it after `collect`. */
  readonly problems: string[];
  /** Brings `problems` up to now. */
  collect(): Promise<void>;
  /** A new tab, in front. Resolves when the page has loaded. */
  open(url: string): Promise<Tab>;
  /** SIGKILL for the whole process tree: no event fires, nothing is flushed. Resolves with the epoch ms of the kill. */
  kill(): Promise<number>;
  /** Starts the browser on the profile as it is, after `kill` or after an orderly end. */
  relaunch(): Promise<void>;
  /** All processes stand still and go on, as on a laptop that sleeps: nothing is told to the page. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the browser, if it runs, and removes the profile. */
  close(): Promise<void>;
}

/** Selectors are CSS and name one element: the first that matches. */
export interface Tab {
  go(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
  /** Runs a function in the page and gives what it returns or resolves with; it sees nothing but its arguments. */
  evaluate<Args extends readonly unknown[], Result>(
    work: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>;
  /** Real keys into an element. */
  type(selector: string, text: string): Promise<void>;
  press(selector: string, key: "Enter" | "Escape"): Promise<void>;
  /** A real click, which what lies above the element would take. */
  click(selector: string): Promise<void>;
  /** Another tab or nothing is in front: the page is really hidden until `show`. */
  hide(): Promise<void>;
  show(): Promise<void>;
  /** The process that draws the page is killed; then the same address is opened again in a tab of its own. */
  crash(): Promise<Tab>;
}

/** Not a failure: this engine, or what drives it, has no such thing. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
}

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;

/** Asks until the answer is true. Throws with `what` and the last answer or error when it never was. */
export async function until(what: string, isTrue: () => Promise<boolean>, patienceMs = PATIENCE_MS): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    let last = "it was not so";
    try {
      if (await isTrue()) return;
    } catch (error) {
      // A page that is just being replaced cannot be asked.
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > giveUpAt) throw new Error(`Waited ${String(patienceMs / 1000)} s in vain: ${what} (${last})`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
