import { effect, untracked } from "@preact/signals";

import type { UiPorts } from "#ui/ports.ts";
import type { SessionView } from "#ui/session-view.ts";

import type { ReadingPlace, ScrollKeeper } from "./scroll-keeper.ts";

const SETTLED_MS = 300;
/** Pages read to get back to a place. Further up than this the end is the better place to open at. */
const MOST_PAGES = 40;

/**
 * Where the reader is in a session: brought back when the session is opened again and after a reload. An address that
 * names a turn wins over what was remembered.
 */
export class PlaceKeeper {
  readonly #ports: UiPorts;
  readonly #session: SessionView;
  readonly #keeper: ScrollKeeper;
  readonly #ends: (() => void)[] = [];
  #isOpened = false;
  #isClosed = false;
  #jumpedTo: number | null = null;

  constructor(ports: UiPorts, session: SessionView, keeper: ScrollKeeper) {
    this.#ports = ports;
    this.#session = session;
    this.#keeper = keeper;
    this.#ends.push(
      effect(() => {
        if (session.state.value.kind !== "ready") return;
        const route = ports.route.value;
        const turnSeq = route.kind === "session" && route.sessionId === session.sessionId ? route.turnSeq : null;
        untracked(() => {
          this.#goTo(turnSeq);
        });
      }),
      ports.onHide(() => {
        this.#remember();
      }),
      keeper.onScroll(SETTLED_MS, () => {
        this.#remember();
      }),
    );
  }

  close(): void {
    this.#remember();
    this.#isClosed = true;
    for (const end of this.#ends) end();
  }

  #goTo(turnSeq: number | null): void {
    if (turnSeq !== null && turnSeq !== this.#jumpedTo) {
      this.#jumpedTo = turnSeq;
      this.#isOpened = true;
      void this.#reach(turnSeq, () => this.#keeper.jumpTo(turnSeq));
      return;
    }
    if (this.#isOpened) return;
    this.#isOpened = true;
    const place = this.#read();
    if (place === null) this.#whenDrawn(() => this.#keeper.open(null));
    else void this.#reach(place.seq, () => this.#keeper.open(place));
  }

  /** Reads pages until the turn is there. */
  async #reach(seq: number, then: () => void): Promise<void> {
    for (let page = 0; page < MOST_PAGES; page++) {
      const isHere = this.#session.turn(seq) !== undefined;
      if (isHere || !this.#session.hasEarlier.peek() || this.#isClosed) break;
      await this.#session.readEarlier();
    }
    if (this.#isClosed) return;
    this.#whenDrawn(then);
  }

  /** What the signals say is drawn in a microtask; what is measured must be on the page. */
  #whenDrawn(then: () => void): void {
    setTimeout(() => {
      if (!this.#isClosed) then();
    });
  }

  #remember(): void {
    if (!this.#isOpened) return;
    const place = this.#keeper.place();
    this.#ports.tabMemory.write(this.#key(), place === null ? "" : `${String(place.seq)} ${String(place.offsetPx)}`);
  }

  #read(): ReadingPlace | null {
    const [seq, offsetPx] = (this.#ports.tabMemory.read(this.#key()) ?? "").split(" ").map(Number);
    if (seq === undefined || offsetPx === undefined || !Number.isInteger(seq) || !Number.isFinite(offsetPx))
      return null;
    return { seq, offsetPx };
  }

  #key(): string {
    return `ui.place.${this.#session.sessionId}`;
  }
}
