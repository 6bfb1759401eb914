import type { SessionId } from "#domain/ids.ts";
import { acquireLease, stealLease, type Lease } from "#journal/lease.ts";
import { claimFencingToken } from "#storage/save.ts";

import type { Environment } from "./environment.ts";
import { recoverSession } from "./session-recovery.ts";
import type { SessionScope } from "./session-scope.ts";

/** Only right after a worker was given up that hangs: whoever holds the lock later is another one. */
const STEAL_WITHIN_MS = 30_000;

function isHeldByLostWorker({ witness, clock }: Environment): boolean {
  const { ending } = witness;
  return ending?.mayLiveOn === true && clock.now() - ending.at <= STEAL_WITHIN_MS;
}

/** This worker's lease of one session, while it has it. Who takes it settles first what a dead worker left. */
export class SessionLease {
  readonly #scope: SessionScope;
  readonly #released: () => void;
  #lease: Lease | null = null;

  constructor(scope: SessionScope, released: () => void) {
    this.#scope = scope;
    this.#released = released;
  }

  get isHeld(): boolean {
    return this.#lease !== null;
  }

  /** Throws where it is not held: a run without it could be another worker's. */
  get held(): Lease {
    if (this.#lease === null) throw new Error("A run and its writes need the session's lease.");
    return this.#lease;
  }

  /** False where another worker still holds it after `patienceMs`. */
  async take(patienceMs?: number): Promise<boolean> {
    if (this.#lease !== null) return true;
    const { env, id } = this.#scope;
    const ports = {
      locks: env.locks,
      claimFencingToken: (sessionId: SessionId) => claimFencingToken(env.db, sessionId),
    };
    const acquired = await acquireLease(ports, id, patienceMs);
    const lease = acquired ?? (isHeldByLostWorker(env) ? await stealLease(ports, id) : null);
    if (lease === null) return false;
    await this.adopt(lease);
    return true;
  }

  /** Becomes the holder of a lease that was waited for. */
  async adopt(lease: Lease): Promise<void> {
    this.#lease = lease;
    const { env, id, news } = this.#scope;
    try {
      if (await recoverSession(env, id, lease)) {
        news.saved("full");
        news.written();
      }
    } catch (cause) {
      this.release();
      throw cause;
    }
  }

  release(): void {
    this.#lease?.release();
    this.#lease = null;
    this.#released();
  }
}
