import { Pencil, Trash2 } from "lucide";
import { useState } from "preact/hooks";

import type { QueueItem } from "#domain/session.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";

import { isForInputMethod } from "./enter-key.ts";

const PAUSED = "The queue waits until you decide how to go on.";

function waitingWords(count: number): string {
  return count === 1 ? "1 message waits for this reply." : `${count} messages wait for this reply.`;
}

/** Messages that wait for their turn, above the composer. */
export default function QueueTray({ ui }: { readonly ui: Ui }) {
  const open = ui.view.open.value;
  if (open === null) return null;
  const queue = open.queue.value;
  const { sessionId } = open;
  const isPaused = !open.isRunning.value && open.runner.value === "nobody";
  return (
    <section class="queue" aria-label="Queue">
      <header>
        <p>{isPaused ? (open.queuePause.value ?? PAUSED) : waitingWords(queue.length)}</p>
        {isPaused && <Button onClick={() => void ui.view.ask("resume-queue", { sessionId })}>Send next</Button>}
      </header>
      <ol>
        {queue.map((item) => (
          <Row key={item.id} ui={ui} item={item} />
        ))}
      </ol>
    </section>
  );
}

function Row({ ui, item }: { readonly ui: Ui; readonly item: QueueItem }) {
  const [isEditing, setEditing] = useState(false);
  const { sessionId, id } = item;
  if (isEditing) return <EditRow ui={ui} item={item} onEnd={() => setEditing(false)} />;
  const name = item.text.slice(0, 40) || "files";
  return (
    <li>
      <p dir="auto">
        {item.text}
        {item.attachments.length > 0 && (
          <small> · {item.attachments.length === 1 ? "1 file" : `${item.attachments.length} files`}</small>
        )}
      </p>
      <IconButton icon={Pencil} label={`Edit: ${name}`} onClick={() => setEditing(true)} />
      <IconButton
        icon={Trash2}
        label={`Delete: ${name}`}
        onClick={() => void ui.view.ask("remove-queue-item", { sessionId, id }).then(() => ui.frame.focusComposer())}
      />
      {ui.view.isRunning.value && (
        <Button onClick={() => void ui.view.ask("send-queue-item-now", { sessionId, id })}>Stop and send</Button>
      )}
    </li>
  );
}

function EditRow({ ui, item, onEnd }: { readonly ui: Ui; readonly item: QueueItem; readonly onEnd: () => void }) {
  const [text, setText] = useState(item.text);
  const save = async () => {
    const saved = await ui.view.ask("edit-queue-item", { sessionId: item.sessionId, id: item.id, text });
    // Refused: the text stays in the field.
    if (saved !== null) onEnd();
  };
  return (
    <li class="queue-edit">
      <textarea
        class="input"
        aria-label="Waiting message"
        dir="auto"
        rows={2}
        ref={focusOnce}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (isForInputMethod(event, false)) return;
          if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onEnd();
          } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void save();
          }
        }}
      />
      <div class="actions">
        <Button
          kind="primary"
          disabledReason={text.trim() === "" ? "Write something, or delete the message." : null}
          onClick={() => void save()}
        >
          Save
        </Button>
        <Button kind="quiet" onClick={onEnd}>
          Cancel
        </Button>
      </div>
    </li>
  );
}

function focusOnce(field: HTMLTextAreaElement | null): void {
  field?.focus();
}
