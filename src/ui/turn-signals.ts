import type { ReadonlySignal, Signal } from "@preact/signals";
import { batch, signal } from "@preact/signals";

import type { Turn } from "#domain/turn.ts";

/**
 * The turns of a session in two states: as they are after everything that has arrived, and as they are shown. A signal
 * for each, so that a change draws one turn and no other.
 */
export class TurnSignals {
  readonly #shown = new Map<number, Signal<Turn>>();
  readonly #arrived = new Map<number, Turn>();
  readonly #dirty = new Set<number>();

  /** The turn as it is shown; undefined where it is not loaded. */
  shown(seq: number): ReadonlySignal<Turn> | undefined {
    return this.#shown.get(seq);
  }

  /** The turn after everything that has arrived. */
  arrived(seq: number): Turn | undefined {
    return this.#arrived.get(seq);
  }

  /** Takes a change that becomes visible at the next commit. */
  note(turn: Turn): void {
    this.#arrived.set(turn.seq, turn);
    this.#dirty.add(turn.seq);
  }

  /** Takes a turn that is visible at once. */
  show(turn: Turn): void {
    this.#arrived.set(turn.seq, turn);
    this.#dirty.delete(turn.seq);
    const known = this.#shown.get(turn.seq);
    if (known === undefined) this.#shown.set(turn.seq, signal(turn));
    else known.value = turn;
  }

  /** Makes visible what was noted. */
  commit(): void {
    batch(() => {
      for (const seq of this.#dirty) {
        const turn = this.#arrived.get(seq);
        if (turn !== undefined) this.show(turn);
      }
    });
    this.#dirty.clear();
  }

  keepOnly(seqs: readonly number[]): void {
    const kept = new Set(seqs);
    for (const seq of this.#shown.keys()) {
      if (kept.has(seq)) continue;
      this.#shown.delete(seq);
      this.#arrived.delete(seq);
      this.#dirty.delete(seq);
    }
  }
}
