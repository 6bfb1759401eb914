import { WorkspaceError } from "./tool.ts";

/** What the file system throws, as the two things that a person can do something about. */
export function normaliseStorageError(error: unknown): WorkspaceError {
  if (error instanceof WorkspaceError) return error;
  if (error instanceof Error && error.name === "QuotaExceededError") {
    return new WorkspaceError(
      "quota",
      "There is no room left on this device for the file; nothing was changed. Free some space, then try again.",
      { cause: error },
    );
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new WorkspaceError("unavailable", `The browser could not use its file store: ${detail}`, { cause: error });
}
