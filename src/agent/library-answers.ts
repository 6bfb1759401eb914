import type { SessionId } from "#domain/ids.ts";
import type { Draft } from "#domain/session.ts";
import { readDraft, removeDraft, saveDraft } from "#storage/draft-store.ts";
import { readSession } from "#storage/session-store.ts";

import type { Answers, LibraryCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import type { Page } from "./pages.ts";
import type { SessionActor } from "./session-actor.ts";
import { listSessions } from "./session-list.ts";

/** The commands about sessions as rows. */
export function libraryAnswers(
  env: Environment,
  audience: Audience,
  actor: (id: SessionId) => SessionActor,
  /** Tells every page, of this worker too, that rows of these sessions are others now. */
  sessionsWritten: (ids: readonly SessionId[]) => void,
): Answers<LibraryCommandName> {
  /** Told to the other pages of this worker, and to the other workers. Whoever wrote it has newer words than these. */
  function tellDraft(sessionId: SessionId, draft: Draft | null, writer: Page): void {
    audience.toWatchers(sessionId, { type: "draft-changed", sessionId, draft }, writer);
    env.peers.tell({ kind: "draft-written", sessionId });
  }

  async function refreshRowOfDraft(sessionId: SessionId): Promise<void> {
    if ((await readSession(env.db, sessionId)) === null) audience.refreshRows([sessionId]);
  }

  return {
    "list-sessions": ({ after, limit }) => listSessions(env, after, limit),
    "search-sessions": ({ query, limit }) => env.sessionReader.search(query, limit),
    "delete-session": async ({ sessionId }) => {
      await actor(sessionId).stopAndSettle();
      const { deleteSession } = await import("#storage/session-deletion.ts");
      await deleteSession(env.db, sessionId, env.clock.now());
      sessionsWritten([sessionId]);
      return null;
    },
    "undelete-session": async ({ sessionId }) => {
      const { undeleteSession } = await import("#storage/session-deletion.ts");
      await undeleteSession(env.db, sessionId, env.clock.now());
      sessionsWritten([sessionId]);
      return null;
    },
    "export-session": async ({ sessionId }) => {
      const { exportSession } = await import("./session-export.ts");
      return exportSession(env.db, sessionId, actor(sessionId).unsavedTurn);
    },
    "export-raw-session": async ({ sessionId }) => (await import("./raw-export.ts")).exportRaw(env.db, sessionId),
    "list-recoveries": async ({ limit }) => (await import("./recoveries.ts")).listRecoveries(env.db, limit),
    "repair-storage": async () => (await import("./repair.ts")).repairStorage(env, actor),
    "save-draft": async ({ draft }, page) => {
      const before = await readDraft(env.db, draft.sessionId);
      const saved = await saveDraft(env.db, draft);
      if (saved === "saved") tellDraft(draft.sessionId, draft, page);
      if (before === null || draft.text === "") await refreshRowOfDraft(draft.sessionId);
      return null;
    },
    "remove-draft": async ({ sessionId }, page) => {
      await removeDraft(env.db, sessionId);
      tellDraft(sessionId, null, page);
      await refreshRowOfDraft(sessionId);
      return null;
    },
  };
}
