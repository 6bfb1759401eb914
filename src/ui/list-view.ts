import type { ReadonlySignal } from "@preact/signals";
import { batch, signal } from "@preact/signals";

import type { SessionId } from "#domain/ids.ts";
import type { ListCursor, Refusal, SessionRow } from "#protocol/commands.ts";

import type { UiPorts } from "./ports.ts";

/** Rows read at a time: more than one tall screen. */
const PAGE_ROWS = 50;

export type ListState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready" }
  /** The rows that are shown are the last good ones. */
  | { readonly kind: "failed"; readonly refusal: Refusal };

/** The session list: pages as they were read, kept right by what the worker tells. An empty list never means that reading failed. */
export class ListView {
  readonly #ports: UiPorts;
  readonly #rows = signal<readonly SessionRow[]>([]);
  readonly #state = signal<ListState>({ kind: "loading" });
  readonly #next = signal<ListCursor | null>(null);
  #isReading = false;

  /** Newest first. */
  readonly rows: ReadonlySignal<readonly SessionRow[]> = this.#rows;
  readonly state: ReadonlySignal<ListState> = this.#state;
  /** Non-null while older rows can be read. */
  readonly next: ReadonlySignal<ListCursor | null> = this.#next;

  constructor(ports: UiPorts) {
    this.#ports = ports;
  }

  /** Reads the first page anew; rows further down that were read before stay. */
  async read(): Promise<void> {
    await this.#readPage(null);
  }

  async readMore(): Promise<void> {
    if (this.#next.value !== null) await this.#readPage(this.#next.value);
  }

  receive(rows: readonly SessionRow[], removed: readonly SessionId[]): void {
    this.#merge(rows, removed);
  }

  async #readPage(after: ListCursor | null): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const reply = await this.#ports.call("list-sessions", { after, limit: PAGE_ROWS });
    this.#isReading = false;
    if (!reply.ok) {
      if (reply.refusal.reason !== "agent-died") this.#state.value = { kind: "failed", refusal: reply.refusal };
      return;
    }
    batch(() => {
      this.#merge(reply.value.rows, []);
      this.#next.value = reply.value.next;
      this.#state.value = { kind: "ready" };
    });
  }

  #merge(rows: readonly SessionRow[], removed: readonly SessionId[]): void {
    const known = new Map(this.#rows.value.map((row) => [row.entry.sessionId, row]));
    for (const id of removed) known.delete(id);
    for (const row of rows) known.set(row.entry.sessionId, row);
    this.#rows.value = [...known.values()].sort(byActivity);
  }
}

function byActivity(a: SessionRow, b: SessionRow): number {
  const difference = b.entry.lastActivityAt - a.entry.lastActivityAt;
  if (difference !== 0) return difference;
  return a.entry.sessionId < b.entry.sessionId ? 1 : -1;
}
