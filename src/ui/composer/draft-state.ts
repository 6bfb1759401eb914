import type { DraftId, SessionId } from "#domain/ids.ts";
import type { Attachment } from "#domain/message.ts";
import type { Draft } from "#domain/session.ts";

/**
 * What one composer holds. Pure: the timers and the commands are in composer-state.ts.
 *
 * A composer is `untouched` until the person types, attaches or takes something away in this tab. Only an untouched one
 * follows the stored draft; what was typed here is never replaced from elsewhere.
 */
export interface DraftState {
  readonly id: DraftId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Highest revision seen of this session's draft, own or another tab's. */
  readonly revision: number;
  /** The draft that became the last message sent from here: late news of it is old news. */
  readonly sentId: DraftId | null;
  readonly isTouched: boolean;
  /** Epoch ms of the last change made here. Of two tabs' texts the one that was typed in last is stored. */
  readonly changedAt: number;
  /** Whether there is something that the store does not hold yet. */
  readonly isDirty: boolean;
}

export function emptyDraft(id: DraftId): DraftState {
  return { id, text: "", attachments: [], revision: 0, sentId: null, isTouched: false, changedAt: 0, isDirty: false };
}

export function isEmptyDraft(state: Pick<DraftState, "text" | "attachments">): boolean {
  return state.text.trim() === "" && state.attachments.length === 0;
}

/** The person changed something. */
export function changeDraft(
  state: DraftState,
  change: Partial<Pick<DraftState, "text" | "attachments">>,
  now: number,
): DraftState {
  return { ...state, ...change, isTouched: true, isDirty: true, changedAt: now, revision: state.revision + 1 };
}

/**
 * The stored draft arrived: with a snapshot, or because another tab changed or sent it. A touched composer keeps its
 * text. If it was typed in last, its next save is made newer than what is stored; else it waits for the next change.
 * Once the draft was sent or removed elsewhere it goes on under an id of its own: late saves of a draft that is gone
 * are refused.
 */
export function followStored(state: DraftState, stored: Draft | null, freshId: () => DraftId): DraftState {
  if (stored === null) {
    if (state.text === "" && state.attachments.length === 0) return state;
    if (state.isTouched) return { ...state, id: freshId(), isDirty: true };
    return { ...emptyDraft(freshId()), revision: state.revision, sentId: state.sentId };
  }
  if (state.isTouched) return isFromElsewhere(stored, state) ? besideOther(state, stored) : state;
  // Revisions count the changes of one draft. Another draft, begun in another tab after this one was sent, counts anew.
  if (stored.id === state.sentId || (stored.id === state.id && stored.revision < state.revision)) return state;
  const { id, text, attachments, revision } = stored;
  return { ...state, id, text, attachments, revision, isTouched: false, isDirty: false };
}

/** Newer than all that was saved from here, or the same step with other words. */
function isFromElsewhere(stored: Draft, state: DraftState): boolean {
  if (stored.revision !== state.revision) return stored.revision > state.revision;
  return stored.text !== state.text || stored.attachments.length !== state.attachments.length;
}

function besideOther(state: DraftState, stored: Draft): DraftState {
  return state.changedAt > stored.updatedAt
    ? { ...state, revision: stored.revision + 1, isDirty: true }
    : { ...state, revision: stored.revision, isDirty: false };
}

/** The store holds `revision`. */
export function markSaved(state: DraftState, revision: number): DraftState {
  return state.revision === revision ? { ...state, isDirty: false } : state;
}

/**
 * The message that was made from this draft is committed. What was added to the composer while it was on its way stays,
 * as a new draft; if the text was changed in its middle, all of it stays: twice is better than lost.
 */
export function afterSent(
  state: DraftState,
  sent: { readonly text: string; readonly attachments: readonly Attachment[] },
  freshId: () => DraftId,
): DraftState {
  const text = state.text.startsWith(sent.text) ? state.text.slice(sent.text.length).replace(/^\n+/, "") : state.text;
  // By path: two files with the same bytes are one blob.
  const sentFiles = new Set(sent.attachments.map((file) => file.path));
  const attachments = state.attachments.filter((file) => !sentFiles.has(file.path));
  const isRest = text !== "" || attachments.length > 0;
  return {
    ...state,
    id: freshId(),
    text,
    attachments,
    revision: state.revision + 1,
    sentId: state.id,
    isTouched: isRest,
    isDirty: isRest,
  };
}

export function draftOf(state: DraftState, sessionId: SessionId): Draft {
  return {
    sessionId,
    id: state.id,
    text: state.text,
    attachments: state.attachments,
    revision: state.revision,
    updatedAt: state.changedAt,
  };
}
