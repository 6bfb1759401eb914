/** Messages that are remembered, so that the memory of them has an end. */
const MAX_KINDS = 50;

export interface ErrorLog {
  /** Says it once for each message. */
  readonly report: (message: string, cause: unknown) => void;
  readonly release: () => void;
}

/**
 * Errors that nobody caught, each told once: a loop of the same one would bury all others. The browser writes them to its
 * console itself; what the shell catches on its own is written by `report`.
 */
export function watchErrors(window: EventTarget, write: (message: string, cause: unknown) => void): ErrorLog {
  const known = new Set<string>();
  const isNew = (message: string): boolean => {
    if (known.has(message)) return false;
    if (known.size < MAX_KINDS) known.add(message);
    return true;
  };
  const ended = new AbortController();
  const { signal } = ended;
  const repeated = (event: Event, message: string): void => {
    // Not swallowed: its like stands in the console already.
    if (!isNew(message)) event.preventDefault();
  };
  window.addEventListener("error", (event) => repeated(event, (event as ErrorEvent).message), { signal });
  window.addEventListener(
    "unhandledrejection",
    (event) => repeated(event, String((event as PromiseRejectionEvent).reason)),
    { signal },
  );
  return {
    report(message, cause) {
      if (isNew(`${message} ${String(cause)}`)) write(message, cause);
    },
    release: () => ended.abort(),
  };
}
