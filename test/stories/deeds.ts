import { readId, type QueueItemId, type SessionId } from "#domain/ids.ts";
import type { ApprovalDecision } from "#domain/tool-call.ts";
import type { CommandName } from "#protocol/commands.ts";

import { oneFault, type Operation } from "#test/helpers/faulty-disk.ts";

import type { Answer, Message } from "./promises.ts";
import { SESSIONS, type PlainDeed } from "./story.ts";
import type { Open, Telling } from "./telling.ts";

const MOMENTS = ["begin", "commit", "committed"] as const;

const isWrite = ({ what }: Operation): boolean => what === "write";

/** Does one thing at a page, as far as there is something to do it with. */
export async function doDeed(telling: Telling, open: Open, deed: PlainDeed, pick: number): Promise<void> {
  switch (deed) {
    case "send":
    case "send-draft":
    case "send-again":
    case "edit":
    case "retry":
      return doSend(telling, open, deed, pick);
    case "draft":
    case "remove-draft":
      return doDraft(telling, open, deed);
    case "continue":
    case "keep":
    case "discard":
    case "restore":
    case "select":
      return doWithTurn(telling, open, deed, pick);
    case "approve":
    case "settle-unknown":
      return doDecide(telling, open, deed, pick);
    case "queue-remove":
    case "queue-edit":
    case "queue-now":
      return doWithQueued(telling, open, deed, pick);
    case "rename":
    case "pin":
    case "archive":
    case "delete":
    case "undelete":
      return doWithSession(telling, open, deed, pick);
    case "stop":
      return telling.ask(open, "stop-run", { sessionId: open.session });
    case "decline":
      return telling.ask(open, "cancel-automatic-continue", { sessionId: open.session });
    case "queue-resume":
      return telling.ask(open, "resume-queue", { sessionId: open.session });
    case "attach":
      return telling.attach(open, SESSIONS[pick % 3 === 2 ? 1 : 0]);
    case "open-tab":
      telling.openTab(pick);
      return;
    case "leave":
      telling.turnAway(open);
      return telling.ask(open, "detach-session", { sessionId: open.session });
    case "list":
      return telling.ask(open, "list-sessions", { after: null, limit: 10 });
    case "ask-me":
      return telling.ask(open, "change-setting", {
        patch: { continueAfterInterruption: pick % 2 === 0 ? "ask" : "when-safe" },
      });
    case "hide":
      return telling.ask(open, "flush", { cause: null });
    case "offline":
    case "online":
      return telling.world.offline(deed === "offline");
    case "reload":
    case "kill":
      await telling.leave(open, deed === "reload");
      telling.openTab(open.session === SESSIONS[0] ? 0 : 3);
      return;
    case "crash":
      await telling.leave(open, false);
      telling.openTab(open.session === SESSIONS[0] ? 0 : 3, { saw: "a death" });
      return;
    case "crash-again":
      await telling.leave(open, false);
      telling.plan(oneFault({ kind: "die", at: MOMENTS[pick % 3] ?? "commit" }, 1 + (pick % 4), isWrite));
      telling.openTab(open.session === SESSIONS[0] ? 0 : 3);
      return;
    case "hang":
      return telling.hang(open);
    case "wait":
      return telling.world.time.advance(pick * 500).then(() => telling.release());
  }
}

function doSend(
  telling: Telling,
  open: Open,
  deed: "send" | "send-draft" | "send-again" | "edit" | "retry",
  pick: number,
): void {
  const sessionId = open.session;
  if (deed === "send" || deed === "send-draft") {
    const draft = deed === "send-draft" ? telling.draftOf(open) : null;
    if (draft !== null) open.drafts.delete(sessionId);
    giveMessage(telling, open, telling.nextMessage(sessionId, "send", draft?.id ?? null));
    return;
  }
  if (deed === "send-again") {
    const sent = [...telling.promises.messages.values()].filter(
      (message) => message.sessionId === sessionId && message.kind === "send" && message.removal === "none",
    );
    const message = sent[pick % Math.max(1, sent.length)];
    if (message !== undefined) giveMessage(telling, open, message);
    return;
  }
  const turn = telling.turns(open).at(-1 - (pick % 3));
  if (turn === undefined) return;
  if (deed === "retry") {
    telling.promises.retries++;
    telling.ask(open, "retry-turn", { sessionId, turnSeq: turn.seq, model: null });
    return;
  }
  const message = telling.nextMessage(sessionId, "edit", null);
  const input = { sessionId, turnSeq: turn.seq, message: telling.input(message) };
  telling.ask(open, "edit-message", input, telling.give(message));
}

function giveMessage(telling: Telling, open: Open, message: Message): void {
  const { sessionId } = message;
  const given = telling.give(message);
  const { drafts } = telling.promises;
  const wish = message.draftId === null ? null : telling.promises.wish(drafts, sessionId, null as string | null);
  const sent = wish?.ask(null);
  const ended = (answer: Answer): void => {
    given(answer);
    // The draft of another tab stays.
    const isOwn = [...(wish?.possible ?? [])].every((draft) => draft?.startsWith(`${message.draftId} `) !== false);
    sent?.(isOwn ? answer : { kind: "gone" });
  };
  telling.ask(open, "send-message", { sessionId, message: telling.input(message), model: null }, ended);
}

function doDraft(telling: Telling, open: Open, deed: "draft" | "remove-draft"): void {
  const sessionId = open.session;
  const wish = telling.promises.wish(telling.promises.drafts, sessionId, null as string | null);
  if (deed === "remove-draft") {
    telling.ask(open, "remove-draft", { sessionId }, wish.ask(null));
    return;
  }
  const draft = telling.draftOf(open);
  const revision = ++draft.revision;
  const saved = wish.ask(`${draft.id} ${revision}`);
  const updatedAt = telling.world.time.now();
  const row = { sessionId, id: draft.id, text: `d${revision}`, attachments: [], revision, updatedAt };
  telling.ask(open, "save-draft", { draft: row }, saved);
}

const BY_TURN = {
  continue: "continue-turn",
  keep: "keep-answer",
  discard: "discard-answer",
  restore: "restore-answer",
  select: "select-turn",
} as const satisfies Record<string, CommandName>;

function doWithTurn(telling: Telling, open: Open, deed: keyof typeof BY_TURN, pick: number): void {
  const turn = telling.turns(open).at(-1 - (pick % 3));
  if (turn !== undefined) telling.ask(open, BY_TURN[deed], { sessionId: open.session, turnSeq: turn.seq });
}

const DECISIONS: readonly ApprovalDecision[] = ["allow-once", "allow-in-session", "allow-once", "deny"];

function doDecide(telling: Telling, open: Open, deed: "approve" | "settle-unknown", pick: number): void {
  if (deed === "settle-unknown") {
    const unknown = telling.unknownCalls(open);
    const found = unknown[pick % Math.max(1, unknown.length)];
    if (found === undefined) return;
    const decision = (["run-again", "mark-done", "skip"] as const)[pick % 3] ?? "skip";
    const { again } = telling.promises;
    if (decision === "run-again") again.set(found.call.id, (again.get(found.call.id) ?? 0) + 1);
    const { session: sessionId } = open;
    telling.ask(open, "resolve-unknown-call", { sessionId, turnSeq: found.turn.seq, callId: found.call.id, decision });
    return;
  }
  // Now and then one that was answered already.
  const rows = [...telling.view.approvals.values()].filter((row) => pick > 9 || row.decision === null);
  const row = rows[pick % Math.max(1, rows.length)];
  const decision = DECISIONS[pick % 4] ?? "deny";
  if (row === undefined) return;
  telling.allow(row.sessionId, row.callId, row.tool, decision);
  telling.ask(open, "resolve-approval", { sessionId: row.sessionId, approvalId: row.id, decision });
}

function doWithQueued(
  telling: Telling,
  open: Open,
  deed: "queue-remove" | "queue-edit" | "queue-now",
  pick: number,
): void {
  const { session: sessionId } = open;
  const waiting = telling.view.queue.filter((item) => item.sessionId === sessionId);
  const item = waiting[pick % Math.max(1, waiting.length)];
  const message = item === undefined ? undefined : telling.promises.messages.get(item.id);
  if (item === undefined || message === undefined) return;
  const id = readId<QueueItemId>(item.id);
  if (deed === "queue-now") {
    message.isCalledFirst = true;
    telling.ask(open, "send-queue-item-now", { sessionId, id });
  } else if (deed === "queue-edit") {
    const text = `${message.text} again`;
    message.texts.add(text);
    telling.ask(open, "edit-queue-item", { sessionId, id, text });
  } else {
    // It may be sent meanwhile: then it stays. Either is right, but nothing else.
    message.removal = "asked";
    telling.ask(open, "remove-queue-item", { sessionId, id }, (answer) => {
      if (answer.kind === "done") message.removal = "done";
    });
  }
}

function doWithSession(
  telling: Telling,
  open: Open,
  deed: "rename" | "pin" | "archive" | "delete" | "undelete",
  pick: number,
): void {
  const { session: sessionId } = open;
  const { promises } = telling;
  if (deed === "rename") {
    const title = `Title ${pick}`;
    const done = promises.wish(promises.titles, sessionId, null as string | null).ask(title);
    telling.ask(open, "rename-session", { sessionId, title }, done);
  } else if (deed === "pin") {
    const done = promises.wish(promises.pins, sessionId, false).ask(pick % 2 === 0);
    telling.ask(open, "pin-session", { sessionId, isPinned: pick % 2 === 0 }, done);
  } else if (deed === "archive") {
    const isArchived = pick % 2 === 0;
    const done = promises.wish(promises.archived, sessionId, false).ask(isArchived);
    telling.ask(open, "archive-session", { sessionId, isArchived }, done);
  } else {
    deleteOrUndo(telling, open, sessionId, deed);
  }
}

function deleteOrUndo(telling: Telling, open: Open, sessionId: SessionId, deed: "delete" | "undelete"): void {
  const { promises } = telling;
  const done = promises.wish(promises.deleted, sessionId, false).ask(deed === "delete");
  telling.ask(open, `${deed}-session`, { sessionId }, done);
}
