import type { SessionId } from "./ids.ts";
import type { TurnStatus } from "./outcome.ts";
import type { Session } from "./session.ts";

declare const summary: unique symbol;

/**
 * A row of the session list, computed from a session and never the other way round: a cache that can be rebuilt.
 * The brand keeps it from being saved as a session.
 */
export interface IndexEntry {
  readonly [summary]?: true;
  readonly sessionId: SessionId;
  readonly title: string;
  readonly snippet: string;
  readonly status: TurnStatus | null;
  readonly needsPerson: boolean;
  readonly isPinned: boolean;
  readonly isArchived: boolean;
  readonly createdAt: number;
  readonly lastActivityAt: number;
  /** The session's revision at the full save that wrote this row. */
  readonly revision: number;
}

export function indexEntryOf(session: Session): IndexEntry {
  return {
    sessionId: session.id,
    title: session.title,
    snippet: session.headSnippet,
    status: session.headStatus,
    needsPerson: session.needsPerson,
    isPinned: session.isPinned,
    isArchived: session.isArchived,
    createdAt: session.createdAt,
    lastActivityAt: session.lastActivityAt,
    revision: session.revision,
  };
}
