/** What page and shared worker must agree on before the first message of the protocol. */

/** The first message of a page's port, once the page holds the lock. The worker says hello after it. */
export interface PageGreeting {
  /** A Web Lock that the page holds for as long as it lives: getting it means that the page is gone. */
  readonly pageLock: string;
}

/**
 * The Web Lock that a shared agent holds for as long as it lives: getting it means that it is dead. One for each worker
 * that the browser tells apart, which it does by address and name. Do not change: an old tab waits for the same one.
 */
export function agentLifeLock(scriptUrl: string, name: string): string {
  return `holdfast:agent:${new URL(scriptUrl).pathname}:${name}`;
}
