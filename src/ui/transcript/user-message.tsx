import { Paperclip, Pencil } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Attachment } from "#domain/message.ts";
import type { Turn } from "#domain/turn.ts";
import { turnStatus } from "#domain/turn.ts";
import { IconButton } from "#ui/kit/button.tsx";
import { CopyButton } from "#ui/kit/copy-button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";
import { useUi } from "#ui/ui-context.ts";

import { EditMessage } from "./edit-message.tsx";
import { useFold } from "./fold.ts";
import { useTranscript } from "./transcript-context.ts";
import { fullTime, shortTime } from "./words.ts";

/** What the person sent, exactly as it was sent. */
export function UserMessage({ turn }: { readonly turn: Turn }) {
  const [isEditing, setEditing] = useState(false);
  const messageRef = useRef<HTMLElement>(null);
  const wasEditingRef = useRef(false);
  useEffect(() => {
    // Back to where the editing was begun.
    if (wasEditingRef.current && !isEditing)
      messageRef.current?.querySelector<HTMLElement>("[data-action=edit]")?.focus();
    wasEditingRef.current = isEditing;
  }, [isEditing]);
  return (
    <section
      ref={messageRef}
      class="user-message"
      data-testid="message"
      data-role="user"
      data-state={turnStatus(turn)}
      tabindex={-1}
    >
      <h2 class="sr">You said</h2>
      {isEditing ? (
        <EditMessage
          turn={turn}
          close={() => {
            setEditing(false);
          }}
        />
      ) : (
        <>
          <Bubble turn={turn} />
          <UserActions
            turn={turn}
            edit={() => {
              setEditing(true);
            }}
          />
        </>
      )}
    </section>
  );
}

/** Lines, or as many characters as surely fill them, that a message shows before it is unfolded. */
const FOLDED_LINES = 12;
const FOLDED_CHARACTERS = 900;

function Bubble({ turn }: { readonly turn: Turn }) {
  const { text, attachments, id } = turn.user;
  const isLong = text.length > FOLDED_CHARACTERS || text.split("\n", FOLDED_LINES + 1).length > FOLDED_LINES;
  const [isWhole, toggle] = useFold(id, !isLong);
  return (
    <div class="bubble">
      {attachments.length > 0 && <Attachments attachments={attachments} />}
      {text !== "" && (
        <p class="user-text" dir="auto" data-folded={!isWhole}>
          {text}
        </p>
      )}
      {isLong && (
        <button type="button" class="show-all" aria-expanded={isWhole} onClick={toggle}>
          {isWhole ? "Show less" : "Show the whole message"}
        </button>
      )}
    </div>
  );
}

function Attachments({ attachments }: { readonly attachments: readonly Attachment[] }) {
  const { openFile } = useTranscript();
  return (
    <ul class="attachments" aria-label="Attached files">
      {attachments.map(({ blobId, name, size, path }) => (
        <li key={blobId}>
          {openFile === null ? (
            <span class="chip">
              <Icon of={Paperclip} />
              {name} · {sizeWords(size)}
            </span>
          ) : (
            <button
              type="button"
              class="chip"
              onClick={() => {
                openFile(path);
              }}
            >
              <Icon of={Paperclip} />
              {name} · {sizeWords(size)}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function UserActions({ turn, edit }: { readonly turn: Turn; readonly edit: () => void }) {
  const { ports } = useUi();
  const { session, lockReason } = useTranscript();
  const reason = lockReason ?? (session.isRunning.value ? "Stop the answer first, then edit." : null);
  return (
    <div class="message-actions">
      <time dateTime={new Date(turn.user.sentAt).toISOString()} title={fullTime(turn.user.sentAt)}>
        {shortTime(turn.user.sentAt, ports.now())}
      </time>
      <CopyButton label="Copy your message" data-action="copy" text={() => turn.user.text} />
      <IconButton icon={Pencil} label="Edit your message" data-action="edit" disabledReason={reason} onClick={edit} />
    </div>
  );
}
