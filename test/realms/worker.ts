/** Type-checked in the worker's program only: each line fails the check if the realm gains what it must not have. */

// @ts-expect-error A worker has no document: one import of a library that brings the DOM types back would hide that.
export const page: unknown = document;

// @ts-expect-error A worker is not Node.
export const node: unknown = process;

export const here: typeof WorkerGlobalScope = WorkerGlobalScope;
