import type { CommandInput, CommandName, CommandResult } from "#protocol/commands.ts";

import type { Page } from "./pages.ts";

/** Answers to commands, each by its name. Throwing is the refusal: see refusals.ts. */
export type Answers<Names extends CommandName> = {
  readonly [Name in Names]: (input: CommandInput<Name>, page: Page) => Promise<CommandResult<Name>>;
};

/** Commands that name a session and are carried out by its actor. */
export type SessionCommandName =
  | "attach-session"
  | "detach-session"
  | "read-earlier-turns"
  | "send-message"
  | "edit-message"
  | "retry-turn"
  | "continue-turn"
  | "cancel-automatic-continue"
  | "keep-answer"
  | "discard-answer"
  | "restore-answer"
  | "select-turn"
  | "stop-run"
  | "resolve-approval"
  | "resolve-unknown-call"
  | "remove-queue-item"
  | "edit-queue-item"
  | "resume-queue"
  | "send-queue-item-now"
  | "rename-session"
  | "pin-session"
  | "archive-session"
  | "set-session-model"
  | "withdraw-allowed-tool";

/** Commands about sessions as rows: the list, drafts, deletion, search, export. */
export type LibraryCommandName =
  | "list-sessions"
  | "search-sessions"
  | "delete-session"
  | "undelete-session"
  | "export-session"
  | "export-raw-session"
  | "repair-storage"
  | "list-recoveries"
  | "save-draft"
  | "remove-draft";

/** Commands about what takes space: files, and all else that can be removed to free some. */
export type FileCommandName =
  | "list-files"
  | "read-file"
  | "add-file"
  | "remove-file"
  | "remove-session-files"
  | "measure-storage"
  | "empty-trash";

/** Commands about the second copy outside the database. */
export type SecondCopyCommandName = "read-mirror-status" | "check-mirror" | "list-restore-points" | "restore-point";

/** Commands about the app as a whole. */
export type AppCommandName =
  | "read-settings"
  | "change-setting"
  | "list-connections"
  | "check-connection"
  | "save-connection"
  | "remove-connection"
  | "read-storage-usage"
  | "flush"
  | "note-ending"
  | "count-active-runs"
  | "ping";
