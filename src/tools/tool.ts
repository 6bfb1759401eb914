import type { SessionId } from "#domain/ids.ts";
import type { JsonValue } from "#domain/json.ts";
import type { ToolSpec } from "#domain/model.ts";
import type { Effect, SessionMatch, Tier, ToolOutput, ToolView } from "#domain/tool-call.ts";

import type { StartSideWorker } from "./side-worker.ts";

/** A file of the workspace. */
export interface WorkspaceFile {
  /** Relative, `/` between folders, no leading slash, no `.` or `..`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/**
 * The files of one session. Every implementation (OPFS, IndexedDB, memory) passes test/contracts/workspace.
 * Paths are checked: anything that is not a plain relative path throws WorkspaceError `bad-path`.
 */
export interface Workspace {
  list(): Promise<readonly WorkspaceFile[]>;
  /** Throws WorkspaceError `not-found`. */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Creates folders as needed; the file is whole or unchanged, never half written. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Throws `not-found`, or `exists` when the target is taken. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export type WorkspaceErrorCode = "bad-path" | "not-found" | "exists" | "quota" | "unavailable";

export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
  readonly code: WorkspaceErrorCode;
  /** `message` is a plain sentence for a person. */
  constructor(code: WorkspaceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Reading the user's own sessions: search and the text of one. */
export interface SessionReader {
  search(query: string, limit: number): Promise<readonly SessionMatch[]>;
  /** The session's messages as text, oldest first; null where there is no such session. */
  text(sessionId: SessionId): Promise<string | null>;
}

/** What a running tool may touch. Nothing else reaches it. */
export interface ToolContext {
  readonly sessionId: SessionId;
  readonly workspace: Workspace;
  readonly sessions: SessionReader;
  /** Epoch milliseconds. */
  now(): number;
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string;
  readonly signal: AbortSignal;
  readonly startWorker: StartSideWorker;
}

/** What the person reads before allowing a call. */
export interface CallPreview {
  /** e.g. `Write notes.md` */
  readonly title: string;
  readonly reason: string;
  readonly view?: ToolView;
}

/**
 * A named ability with checked input. `run` never throws for what the input or the files can cause: that is a ToolOutput
 * with `ok: false` and a sentence. It may throw AbortError; anything else thrown is a defect and becomes a failed call.
 */
export interface Tool {
  readonly spec: ToolSpec;
  readonly effect: Effect;
  readonly tier: Tier;
  /** Null when the input fits the schema, else a sentence that a model can correct itself by. */
  check(input: JsonValue): string | null;
  preview(input: JsonValue, context: ToolContext): Promise<CallPreview>;
  run(input: JsonValue, context: ToolContext): Promise<ToolOutput>;
}

/** A tool as the registry knows it before its code is loaded: enough to offer it to a model. */
export interface ToolEntry {
  readonly spec: ToolSpec;
  readonly effect: Effect;
  readonly tier: Tier;
  load(): Promise<Tool>;
}
