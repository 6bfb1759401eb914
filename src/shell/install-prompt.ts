import { type ReadonlySignal, signal } from "@preact/signals";

/** Chromium's event; TypeScript's DOM types do not know it. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

export interface InstallPrompt {
  /** Non-null while the browser offers to install the app. Call it from a click. */
  readonly prompt: ReadonlySignal<(() => Promise<void>) | null>;
  release(): void;
}

/** Keeps the browser's offer until the person asks for it, instead of a banner at a moment of the browser's choice. */
export function watchInstallPrompt(window: EventTarget): InstallPrompt {
  const prompt = signal<(() => Promise<void>) | null>(null);
  const ended = new AbortController();
  const offered = (event: Event): void => {
    event.preventDefault();
    prompt.value = async () => {
      // An offer can be taken up once.
      prompt.value = null;
      await (event as BeforeInstallPromptEvent).prompt();
    };
  };
  window.addEventListener("beforeinstallprompt", offered, { signal: ended.signal });
  window.addEventListener("appinstalled", () => (prompt.value = null), { signal: ended.signal });
  return { prompt, release: () => ended.abort() };
}
