import type { ProviderProblem } from "#providers/provider.ts";

/** Tries of one request, the first included. */
const MOST_TRIES = 4;
const FIRST_DELAY_MS = 1000;
const LONGEST_BACKOFF_MS = 20_000;
/** A server that asks for a longer pause than this is believed, but the person decides. */
export const LONGEST_WAIT_MS = 5 * 60_000;

export type RetryDecision =
  | { readonly kind: "give-up" }
  | { readonly kind: "wait"; readonly delayMs: number }
  | { readonly kind: "wait-for-network" };

/**
 * Whether a request that failed before it brought anything is sent again, and when. A server's Retry-After is honoured;
 * else the pause doubles, with jitter so that several tabs do not come back at once.
 * `random` in [0, 1).
 */
export function decideRetry(
  problem: ProviderProblem,
  tries: number,
  isOffline: boolean,
  random: number,
): RetryDecision {
  if (problem.kind === "unreachable") {
    if (isOffline && !problem.isLocal) return { kind: "wait-for-network" };
    return tries >= 2 ? { kind: "give-up" } : { kind: "wait", delayMs: FIRST_DELAY_MS };
  }
  if (problem.kind !== "error" || problem.retry.kind === "never" || tries >= MOST_TRIES) return { kind: "give-up" };
  const asked = problem.retry.afterMs;
  if (asked !== null && asked > LONGEST_WAIT_MS) return { kind: "give-up" };
  const backoff = Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), LONGEST_BACKOFF_MS);
  return { kind: "wait", delayMs: asked ?? backoff * (0.75 + random / 2) };
}
