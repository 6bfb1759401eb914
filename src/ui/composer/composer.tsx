import "./composer.css";
import { Paperclip, Send, Square } from "lucide";
import { useEffect, useRef } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import { lazily } from "#ui/frame/lazily.tsx";
import { currentModel } from "#ui/frame/model-chip.tsx";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";

import type { Composer as ComposerState } from "./composer-state.ts";
import { sendFrom, stopRun } from "./composer-actions.ts";
import { attachFiles } from "./files.ts";
import { MessageBox } from "./message-box.tsx";
import { Notices } from "./notices.tsx";

const ComposerFiles = lazily(async () => ({ default: (await import("#ui/frame/surroundings.ts")).ComposerFiles }));
const QueueTray = lazily(() => import("./queue-tray.tsx"));

/** Where a message is written. It is one of a session: each session has its own text, files and unsent message. */
export function Composer({ ui, sessionId }: { readonly ui: Ui; readonly sessionId: SessionId }) {
  const composer = ui.composers.of(sessionId);
  const session = ui.view.open.value;
  const isAttached = session?.sessionId === sessionId && session.state.value.kind === "ready";
  const isUsable = useIsUsable(ui, isAttached);
  const isGone = session?.state.value.kind === "failed";
  const notYet = isGone ? "This session could not be opened." : "The agent is starting.";
  useStoredDraft(ui, composer, isAttached);
  const isRunning = ui.view.isRunning.value;
  const hasQueue = (session?.queue.value.length ?? 0) > 0;
  const isSending = composer.sending.value !== null;
  const picker = useRef<HTMLInputElement>(null);
  return (
    <section class="composer" aria-label="Message" data-region>
      {hasQueue && <QueueTray ui={ui} />}
      <form
        class="composer-box"
        data-sending={isSending ? "" : undefined}
        onSubmit={(event) => {
          event.preventDefault();
          void sendFrom(ui, composer);
        }}
      >
        <ComposerFiles ui={ui} composer={composer} />
        <MessageBox ui={ui} composer={composer} isUsable={isUsable} isGone={isGone} />
        <div class="composer-tools">
          <IconButton
            icon={Paperclip}
            label="Attach files"
            disabledReason={isUsable ? null : notYet}
            onClick={() => picker.current?.click()}
          />
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            id="file-picker"
            onChange={(event) => {
              const input = event.currentTarget;
              void attachFiles(ui, composer, [...(input.files ?? [])]);
              input.value = "";
            }}
          />
          <span class="composer-status">{isSending && "Sending…"}</span>
          {isRunning && (
            <Button icon={Square} onClick={() => void stopRun(ui, sessionId)}>
              Stop
            </Button>
          )}
          <Button
            type="submit"
            kind="primary"
            icon={Send}
            disabledReason={whyNotSend(ui, composer, isUsable ? null : notYet)}
          >
            {isRunning ? "Queue" : "Send"}
          </Button>
        </div>
      </form>
      <Notices ui={ui} composer={composer} model={currentModel(ui)} />
    </section>
  );
}

function whyNotSend(ui: Ui, composer: ComposerState, notYet: string | null): string | null {
  if (ui.ports.isReadOnly.value) return "Reading only: reload the page first.";
  if (notYet !== null) return notYet;
  if (composer.sending.value !== null) return "The message is being sent.";
  const { text, attachments } = composer.draft.value;
  return text.trim() === "" && attachments.length === 0 ? "Write a message first." : null;
}

/** Writing waits for the agent once. When it is started again later the text stays writable: a send waits for it. */
function useIsUsable({ ports }: Ui, isAttached: boolean): boolean {
  return ports.agentState.value !== "starting" && isAttached && !ports.isReadOnly.value;
}

/** Follows the stored draft, and saves when the composer is left for another session. */
function useStoredDraft({ view }: Ui, composer: ComposerState, isAttached: boolean): void {
  const stored = view.open.value?.draft.value ?? null;
  useEffect(() => {
    if (isAttached) composer.follow(stored);
  }, [composer, stored, isAttached]);
  useEffect(() => () => composer.flush(), [composer]);
}
