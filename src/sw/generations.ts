/**
 * Each version of the app has a cache of its own. The one in use and the one before it are kept: a tab that was opened
 * before an update goes on to load the chunks of its own version.
 */

/** Other copies of the app may live on the same origin, under other paths: the scope keeps their caches apart. */
export function generationName(scope: string, version: string): string {
  return `${prefix(scope)}${version}`;
}

/** Do not change without removing the caches of the old names: they would stay on people's disks for ever. */
const prefix = (scope: string) => `holdfast files ${scope} `;
const ledgerName = (scope: string) => `holdfast generations ${scope}`;

const KEPT_GENERATIONS = 2;

export class Generations {
  readonly #caches: CacheStorage;
  readonly #scope: string;

  constructor(storage: CacheStorage, scope: string) {
    this.#caches = storage;
    this.#scope = scope;
  }

  /** Copies what earlier versions have under the same keys into the cache `name`: an update fetches only what changed. */
  async reuse(name: string, cacheKeys: readonly string[]): Promise<void> {
    const cache = await this.#caches.open(name);
    const earlier = (await this.#names()).filter((other) => other !== name);
    for (const key of cacheKeys) {
      if (await cache.match(key)) continue;
      const known = await this.#findIn(earlier, key);
      if (known) await cache.put(key, known);
    }
  }

  /** A file of any version that is kept, this one first. */
  async find(request: Request): Promise<Response | undefined> {
    return this.#findIn([...(await this.#names())].reverse(), request);
  }

  /** Notes that the version `name` is in use from now on, and lets go of all but it and the one before it. */
  async activate(name: string, { removeOthers }: { removeOthers: boolean }): Promise<void> {
    // A service worker may be activated again, by a new script with the same files: the one before stays the one before.
    const before = (await this.#readLedger()).filter((other) => other !== name);
    const kept = [name, ...before].slice(0, KEPT_GENERATIONS);
    await this.#writeLedger(kept);
    if (!removeOthers) return;
    for (const other of await this.#names()) {
      if (!kept.includes(other)) await this.#caches.delete(other);
    }
  }

  async #names(): Promise<string[]> {
    return (await this.#caches.keys()).filter((cacheName) => cacheName.startsWith(prefix(this.#scope)));
  }

  async #findIn(names: readonly string[], request: RequestInfo): Promise<Response | undefined> {
    for (const cacheName of names) {
      const found = await (await this.#caches.open(cacheName)).match(request);
      if (found) return found;
    }
    return undefined;
  }

  /** Which versions were active, the newest first: the caches themselves do not tell, as one may never have been activated. */
  async #readLedger(): Promise<string[]> {
    const cache = await this.#caches.open(ledgerName(this.#scope));
    const stored = await cache.match(this.#scope);
    const ledger: unknown = stored ? await stored.json() : [];
    return Array.isArray(ledger) ? ledger.filter((entry) => typeof entry === "string") : [];
  }

  async #writeLedger(ledger: readonly string[]): Promise<void> {
    const cache = await this.#caches.open(ledgerName(this.#scope));
    await cache.put(this.#scope, new Response(JSON.stringify(ledger)));
  }
}
