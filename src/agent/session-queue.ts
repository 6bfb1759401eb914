import type { QueueItemId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { NewMessage } from "#protocol/commands.ts";
import { addQueueItem, listQueue, QUEUE_CAP } from "#storage/queue-store.ts";
import { readSession } from "#storage/session-store.ts";

import { sendQueued, type AcceptQueued } from "./queue-sending.ts";
import { Refused } from "./refusals.ts";
import type { SessionRuns } from "./session-runs.ts";
import type { SessionScope } from "./session-scope.ts";
import { queuePause } from "./session-view.ts";
import { ATTACH_PATIENCE_MS, type WhoRuns } from "./who-runs.ts";

/** The messages of one session that wait for their turn. */
export class SessionQueue {
  readonly #scope: SessionScope;
  readonly #runs: SessionRuns;
  readonly #who: WhoRuns;

  constructor(scope: SessionScope, runs: SessionRuns, who: WhoRuns) {
    this.#scope = scope;
    this.#runs = runs;
    this.#who = who;
  }

  /** Whether this message waits already: the outbox gives it again after a reload. Found by its id, never its text. */
  async has(message: NewMessage): Promise<boolean> {
    const queue = await listQueue(this.#scope.env.db, this.#scope.id);
    return queue.some((item) => String(item.id) === String(message.turnId));
  }

  /** Gives what the message is now: one that another tab was given too may be a turn. */
  async add(message: NewMessage): Promise<"turn" | "queued"> {
    const { env, id } = this.#scope;
    const { text, attachments } = message;
    const item = {
      id: readId<QueueItemId>(message.turnId),
      sessionId: id,
      position: 0, // the store gives the place
      text,
      attachments,
      createdAt: env.clock.now(),
    };
    const added = await addQueueItem(env.db, item, { removeDraft: message.draftId });
    if (added.kind === "full") {
      throw new Refused("invalid", `${QUEUE_CAP} messages wait already. Remove one, or wait until one has been sent.`);
    }
    if (added.kind === "sent") return "turn";
    await this.written();
    // The run that this waits for may have ended between the look at its lock and the write of the row.
    if (this.#who.runner === "nobody") this.#scope.quietly(() => this.#sendIfFree());
    return "queued";
  }

  async #sendIfFree(): Promise<void> {
    if (this.#runs.lease.isHeld || this.#who.isElsewhere) return;
    if (await this.#runs.takeOver(ATTACH_PATIENCE_MS)) await this.#runs.goOnOrRelease();
  }

  /** The person lets the queue go on, with this item or with the first. */
  async resume(first: QueueItemId | null): Promise<void> {
    const { env, id } = this.#scope;
    await this.#who.requireLease();
    await this.#who.start(async () => {
      // A message may wait in a session that never had a turn: its first one was on its way when it was sent.
      const session = await readSession(env.db, id);
      const item = (await listQueue(env.db, id)).find((row) => first === null || row.id === first);
      if (item === undefined) return;
      const accept: AcceptQueued = (message, parent, extra) => this.#runs.accept(message, parent, null, extra);
      await sendQueued(this.#scope, accept, item, session?.head ?? 0);
    });
  }

  /** Rows changed here: the watchers and the other tabs are told. */
  async written(): Promise<void> {
    this.#scope.env.peers.tell({ kind: "queue-written", sessionId: this.#scope.id });
    await this.show();
  }

  async show(): Promise<void> {
    const { env, audience, id } = this.#scope;
    const queue = await listQueue(env.db, id);
    const session = await readSession(env.db, id);
    audience.toWatchers(id, {
      type: "queue-changed",
      sessionId: id,
      queue,
      queuePause: queuePause(queue, session, this.#who.runner),
    });
  }
}
