import type { SessionId } from "#domain/ids.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { UnsavedWords, WordsEvent } from "#protocol/commands.ts";
import type { WorkerEvent } from "#protocol/events.ts";

/** Characters kept: some seconds of the fastest answer. Where nothing can be saved for longer, the beginning is what counts. */
const MAX_CHARACTERS = 100_000;

interface Kept {
  turnSeq: number;
  /** What came before the last save, which may have been on its way meanwhile, and what came after it. */
  older: WordsEvent[];
  newer: WordsEvent[];
  characters: number;
}

/**
 * The last words of an answer that this page was told of and that may not be stored yet. A worker that is ended with its
 * page or dies under it cannot write them any more; the next one gets them from the page.
 */
export class LastWords {
  #sessionId: SessionId | null = null;
  #kept: Kept | null = null;

  note(event: WorkerEvent): void {
    if (event.type === "run-events") this.#noteRun(event.sessionId, event.turnSeq, event.events);
    else if (event.type === "saved" && event.sessionId === this.#sessionId && this.#kept !== null) {
      // A save holds what had come before it began: one save later that is certain.
      this.#kept.older = this.#kept.newer;
      this.#kept.newer = [];
      this.#kept.characters = this.#kept.older.reduce((sum, { text }) => sum + text.length, 0);
    }
  }

  get current(): UnsavedWords | null {
    if (this.#sessionId === null || this.#kept === null) return null;
    const events = [...this.#kept.older, ...this.#kept.newer];
    return events.length === 0 ? null : { sessionId: this.#sessionId, turnSeq: this.#kept.turnSeq, events };
  }

  #noteRun(sessionId: SessionId, turnSeq: number, events: readonly RunEvent[]): void {
    for (const event of events) {
      const isWords = event.type === "text-delta" || event.type === "reasoning-delta";
      // Anything else is saved at once, and what follows begins behind it.
      if (!isWords || this.#sessionId !== sessionId || this.#kept?.turnSeq !== turnSeq) {
        this.#sessionId = sessionId;
        this.#kept = { turnSeq, older: [], newer: [], characters: 0 };
      }
      if (isWords && this.#kept.characters < MAX_CHARACTERS) {
        this.#kept.newer.push(event);
        this.#kept.characters += event.text.length;
      }
    }
  }
}
