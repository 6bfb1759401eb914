import { batch, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

import type { DraftId, MessageId, SessionId, TurnId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { Attachment } from "#domain/message.ts";
import type { ModelRef } from "#domain/model.ts";
import type { Draft } from "#domain/session.ts";
import type { NewMessage } from "#protocol/commands.ts";
import type { UiPorts } from "#ui/ports.ts";

import type { DraftState } from "./draft-state.ts";
import { afterSent, changeDraft, draftOf, emptyDraft, followStored, isEmptyDraft, markSaved } from "./draft-state.ts";

/**
 * Typing is saved this long after the first key that is not saved, also while it goes on: who types without a pause
 * must not have everything to lose. With the commit it stays inside the 400 ms of the loss budget.
 */
export const DRAFT_DELAY_MS = 300;
/** A draft that could not be stored is given again this often, so that it is safe soon after there is space. */
export const DRAFT_AGAIN_MS = 5_000;

export type ComposerPorts = Pick<UiPorts, "call" | "outbox" | "unique" | "now">;

/** A file on its way into the workspace, or one that did not get there. */
export interface Upload {
  readonly key: number;
  readonly name: string;
  readonly size: number;
  /** Null while it is being added. */
  readonly trouble: string | null;
  /** Set where the file was made from pasted text, which can be inserted instead. */
  readonly pastedText: string | null;
}

/** How a send ended. `refused`: text and files are still in the composer, with the reason in `trouble`. */
export type SendResult = "sent" | "queued" | "refused" | "nothing-to-send";

/**
 * One session's composer. It lives as long as the page and not as long as its view: a send or an upload that ends after
 * the person has gone to another session still ends in the composer where it began.
 */
export interface Composer {
  readonly sessionId: SessionId;
  readonly draft: ReadonlySignal<DraftState>;
  /** The message between Enter and the worker's answer. At most one: a second Enter finds it and does nothing. */
  readonly sending: ReadonlySignal<NewMessage | null>;
  /** Why the last send or file failed, in words. */
  readonly trouble: ReadonlySignal<string | null>;
  readonly uploads: ReadonlySignal<readonly Upload[]>;
  /** Attachments that were made from pasted text, by path, while they can still be turned back. */
  readonly pastedTexts: ReadonlySignal<ReadonlyMap<string, string>>;
  setText(text: string): void;
  /** Stored draft from a snapshot or from another tab. */
  follow(stored: Draft | null): void;
  addFile(file: {
    readonly name: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
  }): Promise<void>;
  /** Makes a long pasted text a file beside the message. */
  addPastedText(text: string): Promise<void>;
  /** Takes an attachment that was pasted text away again and puts the text at the end of the message. */
  insertPastedText(file: Attachment): void;
  removeAttachment(file: Attachment): void;
  dismissUpload(key: number): void;
  clearTrouble(): void;
  /**
   * Claims the composer before its first `await`. `model` is for a session that does not exist yet. With `text`, that is
   * sent and the draft stays as it is.
   */
  send(model: ModelRef | null, text?: string): Promise<SendResult>;
  /** Saves now what is not saved: on blur and on hide. Posts and does not wait. */
  flush(): void;
}

export function createComposer(sessionId: SessionId, ports: ComposerPorts): Composer {
  const freshId = () => mintId<DraftId>(ports.unique);
  const draft = signal(emptyDraft(freshId()));
  const sending = signal<NewMessage | null>(null);
  const trouble = signal<string | null>(null);
  const uploads = signal<readonly Upload[]>([]);
  const pastedTexts = signal<ReadonlyMap<string, string>>(new Map());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let nextUpload = 1;
  /** A message whose fate is unknown (no answer came): sent again with the same ids, it cannot become two turns. */
  let unanswered: NewMessage | null = null;

  const change = (part: Partial<Pick<DraftState, "text" | "attachments">>) => {
    draft.value = changeDraft(draft.value, part, ports.now());
    saveSoon();
  };

  function saveSoon(): void {
    timer ??= setTimeout(flush, DRAFT_DELAY_MS);
  }

  function stopTimer(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function flush(): void {
    stopTimer();
    const state = draft.value;
    // While its message is on the way the draft's row belongs to that transaction: saving it again would bring back a
    // text that has been sent.
    if (!state.isDirty || sending.value !== null) return;
    const saved = isEmptyDraft(state)
      ? ports.call("remove-draft", { sessionId })
      : ports.call("save-draft", { draft: draftOf(state, sessionId) });
    draft.value = markSaved(state, state.revision);
    void saved.then((reply) => {
      if (reply.ok) return;
      // Not stored: stays dirty, and is tried again by itself, or sooner with the next key, blur or hide.
      draft.value = { ...draft.value, isDirty: true };
      clearTimeout(again);
      if (reply.refusal.reason.startsWith("storage-")) again = setTimeout(flush, DRAFT_AGAIN_MS);
    });
  }

  function mintMessage(ownText: string | undefined): NewMessage {
    const { text, attachments, id } =
      ownText === undefined ? draft.value : { text: ownText, attachments: [], id: null };
    if (unanswered !== null && unanswered.text === text && sameFiles(unanswered.attachments, attachments)) {
      return unanswered;
    }
    if (unanswered !== null) ports.outbox.remove(unanswered.turnId);
    return {
      turnId: mintId<TurnId>(ports.unique),
      messageId: mintId<MessageId>(ports.unique),
      text,
      attachments,
      draftId: id,
    };
  }

  async function send(model: ModelRef | null, text?: string): Promise<SendResult> {
    if (sending.value !== null || (text === undefined && isEmptyDraft(draft.value))) return "nothing-to-send";
    if (uploads.value.some((upload) => upload.trouble === null)) {
      trouble.value = "A file is still being added. Send again in a moment.";
      return "refused";
    }
    const message = mintMessage(text);
    batch(() => {
      sending.value = message;
      trouble.value = null;
    });
    stopTimer();
    ports.outbox.put({ sessionId, message, model, editsTurnSeq: null, at: ports.now() });
    const reply = await ports.call("send-message", { sessionId, message, model });
    return batch(() => {
      sending.value = null;
      if (reply.ok || reply.refusal.reason === "already-resolved") {
        unanswered = null;
        ports.outbox.remove(message.turnId);
        if (text === undefined) {
          draft.value = afterSent(draft.value, message, freshId);
          pastedTexts.value = new Map();
        }
        flush();
        return reply.ok && reply.value.accepted === "queued" ? "queued" : "sent";
      }
      const { reason } = reply.refusal;
      unanswered = reason === "agent-died" || reason === "storage-failed" ? message : null;
      // Where storage failed the person was told; only they send it again.
      if (reason !== "agent-died") ports.outbox.remove(message.turnId);
      trouble.value = reply.refusal.message;
      draft.value = { ...draft.value, isTouched: true, isDirty: true };
      flush();
      return "refused";
    });
  }

  async function upload(
    file: { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array<ArrayBuffer> },
    pastedText: string | null,
  ): Promise<void> {
    const entry: Upload = {
      key: nextUpload++,
      name: file.name,
      size: file.bytes.byteLength,
      trouble: null,
      pastedText,
    };
    uploads.value = [...uploads.value, entry];
    const reply = await ports.call("add-file", { sessionId, ...file });
    batch(() => {
      if (!reply.ok) {
        uploads.value = uploads.value.map((known) =>
          known.key === entry.key ? { ...known, trouble: reply.refusal.message } : known,
        );
        return;
      }
      uploads.value = uploads.value.filter((known) => known.key !== entry.key);
      if (pastedText !== null) pastedTexts.value = new Map(pastedTexts.value).set(reply.value.path, pastedText);
      change({ attachments: [...draft.value.attachments, reply.value] });
    });
  }

  return {
    sessionId,
    draft,
    sending,
    trouble,
    uploads,
    pastedTexts,
    setText: (text) => {
      if (text !== draft.value.text) change({ text });
    },
    follow: (stored) => {
      // What is stored while a message is on its way is that message's own draft.
      if (sending.value !== null) return;
      const followed = followStored(draft.value, stored, freshId);
      if (followed === draft.value) return;
      draft.value = followed;
      if (followed.isDirty) saveSoon();
    },
    addFile: (file) => upload(file, null),
    addPastedText: (text) =>
      upload({ name: "pasted-text.txt", mediaType: "text/plain", bytes: new TextEncoder().encode(text) }, text),
    insertPastedText: (file) => {
      const text = pastedTexts.value.get(file.path);
      if (text === undefined) return;
      const before = draft.value.text;
      change({
        text: before === "" ? text : `${before}\n${text}`,
        attachments: draft.value.attachments.filter((known) => known.path !== file.path),
      });
    },
    removeAttachment: (file) => change({ attachments: draft.value.attachments.filter((known) => known !== file) }),
    dismissUpload: (key) => {
      uploads.value = uploads.value.filter((known) => known.key !== key);
    },
    clearTrouble: () => {
      trouble.value = null;
    },
    send,
    flush,
  };
}

function sameFiles(a: readonly Attachment[], b: readonly Attachment[]): boolean {
  return a.length === b.length && a.every((file, at) => file.path === b[at]?.path);
}

/** All composers of this page, by session. */
export interface Composers {
  of(sessionId: SessionId): Composer;
  /** Saves every draft that is not saved: for the shell's `onHide`. */
  flushAll(): void;
}

export function createComposers(ports: ComposerPorts): Composers {
  const known = new Map<SessionId, Composer>();
  return {
    of(sessionId) {
      const composer = known.get(sessionId) ?? createComposer(sessionId, ports);
      known.set(sessionId, composer);
      return composer;
    },
    flushAll() {
      for (const composer of known.values()) composer.flush();
    },
  };
}
