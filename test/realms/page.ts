/** Type-checked in the page's program only: each line fails the check if the realm gains what it must not have. */

// @ts-expect-error The page is not Node: a `process` here would compile and then break in the browser.
export const node: unknown = process;

// @ts-expect-error Only workers have synchronous file handles: on the page this would throw.
export type SyncHandle = FileSystemSyncAccessHandle;

export const here: Document = document;
