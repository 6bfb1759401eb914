import type { Refusal, RefusalReason } from "#protocol/commands.ts";
import { describeStorageProblem, StorageError } from "#storage/storage-error.ts";
import { WorkspaceError } from "#tools/tool.ts";

/** Thrown by whatever answers a command, and turned into the reply at one place. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;
  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.refusal = { reason, message };
  }
}

/** Every failure as a sentence for the person. */
export function refusalOf(cause: unknown): Refusal {
  if (cause instanceof Refused) return cause.refusal;
  if (cause instanceof StorageError)
    return { reason: storageReason(cause), message: describeStorageProblem(cause.problem) };
  if (cause instanceof WorkspaceError) {
    return { reason: cause.code === "quota" ? "storage-full" : "invalid", message: cause.message };
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { reason: "internal", message: `Something in the agent went wrong (${detail}). Nothing was lost; try again.` };
}

function storageReason(error: StorageError): RefusalReason {
  switch (error.problem.kind) {
    case "quota":
    case "low-space":
      return "storage-full";
    case "blocked":
      return "storage-blocked";
    case "newer-version":
      return "newer-version";
    case "not-found":
      return "not-found";
    case "deleted":
      return "deleted";
    case "fenced":
      return "running-elsewhere";
    case "closed":
    case "no-answer":
    case "aborted":
    case "corrupt":
    case "unavailable":
      return "storage-failed";
  }
}
