import type {
  ApprovalId,
  CallId,
  ConnectionId,
  DraftId,
  MessageId,
  QueueItemId,
  SessionId,
  TurnId,
} from "#domain/ids.ts";
import type { IndexEntry } from "#domain/index-entry.ts";
import type { Attachment } from "#domain/message.ts";
import type { Connection, ConnectionPreset, ModelRef } from "#domain/model.ts";
import type { InterruptionCause } from "#domain/outcome.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Draft, QueueItem, Session } from "#domain/session.ts";
import type { ApprovalDecision, SessionMatch } from "#domain/tool-call.ts";
import type { Turn } from "#domain/turn.ts";

/** Who works on a session now: this tab's worker, another tab's, or nobody. */
export type Runner = "here" | "elsewhere" | "nobody";

/** Seqs of the turns that share a parent, oldest first; only where there are at least two. */
export interface Siblings {
  readonly parent: number;
  readonly seqs: readonly number[];
}

/** One screen of a session's path, oldest first. */
export interface TurnPage {
  readonly turns: readonly Turn[];
  readonly siblings: readonly Siblings[];
  /** Whether older turns lie above. */
  readonly hasEarlier: boolean;
}

/**
 * What attaching returns: one full copy. Every run event above each turn's last run's `lastSeq` follows as an envelope.
 * `session` null: the id is new, nothing has been sent in it yet.
 */
export interface SessionSnapshot extends TurnPage {
  readonly sessionId: SessionId;
  readonly session: Session | null;
  readonly queue: readonly QueueItem[];
  /** Why the queue waits although nothing runs; null when it does not. */
  readonly queuePause: string | null;
  readonly draft: Draft | null;
  readonly runner: Runner;
  /** Epoch ms of the last durable write of this session. */
  readonly savedAt: number | null;
  /** Epoch ms at which an interrupted answer will be taken up again by itself; null: it will not. */
  readonly continuesAt: number | null;
}

/** Lists are paged by (lastActivityAt, sessionId), newest first. */
export interface ListCursor {
  readonly lastActivityAt: number;
  readonly sessionId: SessionId;
}

/** A row as the list shows it: the index entry and what only the running system knows. */
export interface SessionRow {
  readonly entry: IndexEntry;
  readonly isRunning: boolean;
  readonly needsApproval: boolean;
  readonly hasDraft: boolean;
}

export interface SessionList {
  readonly rows: readonly SessionRow[];
  /** Null: this was the last page. */
  readonly next: ListCursor | null;
}

export interface NewMessage {
  readonly turnId: TurnId;
  readonly messageId: MessageId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** The draft that this message was; its row goes in the same transaction. */
  readonly draftId: DraftId | null;
}

export interface FileRow {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: number;
}

export interface ConnectionForm {
  /** Null: a new connection. */
  readonly id: ConnectionId | null;
  readonly preset: ConnectionPreset;
  readonly label: string;
  readonly baseUrl: string;
  /** Null: keep the stored key. It is dropped all the same when the origin of `baseUrl` changes. */
  readonly apiKey: string | null;
  readonly model: string;
}

/** How a try of a connection ended, in words. */
export type ConnectionCheck =
  | {
      readonly ok: true;
      readonly models: readonly { readonly id: string; readonly label: string }[];
      readonly message: string;
    }
  | { readonly ok: false; readonly message: string; readonly steps: readonly string[] };

export type Theme = "system" | "light" | "dark";

/** Settings of the app, each patched by its key. */
export interface Settings {
  readonly theme: Theme;
  readonly defaultModel: ModelRef;
  readonly continueAfterInterruption: "when-safe" | "ask";
  readonly enterSends: boolean;
  /** Steps a run may take before it asks. */
  readonly stepLimit: number;
  readonly announceReplies: "when-finished" | "start-and-end" | "off";
  /** Whether the built-in agent has said what it is. */
  readonly hasSeenIntro: boolean;
  /** Whether the person has been told where sessions live. */
  readonly hasSeenStorageNote: boolean;
}

export type WordsEvent = Extract<RunEvent, { readonly type: "text-delta" | "reasoning-delta" }>;

/** The last deltas of an answer as a page was told them: they may not be stored. */
export interface UnsavedWords {
  readonly sessionId: SessionId;
  readonly turnSeq: number;
  readonly events: readonly WordsEvent[];
}

/** An end that a page saw and that no record may tell: its worker died under it, or it was left itself. */
export interface SeenEnding {
  readonly cause: Extract<InterruptionCause, "agent-died" | "page-closed" | "update" | "paused-by-browser">;
  /** Epoch ms. */
  readonly at: number;
  /** A worker that did not answer and cannot be ended: its locks may be taken from it. */
  readonly mayLiveOn?: boolean;
  /** What the page had been told last. */
  readonly lastWords?: UnsavedWords;
}

export interface StorageUsage {
  /** Bytes, as the browser estimates; null where it does not say. */
  readonly usedBytes: number | null;
  readonly allowedBytes: number | null;
  readonly isPersistent: boolean | null;
}

/** `sessions`: their records. `journal`: runs under way. `attachments`: what was sent. `files`: the workspaces. `mirror`: the second copy. `app`: Holdfast itself, for use without a network. */
export type StorageKind = "sessions" | "journal" | "attachments" | "files" | "mirror" | "app" | "other";

export interface LargeSession {
  readonly sessionId: SessionId;
  readonly title: string;
  /** With its attachments and files. */
  readonly bytes: number;
  readonly fileBytes: number;
  readonly fileCount: number;
}

export interface LargeFile {
  readonly sessionId: SessionId;
  /** Of its session. */
  readonly title: string;
  readonly path: string;
  readonly bytes: number;
}

/** What takes space on this device, counted where that is possible and else estimated. Lists are largest first. */
export interface StorageReport {
  readonly kinds: readonly { readonly kind: StorageKind; readonly bytes: number }[];
  readonly sessions: readonly LargeSession[];
  readonly files: readonly LargeFile[];
  /** Deleted sessions that can still be brought back. */
  readonly trash: { readonly sessions: number; readonly bytes: number };
}

/** The second copy outside the database. `none`: this browser gives no place for one. Times are epoch ms. */
export type MirrorStatus =
  | { readonly kind: "none" }
  | {
      readonly kind: "on";
      /** Of its newest record; null: nothing has been copied yet. */
      readonly newestAt: number | null;
      readonly bytes: number;
      readonly files: number;
      /** Saves of this worker that are not in it yet. */
      readonly waiting: number;
      /** Why the last try to write to it failed; null: it did not. */
      readonly trouble: string | null;
      /** `damaged`: records of the copy that cannot be read; `caughtUp`: sessions that it had missed. */
      readonly lastCheck: {
        readonly at: number;
        readonly sessions: number;
        readonly damaged: number;
        readonly caughtUp: number;
      } | null;
      /** The last time that something was brought back from it. */
      readonly lastRestore: { readonly at: number; readonly message: string } | null;
    };

/** A session as it was at a restore point. */
export interface RestorePointSession {
  readonly sessionId: SessionId;
  readonly title: string;
  /** Epoch ms of its last save before the point. */
  readonly savedAt: number;
  /** It was deleted since; going back brings it back. */
  readonly isDeletedNow: boolean;
}

/** A moment whose state can be had again. */
export interface RestorePoint {
  /** Epoch ms. */
  readonly at: number;
  /** Null: the end of a day. */
  readonly label: string | null;
  /** Those that are different now, newest first. */
  readonly sessions: readonly RestorePointSession[];
  /** How many more there are. */
  readonly more: number;
}

/** What is stored of a session that cannot be opened. */
export interface RawSession {
  readonly title: string | null;
  /** What can be read of its messages, in the order in which they were stored; null: there was no question with it. */
  readonly messages: readonly { readonly question: string | null; readonly answer: string }[];
  /** Records that not even the browser could read. */
  readonly unreadable: number;
  /** All records as they are stored, as one JSON text to be saved under this name. */
  readonly fileName: string;
  readonly text: string;
}

/** A run that something ended before its time, and what was known of it afterwards. Times are epoch ms. */
export interface Recovery {
  readonly sessionId: SessionId;
  readonly turnSeq: number;
  readonly title: string;
  readonly at: number;
  readonly cause: InterruptionCause;
  readonly savedUpTo: number;
  readonly mayMiss: boolean;
}

/** What a repair did. Nothing is thrown away: what could not be read is kept beside the rest. */
export interface StorageRepair {
  readonly setAside: number;
  /** Sessions and turns put together again from what was left of them. */
  readonly rebuilt: number;
  /** Records that were left alone: the browser cannot read them, or a newer version wrote them. */
  readonly left: number;
  /** Rows of the list written anew. */
  readonly listed: number;
  /** Interrupted runs that were settled. */
  readonly recovered: number;
}

/**
 * The page's imperative requests, each with what it takes and what it gives. A command either succeeds, which for
 * anything that writes means committed, or is refused with a reason.
 */
export interface Commands {
  "list-sessions": { takes: { readonly after: ListCursor | null; readonly limit: number }; gives: SessionList };
  "search-sessions": { takes: { readonly query: string; readonly limit: number }; gives: readonly SessionMatch[] };
  /** Starts watching a session; a second attach to another session by the same page leaves the first. */
  "attach-session": { takes: { readonly sessionId: SessionId }; gives: SessionSnapshot };
  "detach-session": { takes: { readonly sessionId: SessionId }; gives: null };
  "read-earlier-turns": {
    takes: { readonly sessionId: SessionId; readonly before: number; readonly limit: number };
    gives: TurnPage;
  };
  /** Commits the turn, starts its run, then answers. While a run is active it becomes a queue row instead. */
  "send-message": {
    takes: { readonly sessionId: SessionId; readonly message: NewMessage; readonly model: ModelRef | null };
    gives: { readonly accepted: "turn" | "queued" };
  };
  /** A sibling of an earlier turn with another text. */
  "edit-message": {
    takes: { readonly sessionId: SessionId; readonly turnSeq: number; readonly message: NewMessage };
    gives: null;
  };
  /** A sibling of an earlier turn with the same text; the earlier answer stays. */
  "retry-turn": {
    takes: { readonly sessionId: SessionId; readonly turnSeq: number; readonly model: ModelRef | null };
    gives: null;
  };
  /** A new run for the same turn that keeps the work done so far. */
  "continue-turn": { takes: { readonly sessionId: SessionId; readonly turnSeq: number }; gives: null };
  /** Do not take up the interrupted answer by itself. */
  "cancel-automatic-continue": { takes: { readonly sessionId: SessionId }; gives: null };
  "keep-answer": { takes: { readonly sessionId: SessionId; readonly turnSeq: number }; gives: null };
  "discard-answer": { takes: { readonly sessionId: SessionId; readonly turnSeq: number }; gives: null };
  "restore-answer": { takes: { readonly sessionId: SessionId; readonly turnSeq: number }; gives: null };
  /** Shows the path through this turn to its newest descendant. */
  "select-turn": { takes: { readonly sessionId: SessionId; readonly turnSeq: number }; gives: null };
  "stop-run": { takes: { readonly sessionId: SessionId }; gives: null };
  "resolve-approval": {
    takes: { readonly sessionId: SessionId; readonly approvalId: ApprovalId; readonly decision: ApprovalDecision };
    gives: null;
  };
  /** What becomes of a once-only call with an unknown outcome. */
  "resolve-unknown-call": {
    takes: {
      readonly sessionId: SessionId;
      readonly turnSeq: number;
      readonly callId: CallId;
      readonly decision: "run-again" | "mark-done" | "skip";
    };
    gives: null;
  };
  "remove-queue-item": { takes: { readonly sessionId: SessionId; readonly id: QueueItemId }; gives: null };
  "edit-queue-item": {
    takes: { readonly sessionId: SessionId; readonly id: QueueItemId; readonly text: string };
    gives: null;
  };
  /** Lets a paused queue go on with its first item. */
  "resume-queue": { takes: { readonly sessionId: SessionId }; gives: null };
  /** Stops the run and sends this item next. */
  "send-queue-item-now": { takes: { readonly sessionId: SessionId; readonly id: QueueItemId }; gives: null };
  "save-draft": { takes: { readonly draft: Draft }; gives: null };
  "remove-draft": { takes: { readonly sessionId: SessionId }; gives: null };
  "rename-session": { takes: { readonly sessionId: SessionId; readonly title: string }; gives: null };
  "pin-session": { takes: { readonly sessionId: SessionId; readonly isPinned: boolean }; gives: null };
  "archive-session": { takes: { readonly sessionId: SessionId; readonly isArchived: boolean }; gives: null };
  "delete-session": { takes: { readonly sessionId: SessionId }; gives: null };
  "undelete-session": { takes: { readonly sessionId: SessionId }; gives: null };
  "set-session-model": { takes: { readonly sessionId: SessionId; readonly model: ModelRef | null }; gives: null };
  "withdraw-allowed-tool": { takes: { readonly sessionId: SessionId; readonly tool: string }; gives: null };
  /** The session as one Markdown text. */
  "export-session": {
    takes: { readonly sessionId: SessionId };
    gives: { readonly fileName: string; readonly text: string };
  };
  /** Past every check, for a session that the app cannot open. Reads only, and no bad record makes it fail. */
  "export-raw-session": { takes: { readonly sessionId: SessionId }; gives: RawSession };
  /** Interruptions of the newest sessions that were recovered from, newest first. */
  "list-recoveries": { takes: { readonly limit: number }; gives: readonly Recovery[] };
  /** Sets aside what cannot be read, puts sessions together again, writes the list anew and settles what was interrupted. */
  "repair-storage": { takes: null; gives: StorageRepair };
  "list-files": { takes: { readonly sessionId: SessionId }; gives: readonly FileRow[] };
  "read-file": {
    takes: { readonly sessionId: SessionId; readonly path: string };
    gives: { readonly bytes: Uint8Array<ArrayBuffer> };
  };
  /** Puts a file of the user into the workspace under a free name and answers with its attachment. */
  "add-file": {
    takes: {
      readonly sessionId: SessionId;
      readonly name: string;
      readonly mediaType: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };
    gives: Attachment;
  };
  "remove-file": { takes: { readonly sessionId: SessionId; readonly path: string }; gives: null };
  /** All files of a session's workspace, for good. Refused while a reply is written in it. */
  "remove-session-files": { takes: { readonly sessionId: SessionId }; gives: null };
  /** May take seconds where much is stored. */
  "measure-storage": { takes: null; gives: StorageReport };
  /** Removes deleted sessions for good, with their files. */
  "empty-trash": { takes: null; gives: { readonly sessions: number } };
  "read-mirror-status": { takes: null; gives: MirrorStatus };
  /** Compares the second copy with the database and brings it up. May take seconds where much is stored. */
  "check-mirror": { takes: null; gives: MirrorStatus };
  /** Newest first. */
  "list-restore-points": { takes: null; gives: readonly RestorePoint[] };
  /**
   * Goes back to a moment, with one session or (null) with all. The state that is left becomes a restore point at
   * `leftAt`. `message`: what became of it, for the person.
   */
  "restore-point": {
    takes: { readonly at: number; readonly sessionId: SessionId | null };
    gives: { readonly message: string; readonly changed: number; readonly leftAt: number };
  };
  "read-settings": { takes: null; gives: Settings };
  "change-setting": { takes: { readonly patch: Partial<Settings> }; gives: Settings };
  "list-connections": { takes: null; gives: readonly Connection[] };
  "check-connection": { takes: { readonly form: ConnectionForm }; gives: ConnectionCheck };
  /** Saves, makes it the default model, and the model of `sessionId` where one is open. */
  "save-connection": {
    takes: { readonly form: ConnectionForm; readonly sessionId: SessionId | null };
    gives: Connection;
  };
  "remove-connection": { takes: { readonly id: ConnectionId }; gives: null };
  "read-storage-usage": { takes: null; gives: StorageUsage };
  /** Writes what is dirty now. Sent on hide and before leaving; `cause` is kept as the closing marker. */
  flush: { takes: { readonly cause: InterruptionCause | null }; gives: null };
  /** The page's first word to a worker, where it saw the end of an earlier one: why runs that are found dead stopped. */
  "note-ending": { takes: { readonly ending: SeenEnding }; gives: null };
  /** Whether any run is active in this worker: an update waits for it. */
  "count-active-runs": { takes: null; gives: { readonly count: number } };
  ping: { takes: null; gives: null };
}

export type CommandName = keyof Commands;
export type CommandInput<Name extends CommandName> = Commands[Name]["takes"];
export type CommandResult<Name extends CommandName> = Commands[Name]["gives"];

export type RefusalReason =
  | "not-found"
  | "busy"
  | "deleted"
  | "invalid"
  | "running-elsewhere"
  | "already-resolved"
  | "storage-full"
  | "storage-blocked"
  | "storage-failed"
  | "newer-version"
  | "agent-died"
  | "internal";

/** The worker's typed "no". `message` is a sentence for the person. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
}

export type CommandReply<Name extends CommandName> =
  | { readonly ok: true; readonly value: CommandResult<Name> }
  | { readonly ok: false; readonly refusal: Refusal };
