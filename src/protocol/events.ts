import type { SessionId } from "#domain/ids.ts";
import type { Connection } from "#domain/model.ts";
import type { RunEvent } from "#domain/run-event.ts";
import type { Draft, QueueItem, Session } from "#domain/session.ts";
import type { Turn } from "#domain/turn.ts";

import type { Runner, SessionRow, SessionSnapshot, Settings } from "./commands.ts";

/** What the worker tells the page without being asked. Session-bound ones go only to pages attached to the session. */
export type WorkerEvent =
  /** Facts of the run of one turn, in order. A page that sees a gap attaches again. */
  | {
      readonly type: "run-events";
      readonly sessionId: SessionId;
      readonly turnSeq: number;
      readonly events: readonly RunEvent[];
    }
  /** A turn was accepted, settled or changed outside its run: replaces the page's copy. `isOnPath`: shown at the end of the path. */
  | { readonly type: "turn-changed"; readonly sessionId: SessionId; readonly turn: Turn }
  /** The path, the siblings or more than one turn changed: a whole new copy. */
  | { readonly type: "snapshot"; readonly snapshot: SessionSnapshot }
  | { readonly type: "session-changed"; readonly session: Session }
  | {
      readonly type: "queue-changed";
      readonly sessionId: SessionId;
      readonly queue: readonly QueueItem[];
      readonly queuePause: string | null;
    }
  | { readonly type: "draft-changed"; readonly draft: Draft | null; readonly sessionId: SessionId }
  | {
      readonly type: "runner-changed";
      readonly sessionId: SessionId;
      readonly runner: Runner;
      readonly continuesAt: number | null;
    }
  /** Everything up to `at` is durable. */
  | { readonly type: "saved"; readonly sessionId: SessionId; readonly at: number; readonly kind: "checkpoint" | "full" }
  | { readonly type: "files-changed"; readonly sessionId: SessionId }
  /** Rows of the list that are new or different, and ids that left it. */
  | { readonly type: "list-changed"; readonly rows: readonly SessionRow[]; readonly removed: readonly SessionId[] }
  | { readonly type: "settings-changed"; readonly settings: Settings }
  | { readonly type: "connections-changed"; readonly connections: readonly Connection[] }
  /** The database was lost or behind and has been brought back from its second copy: what came back, in sentences. */
  | { readonly type: "restored"; readonly message: string }
  /** To one page: the agent, which cannot, asks it to start this script of the app as a worker. See lent-worker.ts. */
  | { readonly type: "worker-wanted"; readonly id: string; readonly address: string }
  /** Interrupted runs found at start. */
  | { readonly type: "recovered"; readonly sessionIds: readonly SessionId[] }
  /** Told once per kind; null: it works again. `isSaving`: what is written is saved all the same. */
  | {
      readonly type: "storage-trouble";
      readonly message: string | null;
      readonly isReadOnly: boolean;
      readonly isSaving: boolean;
    };
