import type { ComponentChildren } from "preact";
import { useCallback } from "preact/hooks";

import { Composer } from "#ui/composer/composer.tsx";
import { Examples } from "#ui/composer/examples.tsx";
import { Button } from "#ui/kit/button.tsx";

import { Banners } from "./banners.tsx";
import { lazily } from "./lazily.tsx";
import { TopBar } from "./top-bar.tsx";
import type { Ui } from "./ui.ts";

/**
 * Loaded right after the first paint: a message can be written before what shows answers is there. Until then the
 * place looks as it will in an empty session.
 */
const Transcript = lazily(
  async () => ({ default: (await import("#ui/transcript/transcript.tsx")).Transcript }),
  TranscriptWait,
);

/** The session on screen: its title, what happened in it, and where the next message is written. */
export function Conversation({ ui }: { readonly ui: Ui }) {
  const open = ui.view.open.value;
  const openFile = useCallback((path: string) => ui.frame.setOpenFile(path), [ui]);
  if (open === null) return null;
  const state = open.state.value;
  const isEmpty = state.kind === "ready" && open.turnSeqs.value.length === 0;
  return (
    <div class="conversation">
      <TopBar ui={ui} />
      <Banners ui={ui} />
      <div class="transcript-place" data-region>
        {state.kind === "failed" ? (
          <SessionGone ui={ui} message={state.refusal.message} retry={() => void open.attach()} />
        ) : (
          <Transcript
            key={open.sessionId}
            ui={ui}
            session={open}
            openFile={openFile}
            changeModel={openModelMenu}
            empty={isEmpty ? <Examples ui={ui} sessionId={open.sessionId} /> : null}
          />
        )}
      </div>
      <Composer key={open.sessionId} ui={ui} sessionId={open.sessionId} />
    </div>
  );
}

function TranscriptWait({ empty }: { readonly empty?: ComponentChildren }) {
  return (
    <div class="transcript-wait">
      <div>{empty}</div>
    </div>
  );
}

function openModelMenu(): void {
  document.querySelector<HTMLElement>(".model-chip")?.click();
}

interface SessionGoneProps {
  readonly ui: Ui;
  readonly message: string;
  readonly retry: () => void;
}

/** Instead of an empty session: that would look as if its messages were gone. */
function SessionGone({ ui, message, retry }: SessionGoneProps) {
  return (
    <div class="session-gone">
      <p>This session could not be opened. {message}</p>
      <div class="actions">
        <Button onClick={retry}>Try again</Button>
        <Button onClick={() => ui.frame.newSession()}>New session</Button>
      </div>
    </div>
  );
}
