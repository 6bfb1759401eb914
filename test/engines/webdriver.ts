import type { Tab } from "./engine.ts";

/**
 * The commands of WebDriver that the stories need, by their names in Firefox's Marionette, with their address in
 * WebDriver's HTTP. Parameters and results are the same in both.
 */
export const COMMANDS = {
  NewSession: ["POST", ""],
  SetTimeouts: ["POST", "/timeouts"],
  NewWindow: ["POST", "/window/new"],
  SwitchToWindow: ["POST", "/window"],
  CloseWindow: ["DELETE", "/window"],
  GetWindowHandles: ["GET", "/window/handles"],
  Navigate: ["POST", "/url"],
  Refresh: ["POST", "/refresh"],
  Back: ["POST", "/back"],
  ExecuteAsyncScript: ["POST", "/execute/async"],
  FindElement: ["POST", "/element"],
  ElementClick: ["POST", "/element/{id}/click"],
  ElementSendKeys: ["POST", "/element/{id}/value"],
} as const;

export type Command = keyof typeof COMMANDS;
export type Parameters = Readonly<Record<string, unknown>>;

/** How commands reach a browser. Rejects with WebDriver's error, and when the connection ends before the answer. */
export interface Wire {
  call(command: Command, parameters: Parameters): Promise<unknown>;
}

/** What an element's id is called in WebDriver's results. */
const ELEMENT_KEY = "element-6066-11e4-a52e-4f735466cecf";

/** Keys that are no characters, as WebDriver writes them. */
const KEYS = { Enter: "\uE007", Escape: "\uE00C" } as const;

const SCRIPT_LIMIT_MS = 60_000;

/** What an engine adds to the common commands. */
export interface WindowHabits {
  /** Parameters of SwitchToWindow that look at a tab and leave it where it is. */
  readonly lookAt: Parameters;
  /** The tab is looked at when these are called. */
  hide(): Promise<void>;
  show(): Promise<void>;
  /** Kills the process of the page at this address, and opens the address anew. */
  crash(url: string): Promise<Tab>;
}

/** One session of a browser: its tabs, asked one after the other, because a session looks at one tab at a time. */
export class WebDriverSession {
  readonly #wire: Wire;
  readonly #habits: WindowHabits;
  #line: Promise<unknown> = Promise.resolve();
  #hasFirstTab = true;

  constructor(wire: Wire, habits: WindowHabits) {
    this.#wire = wire;
    this.#habits = habits;
  }

  async begin(): Promise<void> {
    await this.#wire.call("SetTimeouts", { script: SCRIPT_LIMIT_MS });
  }

  async open(url: string): Promise<Tab> {
    const handle = await this.#inTurn(() => this.#newHandle());
    const tab = new WebDriverTab(this, this.#habits, handle);
    await tab.go(url);
    return tab;
  }

  /** Commands of one tab that belong together. With `isInFront` the tab is brought to the front first. */
  inTab<T>(handle: string, isInFront: boolean, work: (wire: Wire) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      await this.#wire.call("SwitchToWindow", { handle, ...(isInFront ? {} : this.#habits.lookAt) });
      return work(this.#wire);
    });
  }

  async #newHandle(): Promise<string> {
    if (this.#hasFirstTab) {
      this.#hasFirstTab = false;
      const [first] = asStrings(await this.#wire.call("GetWindowHandles", {}));
      if (first !== undefined) return first;
    }
    const made = await this.#wire.call("NewWindow", { type: "tab" });
    return String(field(made, "handle"));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#line.then(work);
    this.#line = run.catch(() => undefined);
    return run;
  }
}

class WebDriverTab implements Tab {
  readonly #session: WebDriverSession;
  readonly #habits: WindowHabits;
  readonly #handle: string;

  constructor(session: WebDriverSession, habits: WindowHabits, handle: string) {
    this.#session = session;
    this.#habits = habits;
    this.#handle = handle;
  }

  go(url: string): Promise<void> {
    return this.#inFront(async (wire) => void (await wire.call("Navigate", { url })));
  }

  reload(): Promise<void> {
    return this.#inFront(async (wire) => void (await wire.call("Refresh", {})));
  }

  back(): Promise<void> {
    return this.#inFront(async (wire) => void (await wire.call("Back", {})));
  }

  close(): Promise<void> {
    return this.#inFront(async (wire) => void (await wire.call("CloseWindow", {})));
  }

  async evaluate<Args extends readonly unknown[], Result>(
    work: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result> {
    const script = `
      const tell = arguments[arguments.length - 1];
      Promise.resolve()
        .then(() => (${String(work)})(...${JSON.stringify(args)}))
        .then((value) => tell({ value }), (error) => tell({ error: String(error) + "\\n" + (error?.stack ?? "") }));`;
    const answer = await this.#session.inTab(this.#handle, false, (wire) =>
      wire.call("ExecuteAsyncScript", { script, args: [] }),
    );
    const error = field(answer, "error");
    if (typeof error === "string") throw new Error(`In the page: ${error}`);
    // What crosses is JSON, and the caller's type says what was sent.
    return field(answer, "value") as Result;
  }

  type(selector: string, text: string): Promise<void> {
    return this.#inFront(async (wire) => {
      await wire.call("ElementSendKeys", { id: await find(wire, selector), text });
    });
  }

  press(selector: string, key: keyof typeof KEYS): Promise<void> {
    return this.type(selector, KEYS[key]);
  }

  click(selector: string): Promise<void> {
    return this.#inFront(async (wire) => {
      await wire.call("ElementClick", { id: await find(wire, selector) });
    });
  }

  hide(): Promise<void> {
    return this.#session.inTab(this.#handle, false, () => this.#habits.hide());
  }

  show(): Promise<void> {
    return this.#inFront(() => this.#habits.show());
  }

  async crash(): Promise<Tab> {
    const url = await this.evaluate(() => location.href);
    return this.#habits.crash(url);
  }

  #inFront<T>(work: (wire: Wire) => Promise<T>): Promise<T> {
    return this.#session.inTab(this.#handle, true, work);
  }
}

async function find(wire: Wire, selector: string): Promise<string> {
  const found = await wire.call("FindElement", { using: "css selector", value: selector });
  return String(field(found, ELEMENT_KEY));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function asStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
