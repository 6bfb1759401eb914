import type { SessionId } from "#domain/ids.ts";

import type { HeldLock, Locks } from "./ports.ts";

/** Do not change: an old tab and a new one must ask for the same lock. */
const LOCK_PREFIX = "holdfast:run:";

/**
 * How long a start waits for a lock that is held. A reload frees the old worker's lock after 25 to 40 ms and a crash
 * after 78 to 273 ms (measured in Chromium 156), and a watcher that takes over by mistake gives it back at once.
 */
export const LEASE_PATIENCE_MS = 600;

export function lockNameOf(sessionId: SessionId): string {
  return LOCK_PREFIX + sessionId;
}

/** Whether any session runs, in whatever tab. */
export async function isAnythingRunning(locks: Locks): Promise<boolean> {
  return [...(await locks.heldNames())].some((name) => name.startsWith(LOCK_PREFIX));
}

/** One worker's exclusive right to write a session's runs. */
export interface Lease {
  readonly sessionId: SessionId;
  /** Grows with every lease; a write that carries an older one is refused by storage. */
  readonly token: number;
  release(): void;
}

export interface LeasePorts {
  readonly locks: Locks;
  /** Makes all earlier leases' writes fail. 0 for a session that has no row yet. */
  claimFencingToken(sessionId: SessionId): Promise<number>;
}

/** Takes the lease, or answers null where another worker still holds it after `patienceMs`. */
export async function acquireLease(
  ports: LeasePorts,
  sessionId: SessionId,
  patienceMs = LEASE_PATIENCE_MS,
): Promise<Lease | null> {
  const name = lockNameOf(sessionId);
  const lock = (await ports.locks.tryAcquire(name)) ?? (await waitBriefly(ports.locks, name, patienceMs));
  return lock === null ? null : leaseFrom(ports, sessionId, lock);
}

/** Takes the lease from a worker that hangs and cannot be ended. Its late writes fail by their token. */
export async function stealLease(ports: LeasePorts, sessionId: SessionId): Promise<Lease> {
  return leaseFrom(ports, sessionId, await ports.locks.steal(lockNameOf(sessionId)));
}

/** Waits in line until the present holder is done or dead. Rejects when the signal is aborted. */
export async function awaitLease(ports: LeasePorts, sessionId: SessionId, signal: AbortSignal): Promise<Lease> {
  return leaseFrom(ports, sessionId, await ports.locks.wait(lockNameOf(sessionId), signal));
}

async function waitBriefly(locks: Locks, name: string, patienceMs: number): Promise<HeldLock | null> {
  if (patienceMs <= 0) return null;
  try {
    return await locks.wait(name, AbortSignal.timeout(patienceMs));
  } catch (cause) {
    if (cause instanceof DOMException && (cause.name === "TimeoutError" || cause.name === "AbortError")) return null;
    throw cause;
  }
}

async function leaseFrom(ports: LeasePorts, sessionId: SessionId, lock: HeldLock): Promise<Lease> {
  try {
    const token = await ports.claimFencingToken(sessionId);
    return { sessionId, token, release: () => lock.release() };
  } catch (cause) {
    lock.release();
    throw cause;
  }
}
