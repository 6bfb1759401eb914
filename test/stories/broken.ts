/** A promise of the app was broken in a story. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

/** `law`: the id of the invariant. What is thrown inside of the app is caught by it, so the first one is remembered too. */
export function broken(law: string, what: string, ...evidence: readonly unknown[]): never {
  const shown = evidence.map((piece) => JSON.stringify(piece)).join("\n  ");
  const failure = new BrokenPromise(`[${law}] ${what}${shown === "" ? "" : `\n  ${shown}`}`);
  first ??= failure;
  throw failure;
}

let first: BrokenPromise | null = null;

/** The first promise that was broken since the last call, or null. */
export function takeBroken(): BrokenPromise | null {
  const failure = first;
  first = null;
  return failure;
}
