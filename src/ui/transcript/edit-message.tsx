import { useEffect, useId, useRef, useState } from "preact/hooks";

import type { MessageId, TurnId } from "#domain/ids.ts";
import { mintId } from "#domain/ids.ts";
import type { Turn } from "#domain/turn.ts";
import type { NewMessage } from "#protocol/commands.ts";
import { Button } from "#ui/kit/button.tsx";
import { useUi } from "#ui/ui-context.ts";

import { useTranscript } from "./transcript-context.ts";

interface EditMessageProps {
  readonly turn: Turn;
  readonly close: () => void;
}

/** Another version of an earlier message, written in its place. What was there before stays as a version of its own. */
export function EditMessage({ turn, close }: EditMessageProps) {
  const id = useId();
  const fieldRef = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(turn.user.text);
  const [problem, setProblem] = useState<string | null>(null);
  const send = useEdit(turn, close, setProblem);
  useEffect(() => {
    const field = fieldRef.current;
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }, []);
  const isEmpty = text.trim() === "" && turn.user.attachments.length === 0;
  return (
    <form
      class="edit-message"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty) void send(text);
      }}
    >
      <label class="sr" htmlFor={id}>
        Edit your message
      </label>
      <textarea
        ref={fieldRef}
        id={id}
        dir="auto"
        rows={1}
        value={text}
        onKeyDown={(event) => {
          // A key that ends a composition is not a command.
          if (event.isComposing || event.keyCode === 229) return;
          if (event.key === "Escape") {
            event.stopPropagation();
            close();
          } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            if (!isEmpty) void send(text);
          }
        }}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      {problem !== null && (
        <p class="edit-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="edit-foot">
        <p>The earlier version stays. Files are not rolled back.</p>
        <div class="actions">
          <Button kind="quiet" onClick={close}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" disabledReason={isEmpty ? "There is nothing to send." : null}>
            Send
          </Button>
        </div>
      </div>
    </form>
  );
}

/** The text is kept until the worker says that it is committed; if it refuses, it stays in the field. */
function useEdit(turn: Turn, close: () => void, setProblem: (problem: string | null) => void) {
  const { ports, announcer } = useUi();
  const { session } = useTranscript();
  const sendingRef = useRef(false);
  return async (text: string) => {
    if (sendingRef.current) return;
    sendingRef.current = true;
    setProblem(null);
    const message: NewMessage = {
      turnId: mintId<TurnId>(() => ports.unique()),
      messageId: mintId<MessageId>(() => ports.unique()),
      text,
      attachments: turn.user.attachments,
      draftId: null,
    };
    const { sessionId } = session;
    ports.outbox.put({ sessionId, message, model: null, editsTurnSeq: turn.seq, at: ports.now() });
    const reply = await ports.call("edit-message", { sessionId, turnSeq: turn.seq, message });
    ports.outbox.remove(message.turnId);
    sendingRef.current = false;
    if (!reply.ok) {
      setProblem(reply.refusal.message);
      return;
    }
    announcer.say("Sent.");
    close();
  };
}
