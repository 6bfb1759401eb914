/** Every way in which storage can fail, as a closed set. Callers decide by `kind`, people read `describeStorageProblem`. */
export type StorageProblem =
  /** The device, or the share that the browser allows, is full. Nothing of the transaction was written. */
  | { readonly kind: "quota" }
  /** Hardly any space is left. Everything is saved so far. */
  | { readonly kind: "low-space" }
  /** Another tab holds an older version of the database open and does not let go. */
  | { readonly kind: "blocked" }
  /** The connection is gone. A write that ends so may or may not have been committed. */
  | { readonly kind: "closed" }
  /** The database gave no answer within the time limit. A write that ends so may or may not have been committed. */
  | { readonly kind: "no-answer" }
  /** The transaction was rolled back. Nothing of it was written. */
  | { readonly kind: "aborted"; readonly detail: string }
  /** A record that cannot be read, or that could not be read back if it were written. It stays where it is. */
  | { readonly kind: "corrupt"; readonly store: string; readonly key: string; readonly detail: string }
  /** A newer version of the app wrote here. `found` is null where the browser does not say. */
  | { readonly kind: "newer-version"; readonly found: number | null; readonly known: number }
  /** The writer has lost its lease: another one holds a newer fencing token, or its run is no longer the pending one. */
  | { readonly kind: "fenced"; readonly held: number; readonly current: number }
  | { readonly kind: "deleted" }
  | { readonly kind: "not-found" }
  /** The browser gives no database, or none that can be used. */
  | { readonly kind: "unavailable"; readonly detail: string };

/** The only thing that the functions of this folder throw on purpose. Never holds content of a record or a key. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem, cause?: unknown) {
    super(describeStorageProblem(problem), cause === undefined ? undefined : { cause });
    this.problem = problem;
  }
}

/** What happened and the way out, in one or two plain sentences for the person. */
export function describeStorageProblem(problem: StorageProblem): string {
  switch (problem.kind) {
    case "quota":
      return "There is no space left to save. Free some space on this device or delete old sessions; what is on screen is kept in memory and can be exported.";
    case "low-space":
      return "There is hardly any space left. Everything is saved so far. Free some space soon; until then no new files are taken.";
    case "blocked":
      return "Another tab still runs an older version. Close the other tabs of this app, then try again.";
    case "closed":
      return "The browser closed the connection to its database. Try again; if it happens again, reload the page.";
    case "no-answer":
      return "The browser’s database does not answer. What is on screen is kept and is saved again by itself. If this goes on, export what you need and restart the browser.";
    case "aborted":
      return `The browser could not save (${problem.detail}). Nothing was changed; try again.`;
    case "corrupt":
      return `One record (${problem.store} ${problem.key}) cannot be read. It was set aside and kept; everything else works.`;
    case "newer-version":
      return "A newer version of this app has saved here. Reload this tab to get it; until then this tab only reads.";
    case "fenced":
      return "This session is being worked on in another tab. Go on there, or close the other tab first.";
    case "deleted":
      return "This session was deleted. Undo the deletion to go on with it.";
    case "not-found":
      return "This is no longer stored here. It may have been removed in another tab.";
    case "unavailable":
      return `The browser does not let this page store anything (${problem.detail}). Leave private browsing or allow site storage, then reload.`;
  }
}

/** Whether what is written is saved all the same: the failure is about something else. */
export function leavesSaving(failure: unknown): boolean {
  if (!(failure instanceof StorageError)) return false;
  const { kind } = failure.problem;
  return kind === "corrupt" || kind === "low-space";
}

/** Safari says this on iOS after it dropped the database process; there is no name of its own for it. */
const LOST_CONNECTION = /connection (?:to indexed database server )?(?:is |was )?(?:lost|closed|closing)/i;

/** Whether a failed request or transaction means that the connection itself is gone, so that a new one may work. */
export function isConnectionLost(failure: unknown): boolean {
  return nameOf(failure) === "UnknownError" && failure instanceof Error && LOST_CONNECTION.test(failure.message);
}

/** InvalidStateError: a closed connection was asked for a transaction, or an ended transaction for something. */
export function isEnded(failure: unknown): boolean {
  return nameOf(failure) === "InvalidStateError";
}

/** Maps what IndexedDB fails with, by its name: messages differ between browsers, names do not. */
export function toStorageError(failure: unknown): StorageError {
  if (failure instanceof StorageError) return failure;
  const name = nameOf(failure);
  if (name === "QuotaExceededError") return new StorageError({ kind: "quota" }, failure);
  if (isConnectionLost(failure)) return new StorageError({ kind: "closed" }, failure);
  return new StorageError({ kind: "aborted", detail: name }, failure);
}

/** The name of a thrown thing; DOMException has not been an Error everywhere. */
export function nameOf(failure: unknown): string {
  if (typeof failure === "object" && failure !== null && "name" in failure && typeof failure.name === "string") {
    return failure.name;
  }
  return "unknown error";
}
