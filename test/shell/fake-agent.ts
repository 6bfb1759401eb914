import type { CommandName, CommandReply } from "#protocol/commands.ts";
import { openWorkerEndpoint, PROTOCOL_VERSION, type WorkerEndpoint } from "#protocol/endpoint.ts";
import { memoryChannel } from "#protocol/memory-endpoint.ts";
import type { WorkerLife } from "#shell/worker-life.ts";

/** How a worker takes a command: its reply, or silence for ever. */
export type Behaviour = (name: CommandName, input: unknown) => CommandReply<CommandName> | "silence";

export const obedient: Behaviour = () => ({ ok: true, value: null });

export interface FakeWorker {
  /** Names of the commands that came, in their order. */
  readonly heard: CommandName[];
  isTerminated: boolean;
  /** Says hello, and takes commands from then on. */
  wake(): WorkerEndpoint;
  die(reason: string): void;
}

/** Workers in memory, as many as are started, each with the next behaviour of the list (the last one for all that follow). */
export function fakeWorkers(behaviours: readonly Behaviour[], options: { readonly sleeps?: boolean } = {}) {
  const workers: FakeWorker[] = [];
  const startWorker = (): WorkerLife => {
    const behave = behaviours[Math.min(workers.length, behaviours.length - 1)] ?? obedient;
    const { page, worker: channel } = memoryChannel();
    let tellDeath: (reason: string) => void = () => undefined;
    const worker: FakeWorker = {
      heard: [],
      isTerminated: false,
      wake: () =>
        openWorkerEndpoint(channel, (name, input) => {
          worker.heard.push(name);
          const reply = behave(name, input);
          return reply === "silence" ? new Promise(() => {}) : Promise.resolve(reply as never);
        }),
      die: (reason) => tellDeath(reason),
    };
    workers.push(worker);
    if (options.sleeps !== true) worker.wake();
    return {
      channel: {
        ...page,
        post: (message) => page.post(message),
        close: () => {
          worker.isTerminated = true;
          page.close();
        },
      },
      kind: "dedicated",
      helloLimitMs: Promise.resolve(null),
      onDeath: (listener) => (tellDeath = listener),
      giveUp: () => false,
    };
  };
  return { workers, startWorker };
}

/** A worker of another build, which speaks another version of the protocol. */
export function workerOfOtherVersion(): () => WorkerLife {
  return () => {
    const { page, worker } = memoryChannel();
    worker.post({ kind: "hello", version: PROTOCOL_VERSION + 1 });
    const helloLimitMs = Promise.resolve(null);
    return { kind: "dedicated", channel: page, helloLimitMs, onDeath: () => undefined, giveUp: () => false };
  };
}
