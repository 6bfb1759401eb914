/** Do not change without a migration: an old tab and a new one look for each other by it. */
const TAB_LOCK_PREFIX = "holdfast:tab:";
/** Held by the worker that runs a session: see the lease in src/journal. */
const RUN_LOCK_PREFIX = "holdfast:run:";

/** Says that this tab is open for as long as its page lives; the browser takes it back even after a crash. */
export function markTabOpen(locks: LockManager | undefined, tab: string): void {
  // Shared: a duplicated tab has the same name. The promise never settles, and goes with the page.
  void locks?.request(TAB_LOCK_PREFIX + tab, { mode: "shared" }, () => new Promise<never>(() => {}));
}

export async function readOpenTabs(locks: LockManager | undefined): Promise<ReadonlySet<string>> {
  return new Set(await heldNames(locks, TAB_LOCK_PREFIX));
}

/** Runs that are active in any tab. */
export async function countHeldRuns(locks: LockManager | undefined): Promise<number> {
  return (await heldNames(locks, RUN_LOCK_PREFIX)).length;
}

async function heldNames(locks: LockManager | undefined, prefix: string): Promise<string[]> {
  const { held = [] } = (await locks?.query()) ?? {};
  return held.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : []));
}
