import type { SessionId, UniqueSource } from "#domain/ids.ts";
import type { ModelRef } from "#domain/model.ts";
import type { Clock, Locks, Timers } from "#journal/ports.ts";
import type { SeenEnding, Settings, StorageUsage } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import type { Provider } from "#providers/provider.ts";
import type { SecondCopyDoor } from "#storage/database-guard.ts";
import type { Database } from "#storage/database.ts";
import type { Reserve } from "#storage/reserve.ts";
import type { SessionReader, ToolEntry, Workspace } from "#tools/tool.ts";

import type { DeviceUsage } from "./device-usage.ts";
import type { Network } from "./loop.ts";
import type { Page } from "./pages.ts";
import type { Peers } from "./peers.ts";

/** What a page saw that no record tells. */
export interface Witness {
  /** The last end that a page told of. */
  ending: SeenEnding | null;
}

/** Everything that the worker's side is handed: the platform at one end, an in-memory twin of each at the other. */
export interface Environment {
  readonly db: Database;
  readonly secondCopy: SecondCopyDoor;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly locks: Locks;
  readonly peers: Peers;
  readonly network: Network;
  readonly witness: Witness;
  readonly unique: UniqueSource;
  /** In [0, 1). */
  readonly random: () => number;
  readonly timeZone: string;
  readonly loadTools: () => Promise<readonly ToolEntry[]>;
  readonly openWorkspace: (sessionId: SessionId) => Promise<Workspace>;
  /** Removes the files of a session that was purged. */
  readonly removeWorkspace: (sessionId: SessionId) => Promise<void>;
  readonly sessionReader: SessionReader;
  /** Null where the model cannot be asked now: its connection is gone. */
  readonly openProvider: (model: ModelRef) => Promise<Provider | null>;
  readonly readSettings: () => Promise<Settings>;
  /** The built-in agent has said what it is: once is enough. */
  readonly noteIntroduced: () => Promise<void>;
  readonly readStorageUsage: () => Promise<StorageUsage>;
  /** What lies outside the database. */
  readonly measureDevice: () => Promise<DeviceUsage>;
  /** Null where the browser gives no place for one. */
  readonly openReserve: () => Promise<Reserve | null>;
}

/** The pages, as the sessions see them. */
export interface Audience {
  /** To pages attached to this session, but `except`. */
  toWatchers(sessionId: SessionId, event: WorkerEvent, except?: Page): void;
  toAll(event: WorkerEvent): void;
  /** To one page that is there, for what any of them can do. False: there is none. */
  askOnePage(event: WorkerEvent): boolean;
  isWatched(sessionId: SessionId): boolean;
  /** Rows of the list for these sessions, computed and sent. */
  refreshRows(sessionIds: readonly SessionId[]): void;
  /** A write failed, or (null) works again. Told to the person once. */
  storageTrouble(cause: unknown): void;
}
