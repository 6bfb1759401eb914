import { type ReadonlySignal, signal } from "@preact/signals";

import type { CommandInput, CommandName, CommandReply, Refusal, SeenEnding, UnsavedWords } from "#protocol/commands.ts";
import { openPageEndpoint, type PageEndpoint, PROTOCOL_VERSION } from "#protocol/endpoint.ts";
import type { WorkerEvent } from "#protocol/events.ts";

import { type DeathKind, newPingWatch, newRestartPolicy, PING_INTERVAL_MS, type PingWatch } from "./agent-watch.ts";
import { afterRunningTime } from "./running-time.ts";
import type { WorkerLife } from "./worker-life.ts";

/** A worker that has not said hello by then never will. Generous: a slow phone reads and compiles the script first. */
const HELLO_LIMIT_MS = 30_000;
/** A worker that is too busy to say that it stops is stopped with its worker: Stop works in bounded time. */
const STOP_LIMIT_MS = 2_000;

/** `failed`: it died too often in a row; it is still tried now and then. */
export type AgentState = "starting" | "ready" | "restarting" | "failed";

export interface AgentClient {
  /** Never rejects. Starts the worker if need be; while it (re)starts calls wait, or are refused with `agent-died`. */
  readonly call: PageEndpoint["call"];
  readonly state: ReadonlySignal<AgentState>;
  /** What kind of worker the agent runs in; null before the first is started. */
  readonly kind: ReadonlySignal<WorkerLife["kind"] | null>;
  /** Starts the worker before anybody calls. */
  start(): void;
  /** Asks for a sign of life now: the page was away, and the worker may have died meanwhile. */
  check(): void;
  /** Ends the worker and every wait. Calls from then on are refused. */
  close(): void;
}

export interface AgentClientParts {
  readonly startWorker: () => WorkerLife;
  readonly isVisible: () => boolean;
  readonly onEvent: (event: WorkerEvent) => void;
  /** The worker speaks another version of the protocol: only a reload brings the two together. */
  readonly onOtherVersion: () => void;
  /** How the page before this one ended. */
  readonly lastFarewell: SeenEnding | null;
  /** What the page was told last, for the worker that comes after one that died. */
  readonly lastWords: () => UnsavedWords | null;
  readonly log: (message: string) => void;
}

interface Life {
  readonly endpoint: PageEndpoint;
  readonly worker: WorkerLife;
  /** Null until its hello. */
  helloAt: number | null;
  watch: PingWatch | null;
  release(): void;
}

/** A call that waits for the next hello: posts itself, or is refused when there is no endpoint. */
type Waiting = (endpoint: PageEndpoint | null) => void;

const CLOSED: Refusal = { reason: "agent-died", message: "This page is closing. Your text is kept." };
const HOPELESS: Refusal = {
  reason: "agent-died",
  message:
    "The agent cannot be started. Your text is kept. Reload the page; if that does not help, restart the browser.",
};
const OTHER_VERSION: Refusal = {
  reason: "newer-version",
  message: "Holdfast was updated in another tab. Reload this page to go on.",
};

export function createAgentClient(parts: AgentClientParts): AgentClient {
  return new RestartingAgent(parts);
}

/** The page's one way to the agent: whatever becomes of a worker, there is always a next one, and no call waits for ever. */
class RestartingAgent implements AgentClient {
  readonly state = signal<AgentState>("starting");
  readonly kind = signal<WorkerLife["kind"] | null>(null);

  readonly #parts: AgentClientParts;
  readonly #policy = newRestartPolicy();
  readonly #waiting = new Set<Waiting>();
  #life: Life | null = null;
  #nextStart: ReturnType<typeof setTimeout> | null = null;
  /** Set for good when no worker may be started any more. */
  #ended: Refusal | null = null;
  /** The last end that this page knows of, which the worker that died in it cannot know. */
  #seenEnding: SeenEnding | null;

  /** Whether a worker that was given up may still hold its locks. */
  #mayLiveOn = false;

  constructor(parts: AgentClientParts) {
    this.#parts = parts;
    this.#seenEnding = parts.lastFarewell;
  }

  readonly call = <Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandReply<Name>> =>
    name === "stop-run" ? this.#stopRun(name, input) : this.#send(name, input);

  start(): void {
    if (this.#life !== null || this.#nextStart !== null || this.#ended !== null) return;
    let started: WorkerLife;
    try {
      started = this.#parts.startWorker();
    } catch (cause) {
      this.#scheduleNext(null, `it could not be created (${String(cause)})`, "error");
      return;
    }
    this.kind.value = started.kind;
    this.#life = this.#watchOver(started);
  }

  check(): void {
    // A start that waits for its turn need not wait while the person looks on.
    if (this.#nextStart !== null) {
      clearTimeout(this.#nextStart);
      this.#nextStart = null;
      this.start();
    } else if (this.#life !== null) this.#tick(this.#life);
  }

  close(): void {
    this.#end(CLOSED);
  }

  /** Posts in the same task when the worker is ready: what is sent on hide would be too late a microtask later. */
  #send<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandReply<Name>> {
    this.start();
    if (this.#life?.helloAt != null) return this.#life.endpoint.call(name, input);
    if (this.#ended !== null || this.state.value === "failed") return Promise.resolve(this.#refused());
    return new Promise((resolve) => {
      this.#waiting.add((endpoint) => resolve(endpoint === null ? this.#refused() : endpoint.call(name, input)));
    });
  }

  /** Stop is answered within its limit, or the worker goes with the run. The next one is told to stop it too. */
  async #stopRun<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandReply<Name>> {
    const life = this.#life;
    if (life === null || life.helloAt === null) return this.#send(name, input);
    const cancel = afterRunningTime(STOP_LIMIT_MS, this.#parts.isVisible, () => {
      if (this.#life === life) this.#died(life, "it did not answer Stop", "stop");
    });
    const reply = await life.endpoint.call(name, input);
    cancel();
    if (this.#life === life || this.#ended !== null) return reply;
    // The new worker would take the interrupted run up again, against the person's word. It must hear of Stop after the
    // view's attach, which is what finds the run: an answer to anything proves that the attach was posted.
    await this.#send("ping", null);
    return this.#send(name, input);
  }

  #refused(): { readonly ok: false; readonly refusal: Refusal } {
    return { ok: false, refusal: this.#ended ?? HOPELESS };
  }

  #watchOver(started: WorkerLife): Life {
    const pings = setInterval(() => this.#tick(life), PING_INTERVAL_MS);
    const helloLimit = new AbortController();
    void started.helloLimitMs.then((limitMs) => {
      if (helloLimit.signal.aborted) return;
      const cancel = afterRunningTime(limitMs ?? HELLO_LIMIT_MS, this.#parts.isVisible, () =>
        this.#died(life, "it did not start in time", "silence"),
      );
      helloLimit.signal.addEventListener("abort", cancel);
    });
    const life: Life = {
      worker: started,
      endpoint: openPageEndpoint(
        listenedTo(started, () => life.watch?.heard()),
        {
          event: this.#parts.onEvent,
          hello: (version) => {
            helloLimit.abort();
            this.#greeted(life, version);
          },
        },
      ),
      helloAt: null,
      watch: null,
      release: () => {
        clearInterval(pings);
        helloLimit.abort();
      },
    };
    started.onDeath((reason) => this.#died(life, reason, "error"));
    return life;
  }

  #greeted(life: Life, version: number): void {
    if (version !== PROTOCOL_VERSION) {
      this.#end(OTHER_VERSION);
      this.#parts.onOtherVersion();
      return;
    }
    life.helloAt = performance.now();
    life.watch = newPingWatch(life.helloAt, this.#policy.silentDeaths());
    // Before anything that could find its runs: why they stopped is known only here.
    if (this.#seenEnding !== null) void life.endpoint.call("note-ending", { ending: this.#seenEnding });
    // First those who waited, in their order, then the view, which attaches when it sees `ready`.
    this.#release(life.endpoint);
    this.state.value = "ready";
  }

  #tick(life: Life): void {
    const todo = life.watch?.tick(performance.now(), this.#parts.isVisible());
    if (todo === "dead") this.#died(life, "it did not answer", "silence");
    // The reply counts as heard when it arrives, like anything else that the worker says.
    else if (todo === "ping") void life.endpoint.call("ping", null);
  }

  #died(life: Life, reason: string, kind: DeathKind): void {
    if (this.#life !== life) return;
    this.#life = null;
    life.release();
    this.#mayLiveOn = life.worker.giveUp() && kind !== "error";
    this.#scheduleNext(life.helloAt === null ? null : performance.now() - life.helloAt, reason, kind);
    life.endpoint.close();
  }

  #scheduleNext(livedMs: number | null, reason: string, kind: DeathKind): void {
    const lastWords = this.#parts.lastWords();
    this.#seenEnding = {
      cause: "agent-died",
      at: Date.now(),
      mayLiveOn: this.#mayLiveOn,
      ...(lastWords === null ? {} : { lastWords }),
    };
    const { delayMs, isHopeless } = this.#policy.died(livedMs, kind);
    this.#parts.log(`The agent's worker died: ${reason}. The next one starts in ${delayMs} ms.`);
    this.state.value = isHopeless ? "failed" : "restarting";
    if (isHopeless) this.#release(null);
    this.#nextStart = setTimeout(() => {
      this.#nextStart = null;
      this.start();
    }, delayMs);
  }

  #end(refusal: Refusal): void {
    this.#ended ??= refusal;
    if (this.#nextStart !== null) clearTimeout(this.#nextStart);
    this.#nextStart = null;
    this.#life?.release();
    this.#life?.endpoint.close();
    this.#life = null;
    this.#release(null);
  }

  #release(endpoint: PageEndpoint | null): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go(endpoint);
  }
}

/** The same channel, which also tells of every message that came. */
function listenedTo(life: WorkerLife, onMessage: () => void): WorkerLife["channel"] {
  const { channel } = life;
  return {
    post: (message, transfer) => channel.post(message, transfer),
    listen: (receive) =>
      channel.listen((message) => {
        onMessage();
        receive(message);
      }),
    close: () => channel.close(),
  };
}
