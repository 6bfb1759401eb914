import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";

import type { FollowInput, FollowState } from "./follow.ts";
import { FOLLOWING, follow } from "./follow.ts";

/** Where a reader was: the first turn in view and how far it is scrolled out at the top. Null: at the end. */
export interface ReadingPlace {
  readonly seq: number;
  readonly offsetPx: number;
}

/** The attribute by which the keeper knows a turn's element. */
export const TURN_ATTRIBUTE = "data-turn";

/**
 * The only one that writes `scrollTop`. Listens to what the reader does, asks the follow machine, and moves the view
 * when the size of the content or of its box changes. Never smooth: a view that glides while text streams is never
 * where the reader looks.
 */
export class ScrollKeeper {
  readonly #box: HTMLElement;
  readonly #state = signal<FollowState>(FOLLOWING);
  readonly #ends: (() => void)[] = [];
  #lastTop = 0;
  #lastHeights = "";
  #ownTop: number | null = null;
  #touchY: number | null = null;
  #isOnScrollbar = false;

  readonly state: ReadonlySignal<FollowState> = this.#state;

  constructor(box: HTMLElement, content: HTMLElement) {
    this.#box = box;
    const sizes = new ResizeObserver(() => {
      this.#sizeChanged();
    });
    sizes.observe(box);
    sizes.observe(content);
    this.#ends.push(() => {
      sizes.disconnect();
    });
    this.#listen();
  }

  /** Something happened that the machine should know. */
  tell(input: FollowInput): void {
    const before = this.#state.peek();
    const after = follow(before, input);
    this.#state.value = after;
    if (
      after.mode === "follow" &&
      (before.mode === "free" || input.type === "sent" || input.type === "latest-pressed")
    ) {
      this.#toEnd();
    }
    this.#setAnchoring();
  }

  /** Opens at a place, or at the end. */
  open(place: ReadingPlace | null): void {
    const turn = place === null ? null : this.#turnElement(place.seq);
    if (place === null || turn === null) {
      this.tell({ type: "opened", at: "end" });
      this.#toEnd();
      return;
    }
    this.tell({ type: "opened", at: "place" });
    this.#moveTo(this.#topOf(turn) + place.offsetPx);
  }

  /** Brings a turn to the top of the view. */
  jumpTo(seq: number): boolean {
    const turn = this.#turnElement(seq);
    if (turn === null) return false;
    this.tell({ type: "opened", at: "place" });
    this.#moveTo(this.#topOf(turn));
    return true;
  }

  /** Where the reader is; null while following. */
  place(): ReadingPlace | null {
    if (this.#state.peek().mode === "follow") return null;
    const top = this.#box.scrollTop;
    for (const turn of this.#turnElements()) {
      const from = this.#topOf(turn);
      if (from + turn.offsetHeight > top) {
        return { seq: Number(turn.getAttribute(TURN_ATTRIBUTE)), offsetPx: Math.round(top - from) };
      }
    }
    return null;
  }

  /**
   * Called before turns are added above; what it returns is called when they are there, and brings what was in view back to
   * where it was.
   */
  hold(): () => void {
    const anchor = this.#turnElements()[0];
    if (anchor === undefined) return () => undefined;
    const before = anchor.getBoundingClientRect().top;
    return () => {
      // The browser's own anchoring would move the view a second time.
      this.#box.style.setProperty("overflow-anchor", "none");
      const moved = anchor.getBoundingClientRect().top - before;
      if (anchor.isConnected && moved !== 0) this.#moveTo(this.#box.scrollTop + moved);
      requestAnimationFrame(() => {
        this.#setAnchoring();
      });
    };
  }

  /** Calls `then` when the view has stood still for a while after it moved. Returns the end of it. */
  onScroll(settledMs: number, then: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(then, settledMs);
    };
    this.#box.addEventListener("scroll", wait, { passive: true });
    return () => {
      clearTimeout(timer);
      this.#box.removeEventListener("scroll", wait);
    };
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  /** In follow the view itself keeps the end in sight; elsewhere the browser holds what is being read. */
  #setAnchoring(): void {
    this.#box.style.setProperty("overflow-anchor", this.#state.peek().mode === "follow" ? "none" : "auto");
  }

  #listen(): void {
    this.#on("scroll", () => {
      this.#scrolled();
    });
    this.#on("wheel", (event) => {
      if (this.#canScrollUp(event.target)) this.tell({ type: "wheel", deltaY: event.deltaY });
    });
    this.#on("touchstart", (event) => {
      this.#touchY = event.touches[0]?.clientY ?? null;
    });
    this.#on("touchmove", (event) => {
      const y = event.touches[0]?.clientY;
      if (y === undefined || this.#touchY === null || !this.#canScrollUp(event.target)) return;
      this.tell({ type: "touch-drag", downPx: y - this.#touchY });
    });
    this.#on("keydown", (event) => {
      if (event.target instanceof HTMLTextAreaElement || event.defaultPrevented) return;
      if (event.key === "End" || this.#canScrollUp(event.target)) this.tell({ type: "key", key: event.key });
    });
    this.#on("pointerdown", (event) => {
      this.#isOnScrollbar = event.target === this.#box && event.offsetX > this.#box.clientWidth;
    });
    this.#on("pointerup", () => {
      this.#isOnScrollbar = false;
    });
    this.#on("click", (event) => {
      // What was just unfolded must not run away from under the pointer.
      if (event.target instanceof Element && event.target.closest("summary, [aria-expanded]") !== null) {
        requestAnimationFrame(() => {
          this.tell({ type: "held", fromEndPx: this.#fromEnd() });
        });
      }
    });
  }

  #on<Name extends keyof HTMLElementEventMap>(name: Name, listen: (event: HTMLElementEventMap[Name]) => void): void {
    this.#box.addEventListener(name, listen, { passive: true });
    this.#ends.push(() => {
      this.#box.removeEventListener(name, listen);
    });
  }

  #scrolled(): void {
    const top = this.#box.scrollTop;
    const by = top - this.#lastTop;
    const isOwn = this.#ownTop !== null && Math.abs(top - this.#ownTop) < 2;
    const isExplained = this.#heights() !== this.#lastHeights;
    this.#lastTop = top;
    this.#ownTop = null;
    this.#lastHeights = this.#heights();
    if (isOwn || by === 0) return;
    const direction = by < 0 ? "up" : "down";
    if (this.#isOnScrollbar) this.tell({ type: "scrollbar-drag", direction });
    this.tell({ type: "scrolled", direction, byPx: Math.abs(by), fromEndPx: this.#fromEnd(), isExplained });
  }

  #sizeChanged(): void {
    const fromEndPx = this.#fromEnd();
    const isHeld = this.#isHeld();
    if (isHeld) this.tell({ type: "held", fromEndPx });
    if (this.#state.peek().mode === "follow") {
      // Held near the end: the next growth finds it further away and lets go.
      if (!isHeld) this.#toEnd();
    } else {
      this.tell({ type: "grew", fromEndPx });
    }
    this.#lastHeights = this.#heights();
    if (fromEndPx <= 0 && this.#state.peek().mode === "free" && this.#fitsWhole())
      this.tell({ type: "latest-pressed" });
  }

  /** Whether the reader is at work with the text: a selection in it, or a control in it reached by keyboard. */
  #isHeld(): boolean {
    const selection = getSelection();
    if (selection !== null && !selection.isCollapsed && this.#box.contains(selection.anchorNode)) return true;
    const focused = document.activeElement;
    if (focused === null || focused === this.#box || !this.#box.contains(focused)) return false;
    return focused.matches(":focus-visible");
  }

  #canScrollUp(target: EventTarget | null): boolean {
    if (this.#fitsWhole()) return false;
    const inner = target instanceof Element ? target.closest("pre, .scrolls") : null;
    return inner === null || inner.scrollTop <= 0;
  }

  #fitsWhole(): boolean {
    return this.#box.scrollHeight <= this.#box.clientHeight + 1;
  }

  #heights(): string {
    return `${String(this.#box.scrollHeight)} ${String(this.#box.clientHeight)}`;
  }

  #fromEnd(): number {
    return this.#box.scrollHeight - this.#box.clientHeight - this.#box.scrollTop;
  }

  #toEnd(): void {
    this.#moveTo(this.#box.scrollHeight - this.#box.clientHeight);
  }

  #moveTo(top: number): void {
    const target = Math.max(0, Math.min(Math.round(top), this.#box.scrollHeight - this.#box.clientHeight));
    if (Math.abs(this.#box.scrollTop - target) < 1) return;
    this.#ownTop = target;
    this.#box.scrollTop = target;
    this.#lastTop = this.#box.scrollTop;
    this.#lastHeights = this.#heights();
  }

  #topOf(turn: HTMLElement): number {
    return turn.getBoundingClientRect().top - this.#box.getBoundingClientRect().top + this.#box.scrollTop;
  }

  #turnElement(seq: number): HTMLElement | null {
    return this.#box.querySelector<HTMLElement>(`[${TURN_ATTRIBUTE}="${String(seq)}"]`);
  }

  #turnElements(): readonly HTMLElement[] {
    return [...this.#box.querySelectorAll<HTMLElement>(`[${TURN_ATTRIBUTE}]`)];
  }
}
