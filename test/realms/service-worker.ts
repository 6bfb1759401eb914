/** Type-checked in the service worker's program only: each line fails the check if the realm gains what it must not have. */

// @ts-expect-error A service worker has no document.
export const page: unknown = document;

// @ts-expect-error A service worker is not Node.
export const node: unknown = process;

export const here: typeof ServiceWorkerGlobalScope = ServiceWorkerGlobalScope;
