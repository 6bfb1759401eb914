import type { SessionId } from "#domain/ids.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import type { WorkerEndpoint } from "#protocol/endpoint.ts";

/** A page that is connected, and the session it shows. */
export interface Page {
  readonly endpoint: WorkerEndpoint;
  watching: SessionId | null;
}

/** The pages of this worker: one for a dedicated worker, several for a shared one. */
export class Pages {
  readonly #pages = new Set<Page>();

  add(page: Page): void {
    this.#pages.add(page);
  }

  remove(page: Page): void {
    this.#pages.delete(page);
    page.endpoint.close();
  }

  isWatched(sessionId: SessionId): boolean {
    return [...this.#pages].some((page) => page.watching === sessionId);
  }

  toWatchers(sessionId: SessionId, event: WorkerEvent): void {
    for (const page of this.#pages) if (page.watching === sessionId) page.endpoint.emit(event);
  }

  toAll(event: WorkerEvent): void {
    for (const page of this.#pages) page.endpoint.emit(event);
  }
}
