import type { SessionId } from "#domain/ids.ts";
import type { WorkerEvent } from "#protocol/events.ts";
import type { WorkerEndpoint } from "#protocol/endpoint.ts";

/** A page that is connected, and the session it shows. */
export interface Page {
  readonly endpoint: WorkerEndpoint;
  watching: SessionId | null;
  /**
   * It has said that it is being left. It is told nothing until it asks again: a page in the back/forward cache would be
   * thrown out of it by a message, and reads everything anew when it comes back.
   */
  isAway: boolean;
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

  /** Whether nobody is left whom a run could be for. */
  get areAllAway(): boolean {
    return [...this.#pages].every((page) => page.isAway);
  }

  isWatched(sessionId: SessionId): boolean {
    return [...this.#pages].some((page) => page.watching === sessionId && !page.isAway);
  }

  toWatchers(sessionId: SessionId, event: WorkerEvent, except?: Page): void {
    for (const page of this.#pages) {
      if (page.watching === sessionId && !page.isAway && page !== except) page.endpoint.emit(event);
    }
  }

  /** Gives whether there was one. */
  toOne(event: WorkerEvent): boolean {
    const page = [...this.#pages].find(({ isAway }) => !isAway);
    page?.endpoint.emit(event);
    return page !== undefined;
  }

  toAll(event: WorkerEvent): void {
    for (const page of this.#pages) if (!page.isAway) page.endpoint.emit(event);
  }
}
