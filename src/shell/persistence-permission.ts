/**
 * Asks the browser to keep the app's storage when space runs low. Chromium decides silently, Firefox asks the person, so it
 * is asked from a click and only once there is something to keep. "No" is a normal answer: what it means for the
 * person is said where the usage is shown, which the worker reads.
 */
export function createPersistenceRequest(
  storage: Pick<StorageManager, "persist"> | undefined,
  log: (message: string, cause: unknown) => void,
): () => void {
  let isAsked = false;
  return () => {
    if (isAsked || storage === undefined) return;
    isAsked = true;
    // Asked at once: waiting for `persisted()` first would use up the click that some browsers want to see.
    storage.persist().catch((cause: unknown) => log("The browser did not say whether it keeps the storage.", cause));
  };
}
