import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";

import type { PageTimers } from "./commit-clock.ts";

const SHOWN_MS = 6_000;
/** Time to read, decide and reach the button; what is undone this way stays in the trash as well. */
const SHOWN_WITH_ACTION_MS = 10_000;
const MOST_AT_ONCE = 3;

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "problem";
  readonly action: ToastAction | null;
}

/** Short notices at the bottom. None of them is the only copy of anything. */
export class Toasts {
  readonly #timers: PageTimers;
  readonly #shown = signal<readonly Toast[]>([]);
  readonly #cancels = new Map<number, () => void>();
  #nextId = 1;

  readonly shown: ReadonlySignal<readonly Toast[]> = this.#shown;

  constructor(timers: PageTimers) {
    this.#timers = timers;
  }

  show(text: string, options: { readonly tone?: Toast["tone"]; readonly action?: ToastAction } = {}): void {
    const toast: Toast = {
      id: this.#nextId++,
      text,
      tone: options.tone ?? "plain",
      action: options.action ?? null,
    };
    // The same notice twice says nothing new.
    for (const same of this.#shown.value.filter((known) => known.text === text)) this.dismiss(same.id);
    const shown = [...this.#shown.value, toast];
    for (const old of shown.slice(0, -MOST_AT_ONCE)) this.dismiss(old.id);
    this.#shown.value = shown.slice(-MOST_AT_ONCE);
    this.resume(toast.id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.#shown.value = this.#shown.value.filter((toast) => toast.id !== id);
  }

  /** While the pointer or the focus is on it, a toast stays. */
  hold(id: number): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
  }

  resume(id: number): void {
    const toast = this.#shown.value.find((known) => known.id === id);
    if (toast === undefined || this.#cancels.has(id)) return;
    const cancel = this.#timers.after(toast.action === null ? SHOWN_MS : SHOWN_WITH_ACTION_MS, () => {
      this.dismiss(id);
    });
    this.#cancels.set(id, cancel);
  }
}
