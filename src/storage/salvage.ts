import { isIdShaped, readId, type AnyId, type SessionId } from "#domain/ids.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import type { Part } from "#domain/message.ts";
import { newSession, titleFromText, type PendingTurn, type Session } from "#domain/session.ts";
import { isSettled, lastRun, newTurn, turnStatus, type Turn } from "#domain/turn.ts";

import { sessionCodec, turnCodec } from "./codec.ts";

/** UTF-16 units of a message that the list shows. */
const SNIPPET_LENGTH = 120;

/**
 * What can still be read of a turn, as a turn that ended in an interruption: nothing is invented, and what a part or a
 * field said that does not fit is only in the record that was set aside.
 */
export function salvageTurn(
  record: unknown,
  { sessionId, seq }: { readonly sessionId: SessionId; readonly seq: number },
  now: number,
): Turn {
  const at = (path: readonly string[]): unknown =>
    path.reduce<unknown>((value, field) => fieldOf(value, field), record);
  const id = (path: readonly string[], made: string): string => {
    const found = at(path);
    return typeof found === "string" && isIdShaped(found) ? found : `${made}-${sessionId}-${seq}`.slice(0, 128);
  };
  const parent = at(["parent"]);
  const text = at(["user", "text"]);
  const sentAt = at(["user", "sentAt"]);
  const base = newTurn({
    sessionId,
    seq,
    id: anyId(id(["id"], "turn")),
    // The one before it, where it does not say: the path from there on up stays whole.
    parent: typeof parent === "number" && Number.isInteger(parent) && parent >= 0 && parent < seq ? parent : seq - 1,
    user: {
      id: anyId(id(["user", "id"], "message")),
      text: typeof text === "string" ? text : "",
      attachments: [],
      sentAt: typeof sentAt === "number" ? sentAt : now,
    },
    replyId: anyId(id(["replyId"], "reply")),
  });
  const attachments = at(["user", "attachments"]);
  const withFiles = fitting(base, { user: { ...base.user, attachments } }) ?? base;
  const ended = {
    ...withFiles,
    runs: [
      {
        id: anyId(`repair-${sessionId}-${seq}`.slice(0, 128)),
        trigger: "send",
        model: BUILT_IN_MODEL,
        startedAt: base.user.sentAt,
        lastSeq: 1,
        hasProgress: false,
        phase: { kind: "working" },
        outcome: { kind: "interrupted", cause: "app-died", savedUpTo: base.user.sentAt, mayMiss: true },
        endedAt: now,
      },
    ],
  } as const satisfies Turn;
  const found = at(["parts"]);
  const parts = (Array.isArray(found) ? found : []).flatMap((part): Part[] => {
    const one = fitting(ended, { parts: [closed(part)] });
    return one === null ? [] : [...one.parts];
  });
  return { ...ended, parts, resolution: "kept" };
}

/** The turn with these fields, if it can be stored with them. */
function fitting(turn: Turn, fields: object): Turn | null {
  const decoded = turnCodec.decode({ ...turn, ...fields });
  return decoded.ok ? decoded.value : null;
}

/** A text that was being written when its record broke has ended there. */
function closed(part: unknown): unknown {
  return fieldOf(part, "state") === "streaming" ? { ...Object(part), state: "cut" } : part;
}

export interface Remainder {
  readonly id: SessionId;
  /** Those that can be read, in the order of their seq. */
  readonly turns: readonly Turn[];
  /** The highest seq that any row of it has: the next turn must not take it. */
  readonly lastSeq: number;
}

/** A session's record from its turns and from those fields of the broken one that fit. */
export function salvageSession(record: unknown, { id, turns, lastSeq }: Remainder, now: number): Session {
  const last = turns.at(-1);
  const first = turns[0];
  const base: Session = {
    ...newSession(id, first?.user.sentAt ?? now, null),
    title: titleFromText(first?.user.text ?? ""),
    titleSource: first === undefined ? "none" : "first-message",
    updatedAt: now,
    lastActivityAt: last?.user.sentAt ?? now,
  };
  const kept = FIELDS.reduce<Session>((session, field) => {
    const decoded = sessionCodec.decode({ ...session, [field]: fieldOf(record, field) });
    return decoded.ok ? decoded.value : session;
  }, base);
  const head = turns.some((turn) => turn.seq === kept.head) ? kept.head : (last?.seq ?? 0);
  const shown = turns.find((turn) => turn.seq === head);
  const open = turns.find((turn) => !isSettled(turn));
  return {
    ...kept,
    revision: kept.revision + 1,
    head,
    nextSeq: Math.max(kept.nextSeq, lastSeq + 1),
    pending: open === undefined ? null : (matching(kept.pending, open) ?? pendingOf(open)),
    headStatus: shown === undefined ? null : turnStatus(shown),
    headSnippet: (shown?.user.text ?? "").slice(0, SNIPPET_LENGTH).toWellFormed(),
  };
}

/** What a broken record may still say rightly, each judged by itself. */
const FIELDS = [
  "title",
  "titleSource",
  "model",
  "createdAt",
  "lastActivityAt",
  "revision",
  "fencingToken",
  "head",
  "nextSeq",
  "pending",
  "needsPerson",
  "isPinned",
  "isArchived",
  "allowedTools",
  "deletedAt",
] as const satisfies readonly (keyof Session)[];

function matching(pending: PendingTurn | null, turn: Turn): PendingTurn | null {
  return pending?.turnId === turn.id && pending.turnSeq === turn.seq ? pending : null;
}

/** Recovery settles it: a turn that is neither settled nor named as pending would look as if it ran for ever. */
function pendingOf(turn: Turn): PendingTurn {
  return {
    turnId: turn.id,
    turnSeq: turn.seq,
    messageId: turn.user.id,
    runId: lastRun(turn)?.id ?? anyId(`repair-${turn.sessionId}-${turn.seq}`.slice(0, 128)),
    startedAt: lastRun(turn)?.startedAt ?? turn.user.sentAt,
    attachments: turn.user.attachments,
  };
}

function anyId<Id extends AnyId>(text: string): Id {
  return readId<Id>(text);
}

function fieldOf(record: unknown, field: string): unknown {
  if (typeof record !== "object" || record === null) return undefined;
  return new Map<string, unknown>(Object.entries(record)).get(field);
}
