import type { CommandInput, CommandName, CommandReply, Refusal } from "./commands.ts";
import type { WorkerEvent } from "./events.ts";

/** Grows when either side's messages change; both ends name it in the handshake. */
export const PROTOCOL_VERSION = 1;

/** The smallest thing that carries messages: a Worker, a MessagePort, or the in-memory pair of memory-endpoint.ts. */
export interface Channel {
  post(message: unknown, transfer?: Transferable[]): void;
  /** One listener at most. Messages that came before it are delivered to it. */
  listen(receive: (message: unknown) => void): void;
  close(): void;
}

type ToWorker = { readonly kind: "command"; readonly id: number; readonly name: CommandName; readonly input: unknown };
type ToPage =
  | { readonly kind: "hello"; readonly version: number }
  | { readonly kind: "reply"; readonly id: number; readonly reply: CommandReply<CommandName> }
  | { readonly kind: "event"; readonly event: WorkerEvent };

/** The page's end: asks, and is told. */
export interface PageEndpoint {
  /** Never rejects: a worker that dies answers with the refusal `agent-died`. */
  call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandReply<Name>>;
  /** Rejects every open question with the refusal `agent-died` and takes no more. */
  close(): void;
}

/** Opens the page's end. `onHello` tells the worker's protocol version, once it listens. */
export function openPageEndpoint(
  channel: Channel,
  on: { readonly event: (event: WorkerEvent) => void; readonly hello?: (version: number) => void },
): PageEndpoint {
  const waiting = new Map<number, (reply: CommandReply<CommandName>) => void>();
  let nextId = 1;
  let isClosed = false;
  channel.listen((raw) => {
    const message = raw as ToPage;
    switch (message.kind) {
      case "hello":
        on.hello?.(message.version);
        return;
      case "event":
        on.event(message.event);
        return;
      case "reply": {
        const settle = waiting.get(message.id);
        waiting.delete(message.id);
        settle?.(message.reply);
      }
    }
  });
  return {
    call<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandReply<Name>> {
      if (isClosed) return Promise.resolve({ ok: false, refusal: AGENT_DIED });
      const id = nextId++;
      return new Promise<CommandReply<Name>>((resolve) => {
        waiting.set(id, resolve);
        try {
          channel.post({ kind: "command", id, name, input } satisfies ToWorker);
        } catch (cause) {
          waiting.delete(id);
          resolve(unsendable(cause));
        }
      });
    },
    close() {
      isClosed = true;
      channel.close();
      for (const settle of waiting.values()) settle({ ok: false, refusal: AGENT_DIED });
      waiting.clear();
    },
  };
}

const AGENT_DIED: Refusal = {
  reason: "agent-died",
  message: "The agent stopped unexpectedly. The page kept your text; try again in a moment.",
};

/** What cannot be copied across (DataCloneError) is refused: without an answer the caller would wait for ever. */
function unsendable(cause: unknown): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { reason: "internal", message: `Something went wrong in the app: ${String(cause)}` } };
}

/** The worker's end: one for each page. */
export interface WorkerEndpoint {
  /** Never throws. */
  emit(event: WorkerEvent): void;
  close(): void;
}

/** Answers a command. Throwing is a defect: it becomes the refusal `internal`, so the page never waits for ever. */
export type Answer = <Name extends CommandName>(name: Name, input: CommandInput<Name>) => Promise<CommandReply<Name>>;

export function openWorkerEndpoint(channel: Channel, answer: Answer): WorkerEndpoint {
  channel.listen((raw) => {
    const command = raw as ToWorker;
    void answer(command.name, command.input as CommandInput<CommandName>)
      .catch((cause: unknown): CommandReply<CommandName> => ({
        ok: false,
        refusal: { reason: "internal", message: `Something went wrong in the agent: ${String(cause)}` },
      }))
      .then((reply) => {
        const { id } = command;
        try {
          channel.post({ kind: "reply", id, reply } satisfies ToPage);
        } catch (cause) {
          channel.post({ kind: "reply", id, reply: unsendable(cause) } satisfies ToPage);
        }
      });
  });
  channel.post({ kind: "hello", version: PROTOCOL_VERSION } satisfies ToPage);
  return {
    emit(event) {
      try {
        channel.post({ kind: "event", event } satisfies ToPage);
      } catch (cause) {
        // Whoever tells is in the middle of its work, e.g. of a save: an event that cannot be copied must not end that.
        console.error("An event could not be sent to the page.", event.type, cause);
      }
    },
    close() {
      channel.close();
    },
  };
}
