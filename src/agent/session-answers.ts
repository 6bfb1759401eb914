import type { SessionId } from "#domain/ids.ts";
import { readDraft } from "#storage/draft-store.ts";
import { editQueueItem, removeQueueItem } from "#storage/queue-store.ts";

import type { Answers, SessionCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import type { Page } from "./pages.ts";
import { Refused } from "./refusals.ts";
import type { SessionActor } from "./session-actor.ts";

/** Longest title that is kept, in characters. */
const TITLE_LENGTH = 200;

/** The commands of one session, given to its actor. */
export function sessionAnswers(
  env: Environment,
  audience: Audience,
  actor: (id: SessionId) => SessionActor,
): Answers<SessionCommandName> {
  /** A draft goes with the message that was made of it: no other page of this worker may show it as unsent. */
  async function tellDraft(sessionId: SessionId, sender: Page): Promise<void> {
    const draft = await readDraft(env.db, sessionId);
    audience.toWatchers(sessionId, { type: "draft-changed", sessionId, draft }, sender);
  }

  return {
    "attach-session": async ({ sessionId }, page) => {
      const before = page.watching;
      page.watching = sessionId;
      if (before !== null && before !== sessionId) actor(before).detach();
      return actor(sessionId).attach();
    },
    "detach-session": async ({ sessionId }, page) => {
      if (page.watching === sessionId) {
        page.watching = null;
        actor(sessionId).detach();
      }
      return null;
    },
    "read-earlier-turns": ({ sessionId, before, limit }) => actor(sessionId).readEarlier(before, limit),
    "send-message": async ({ sessionId, message, model }, page) => {
      if (message.text.trim() === "" && message.attachments.length === 0) {
        throw new Refused("invalid", "There is nothing to send yet.");
      }
      const accepted = await actor(sessionId).send(message, model);
      // Not waited for: it is committed, and nothing that fails now may say that it is not.
      void tellDraft(sessionId, page).catch((cause: unknown) => audience.storageTrouble(cause));
      return { accepted };
    },
    "edit-message": ({ sessionId, turnSeq, message }) => actor(sessionId).branch(turnSeq, message, null).then(nothing),
    "retry-turn": ({ sessionId, turnSeq, model }) => actor(sessionId).branch(turnSeq, null, model).then(nothing),
    "continue-turn": ({ sessionId, turnSeq }) => actor(sessionId).continueTurn(turnSeq).then(nothing),
    "cancel-automatic-continue": ({ sessionId }) => actor(sessionId).declineContinuation().then(nothing),
    "keep-answer": ({ sessionId, turnSeq }) => actor(sessionId).resolveAnswer(turnSeq, "kept").then(nothing),
    "discard-answer": ({ sessionId, turnSeq }) => actor(sessionId).resolveAnswer(turnSeq, "discarded").then(nothing),
    "restore-answer": ({ sessionId, turnSeq }) => actor(sessionId).resolveAnswer(turnSeq, null).then(nothing),
    "select-turn": ({ sessionId, turnSeq }) => actor(sessionId).select(turnSeq).then(nothing),
    "stop-run": ({ sessionId }) => {
      actor(sessionId).stop();
      return Promise.resolve(null);
    },
    "resolve-approval": ({ sessionId, approvalId, decision }) =>
      actor(sessionId).resolveApproval(approvalId, decision).then(nothing),
    "resolve-unknown-call": ({ sessionId, turnSeq, callId, decision }) =>
      actor(sessionId).resolveUnknownCall(turnSeq, callId, decision).then(nothing),
    "remove-queue-item": async ({ sessionId, id }) => {
      await removeQueueItem(env.db, id);
      await actor(sessionId).queueWritten();
      return null;
    },
    "edit-queue-item": async ({ sessionId, id, text }) => {
      if (text.trim() === "") throw new Refused("invalid", "A queued message needs some text. Remove it instead.");
      await editQueueItem(env.db, id, text);
      await actor(sessionId).queueWritten();
      return null;
    },
    "resume-queue": ({ sessionId }) => actor(sessionId).resumeQueue(null).then(nothing),
    "send-queue-item-now": ({ sessionId, id }) => actor(sessionId).stopAndSend(id).then(nothing),
    "rename-session": async ({ sessionId, title }) => {
      const plain = title.trim().slice(0, TITLE_LENGTH).toWellFormed();
      if (plain === "") throw new Refused("invalid", "A title needs at least one character.");
      await actor(sessionId).patch((session) => ({ ...session, title: plain, titleSource: "person" }));
      return null;
    },
    "pin-session": ({ sessionId, isPinned }) =>
      actor(sessionId)
        .patch((session) => ({ ...session, isPinned }))
        .then(nothing),
    "archive-session": ({ sessionId, isArchived }) =>
      actor(sessionId)
        .patch((session) => ({ ...session, isArchived }))
        .then(nothing),
    "set-session-model": ({ sessionId, model }) =>
      actor(sessionId)
        .patch((session) => ({ ...session, model }))
        .then(nothing),
    "withdraw-allowed-tool": ({ sessionId, tool }) =>
      actor(sessionId)
        .patch((session) => ({ ...session, allowedTools: session.allowedTools.filter((name) => name !== tool) }))
        .then(nothing),
  };
}

function nothing(): null {
  return null;
}
