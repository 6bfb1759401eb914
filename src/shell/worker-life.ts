import type { Channel } from "#protocol/endpoint.ts";

/** One life of the agent's worker, as a page has it. */
export interface WorkerLife {
  /** `shared`: one for all tabs of this version, and its runs outlive the page. `dedicated`: it ends with the page. */
  readonly kind: "shared" | "dedicated";
  /** The channel to it. Closing it ends a dedicated worker, and leaves a shared one. */
  readonly channel: Channel;
  /** Longest wait for its hello in ms of running time; null: the usual one. A worker that runs already answers at once. */
  readonly helloLimitMs: Promise<number | null>;
  /** One listener. `reason` is for the log. Not called after `channel.close()`. */
  onDeath(listener: (reason: string) => void): void;
  /**
   * It is dead or does not answer, and the channel is closed next: the worker that is started after it must be another
   * one. Gives whether one that hangs lives on: a shared worker cannot be ended from a page, and keeps its locks.
   */
  giveUp(): boolean;
}
