import { wasPaused } from "./running-time.ts";

/** Policy only: when a worker counts as dead, and when the next one is started. Timers and workers are agent-client.ts's. */

export const PING_INTERVAL_MS = 5_000;
/** Pings in a row without a sign of life after which a worker is dead. */
const PATIENCE = 3;
/** A debugger that holds the worker looks like death. Twice the patience after each such death keeps it from becoming a loop. */
const MAX_PATIENCE = 48;

/** Waits before the next start, by the number of deaths in a row. The first is free: the person is waiting. */
const BACKOFF_MS = [0, 1_000, 3_000, 10_000, 30_000] as const;
const LONGEST_BACKOFF_MS = 30_000;
/** Deaths in a row after which the person is told, and calls are refused instead of kept waiting. */
const TELL_AFTER = 5;
/** A worker that lived this long was healthy: what kills it then is not what killed the one before. */
const HEALTHY_MS = 60_000;

export interface PingWatch {
  /** Asks what to do now; call it every PING_INTERVAL_MS, and at once when the page comes back. */
  tick(now: number, isVisible: boolean): "ping" | "dead" | "rest";
  /** The worker said something: anything it says proves that it lives. */
  heard(): void;
}

/** `silentDeaths`: how many workers in a row were given up for their silence before this one. */
export function newPingWatch(startedAt: number, silentDeaths: number): PingWatch {
  const patience = Math.min(MAX_PATIENCE, PATIENCE * 2 ** silentDeaths);
  let lastTickAt = startedAt;
  let isWaiting = false;
  let missed = 0;
  return {
    tick(now, isVisible) {
      const passedMs = now - lastTickAt;
      lastTickAt = now;
      if (!isVisible) {
        isWaiting = false;
        missed = 0;
        return "rest";
      }
      // The answer may lie unread behind the same pause: it gets a whole new chance.
      if (wasPaused(passedMs, PING_INTERVAL_MS)) missed = 0;
      // A tick out of turn, when the page comes back, asks; it is no proof that an answer is overdue.
      else if (isWaiting && passedMs >= PING_INTERVAL_MS / 2) missed += 1;
      isWaiting = true;
      return missed >= patience ? "dead" : "ping";
    },
    heard() {
      isWaiting = false;
      missed = 0;
    },
  };
}

/** `error`: it said so itself. `silence`: it was given up. `stop`: the person's Stop took it away, which proves nothing about the next one. */
export type DeathKind = "error" | "silence" | "stop";

export interface RestartPlan {
  readonly delayMs: number;
  /** True: it has died too often in a row to keep the person waiting in silence. */
  readonly isHopeless: boolean;
}

export interface RestartPolicy {
  /** A worker died `livedMs` after its hello; null when it never said hello. */
  died(livedMs: number | null, kind: DeathKind): RestartPlan;
  /** How many workers in a row were given up for their silence. */
  silentDeaths(): number;
}

export function newRestartPolicy(): RestartPolicy {
  let inARow = 0;
  let silent = 0;
  return {
    died(livedMs, kind) {
      if (kind === "stop") return { delayMs: 0, isHopeless: false };
      if (livedMs !== null && livedMs >= HEALTHY_MS) {
        inARow = 0;
        silent = 0;
      }
      inARow += 1;
      silent = kind === "silence" ? silent + 1 : 0;
      return { delayMs: BACKOFF_MS[inARow - 1] ?? LONGEST_BACKOFF_MS, isHopeless: inARow >= TELL_AFTER };
    },
    silentDeaths: () => silent,
  };
}
