import { IDBFactory } from "fake-indexeddb";

// The worker loads these at their first use; here they are there from the start, so that time stands still meanwhile.
import "#agent/execution.ts";
import "#agent/person-decisions.ts";
import "#storage/search.ts";

import type { Environment } from "#agent/environment.ts";
import { AgentHost } from "#agent/host.ts";
import type { PeerMessage, Peers } from "#agent/peers.ts";
import { settingsFrom } from "#agent/settings.ts";
import { applyEvent, continuity } from "#domain/apply-event.ts";
import { mintId, readId, type MessageId, type SessionId, type TurnId } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { Turn } from "#domain/turn.ts";
import { memoryLocks } from "#journal/memory-locks.ts";
import type { Locks } from "#journal/ports.ts";
import type { CommandInput, CommandName, CommandResult, NewMessage, SessionSnapshot } from "#protocol/commands.ts";
import { openPageEndpoint, type PageEndpoint } from "#protocol/endpoint.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import { memoryChannel } from "#protocol/memory-endpoint.ts";
import type { Provider } from "#providers/provider.ts";
import { secondCopyDoor } from "#storage/database-guard.ts";
import { Database } from "#storage/database.ts";
import { memoryMirrorFolder } from "#storage/mirror-folder-memory.ts";
import { searchTurns, sessionText } from "#storage/search.ts";
import type { StoreName } from "#storage/schema.ts";
import { SecondCopy } from "#storage/second-copy.ts";
import { StorageError, type StorageProblem } from "#storage/storage-error.ts";
import { patchSettings, readSettings } from "#storage/settings-store.ts";
import { toolEntries } from "#tools/registry.ts";
import type { ToolEntry, Workspace } from "#tools/tool.ts";
import { createMemoryWorkspaces } from "#tools/workspace-memory.ts";

import { storageOf } from "./second-copy-world.ts";
import { fakeTime, rest as someRounds, until, type FakeTime } from "./fake-time.ts";
import type { DiskClient, FaultyDisk } from "./faulty-disk.ts";

/** One device in memory: a database, locks and files that outlive the tabs, and a clock that the test moves. */
export interface World {
  readonly time: FakeTime;
  readonly session: SessionId;
  /** A tab: a worker of its own and its page. Opens with the world's provider unless told. */
  openTab(options?: TabOptions): Tab;
  /** What is on disk, read past all caches. */
  readonly disk: Database;
  /** Records that were written so far, by store. */
  readonly writes: { readonly store: string; readonly bytes: number }[];
  offline(isOffline: boolean): void;
  /** From now on every write of every tab fails so, or only those over one of `stores`; null: the disk works again. */
  failWrites(problem: StorageProblem | null, stores?: readonly StoreName[]): void;
  /** What a tab of another version tells the others. */
  tell(message: PeerMessage): void;
  /** Names of the locks that anybody holds now. */
  heldLocks(): Promise<ReadonlySet<string>>;
}

/** What is different in one tab: its provider, or a part of its platform. */
export interface TabOptions extends Partial<
  Pick<
    Environment,
    "openProvider" | "readSettings" | "openWorkspace" | "loadTools" | "readStorageUsage" | "openReserve"
  >
> {
  readonly provider?: Provider;
}

export interface WorldOptions {
  readonly provider?: Provider;
  readonly tools?: readonly ToolEntry[];
  /** A disk that may fail: each tab is a process of its own on it. Without it none fails but by `failWrites`. */
  readonly disk?: FaultyDisk;
  /** Lets what is under way come to rest: some rounds of the event loop unless told. */
  readonly rest?: () => Promise<void>;
  /** What is saved has a second copy in memory, which outlives the tabs and the database. */
  readonly hasSecondCopy?: boolean;
}

let worlds = 0;

export function openWorld(options: WorldOptions = {}): World {
  globalThis.indexedDB = options.disk?.factory ?? new IDBFactory();
  const name = options.disk?.name ?? `world-${worlds++}`;
  const rest = options.rest ?? someRounds;
  const time = fakeTime(undefined, rest);
  const locks = memoryLocks();
  const hub = peerHub();
  const workspaces = createMemoryWorkspaces(() => time.now());
  const writes: { store: string; bytes: number }[] = [];
  const secondCopyFiles = new Map<string, Uint8Array<ArrayBuffer>>();
  let ids = 0;
  const network = { isOffline: false, wake: new Set<() => void>() };
  let fault: { readonly problem: StorageProblem; readonly stores: readonly StoreName[] | null } | null = null;
  /** Faults sit in the one helper that all writes go through. */
  function breakable(db: Database): Database {
    const write = db.write.bind(db);
    db.write = (stores, ...rest) => {
      const isHit = fault !== null && (fault.stores?.some((store) => stores.includes(store)) ?? true);
      return fault !== null && isHit ? Promise.reject(new StorageError(fault.problem)) : write(stores, ...rest);
    };
    return db;
  }
  const world: World = {
    time,
    session: readId<SessionId>("session-1"),
    disk: new Database({ name }),
    writes,
    offline(isOffline) {
      network.isOffline = isOffline;
      if (!isOffline) for (const wake of network.wake) wake();
    },
    failWrites(problem, stores) {
      fault = problem === null ? null : { problem, stores: stores ?? null };
    },
    tell(message) {
      const peer = hub.join();
      peer.tell(message);
      peer.close();
    },
    heldLocks: () => locks.heldNames(),
    openTab({ provider, ...platform } = {}) {
      const client = options.disk?.join() ?? null;
      const life = tabLife(locks);
      const dbName = client?.name ?? name;
      const timers = life.timers(time);
      const after = (delayMs: number, run: () => void) => timers.after(delayMs, run);
      const secondCopy = secondCopyDoor({
        storage: storageOf(secondCopyFiles),
        after,
        load: async () => {
          if (options.hasSecondCopy !== true) return null;
          const copy = new SecondCopy({
            folder: memoryMirrorFolder(secondCopyFiles),
            openDatabase: () => new Database({ name: dbName }),
            locks: life.locks,
            now: () => time.now(),
            after,
            unique: () => `id-${ids++}`,
          });
          await copy.feed.begin();
          return copy;
        },
      });
      const guard = options.hasSecondCopy === true ? { guard: secondCopy } : {};
      const db = breakable(new Database({ name: dbName, ...guard }));
      db.observeWrites((write) => writes.push(write));
      const env: Environment = {
        db,
        secondCopy,
        clock: time,
        timers,
        locks: life.locks,
        peers: hub.join(),
        witness: { ending: null },
        network: {
          isOffline: () => network.isOffline,
          waitUntilOnline: (signal) =>
            new Promise((resolve, reject) => {
              const wake = () => {
                network.wake.delete(wake);
                resolve();
              };
              network.wake.add(wake);
              signal.addEventListener("abort", () => {
                reject(signal.reason as Error);
              });
            }),
        },
        unique: () => `id-${ids++}`,
        random: () => 0.5,
        timeZone: "Europe/Berlin",
        loadTools: () => Promise.resolve(options.tools ?? toolEntries),
        openWorkspace: (id): Promise<Workspace> => Promise.resolve(workspaces.open(id)),
        removeWorkspace: (id) => workspaces.removeAll(id),
        sessionReader: {
          search: (query, limit) => searchTurns(db, query, limit),
          text: (id) => sessionText(db, id),
        },
        openProvider: (_model: ModelRef) => Promise.resolve(provider ?? options.provider ?? null),
        readSettings: async () => settingsFrom(await readSettings(db)),
        noteIntroduced: async () => {
          await patchSettings(db, { hasSeenIntro: true });
        },
        readStorageUsage: () => Promise.resolve({ usedBytes: null, allowedBytes: null, isPersistent: null }),
        measureDevice: () => Promise.resolve({ files: null, mirror: null, app: null }),
        openReserve: () => Promise.resolve(null),
        ...platform,
      };
      return new Tab({ env, world, life, client, rest, unique: () => `id-${ids++}` });
    },
  };
  return world;
}

interface TabParts {
  readonly env: Environment;
  readonly world: World;
  readonly life: TabLife;
  /** The process on a disk that may fail. */
  readonly client: DiskClient | null;
  readonly rest: () => Promise<void>;
  readonly unique: () => string;
}

/** A page with its worker. `kill` is the process's death: nothing more runs, nothing is said, the locks come free. */
export class Tab {
  readonly host: AgentHost;
  readonly events: WorkerEvent[] = [];
  readonly #world: World;
  readonly #life: TabLife;
  readonly #client: DiskClient | null;
  readonly #rest: () => Promise<void>;
  readonly #env: Environment;
  readonly #unique: () => string;
  readonly #endpoint: PageEndpoint;
  readonly #leave: () => void;
  snapshot: SessionSnapshot | null = null;
  readonly turns = new Map<number, Turn>();
  /** Events that did not follow on what the page had. Must stay empty. */
  gaps = 0;

  constructor({ env, world, life, client, rest, unique }: TabParts) {
    this.#env = env;
    this.#world = world;
    this.#life = life;
    this.#client = client;
    this.#rest = rest;
    this.#unique = unique;
    this.host = new AgentHost(env);
    const { page, worker } = memoryChannel();
    this.#leave = this.host.connect(worker);
    this.#endpoint = openPageEndpoint(page, { event: (event) => this.#receive(event) });
  }

  /** Asks, and fails the test on a refusal. */
  async ask<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandResult<Name>> {
    const reply = await this.#endpoint.call(name, input);
    if (!reply.ok) throw new Error(`${name} was refused: ${reply.refusal.reason}: ${reply.refusal.message}`);
    return reply.value;
  }

  call: PageEndpoint["call"] = (name, input) => this.#endpoint.call(name, input);

  async attach(sessionId: SessionId = this.#world.session): Promise<SessionSnapshot> {
    const snapshot = await this.ask("attach-session", { sessionId });
    this.#take(snapshot);
    return snapshot;
  }

  message(text: string): NewMessage {
    return {
      turnId: mintId<TurnId>(this.#unique),
      messageId: mintId<MessageId>(this.#unique),
      text,
      attachments: [],
      draftId: null,
    };
  }

  send(text: string, sessionId: SessionId = this.#world.session): Promise<{ accepted: "turn" | "queued" }> {
    return this.ask("send-message", { sessionId, message: this.message(text), model: null });
  }

  /** The turn as this page shows it. */
  turn(seq = this.lastSeq): Turn {
    const turn = this.turns.get(seq);
    if (turn === undefined) throw new Error(`The page shows no turn ${seq}.`);
    return turn;
  }

  get lastSeq(): number {
    return Math.max(0, ...this.turns.keys());
  }

  until(condition: (turn: Turn) => boolean, what: string, seq?: number): Promise<void> {
    return until(() => {
      const turn = this.turns.get(seq ?? this.lastSeq);
      return turn !== undefined && condition(turn);
    }, what);
  }

  /** The page's farewell on a reload or close, then its end. */
  async reload(): Promise<void> {
    await this.ask("flush", { cause: "page-closed" });
    await this.kill();
  }

  /** A wedged worker: it holds what it has and hears nothing of the other tabs any more. */
  deafen(): void {
    this.#env.peers.close();
  }

  async kill(): Promise<void> {
    this.#life.end();
    this.#leave();
    this.#env.peers.close();
    if (this.#client === null) {
      // Work that is already on its way to the database is let come to rest: a transaction is whole or not there.
      await this.#rest();
      await this.#env.db.close();
    } else this.#client.die();
    this.#life.freeLocks();
    await this.#rest();
  }

  #take(snapshot: SessionSnapshot): void {
    this.snapshot = snapshot;
    this.turns.clear();
    for (const turn of snapshot.turns) this.turns.set(turn.seq, turn);
  }

  #receive(event: WorkerEvent): void {
    this.events.push(event);
    if (event.type === "snapshot") this.#take(event.snapshot);
    if (event.type === "turn-changed") this.turns.set(event.turn.seq, event.turn);
    if (event.type === "run-events") {
      for (const fact of event.events) {
        const turn = this.turns.get(event.turnSeq);
        if (turn === undefined) continue;
        if (continuity(turn, fact) === "gap") this.gaps++;
        this.turns.set(event.turnSeq, applyEvent(turn, fact));
      }
    }
  }
}

/** What a tab holds of the process: its timers and locks end with it. */
interface TabLife {
  readonly locks: Locks;
  timers(time: FakeTime): Environment["timers"];
  end(): void;
  freeLocks(): void;
}

function tabLife(shared: Locks): TabLife {
  let isOver = false;
  const cancels = new Set<() => void>();
  const releases = new Set<() => void>();
  const waiting = new AbortController();
  let areLocksFree = false;
  const keep = <Held extends { release(): void }>(held: Held): Held => {
    // Granted in the very moment of the death.
    if (areLocksFree) held.release();
    releases.add(() => {
      held.release();
    });
    return held;
  };
  return {
    locks: {
      async tryAcquire(name) {
        const held = await shared.tryAcquire(name);
        return held === null ? null : keep(held);
      },
      wait: async (name, signal) => keep(await shared.wait(name, AbortSignal.any([signal, waiting.signal]))),
      steal: async (name) => keep(await shared.steal(name)),
      heldNames: () => shared.heldNames(),
    },
    timers: (time) => ({
      after(delayMs, run) {
        const cancel = time.after(delayMs, () => {
          if (!isOver) run();
        });
        cancels.add(cancel);
        return cancel;
      },
      every(intervalMs, run) {
        const cancel = time.every(intervalMs, () => {
          if (!isOver) run();
        });
        cancels.add(cancel);
        return cancel;
      },
    }),
    end() {
      isOver = true;
      for (const cancel of cancels) cancel();
      waiting.abort(new DOMException("The tab is gone", "AbortError"));
    },
    freeLocks() {
      areLocksFree = true;
      for (const release of releases) release();
    },
  };
}

/** BroadcastChannel's twin: to all but the sender, copied, later. */
function peerHub(): { join(): Peers } {
  const members = new Set<{ receive: ((message: PeerMessage) => void) | null }>();
  return {
    join() {
      const member: { receive: ((message: PeerMessage) => void) | null } = { receive: null };
      members.add(member);
      return {
        tell(message) {
          if (!members.has(member)) return;
          const copy = structuredClone(message);
          for (const other of members) if (other !== member) queueMicrotask(() => other.receive?.(copy));
        },
        listen(receive) {
          member.receive = receive;
        },
        close() {
          member.receive = null;
          members.delete(member);
        },
      };
    },
  };
}
