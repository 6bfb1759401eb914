import type { ComponentChildren } from "preact";
import { useCallback } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { Refusal } from "#protocol/commands.ts";
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
          <SessionGone ui={ui} sessionId={open.sessionId} refusal={state.refusal} retry={() => void open.attach()} />
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

/** What can be read of a session that cannot be opened. */
const PlainSession = lazily(async () => ({ default: (await import("#ui/plain/plain-session.tsx")).PlainSession }));

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
  readonly sessionId: SessionId;
  readonly refusal: Refusal;
  readonly retry: () => void;
}

/** Instead of an empty session: that would look as if its messages were gone. */
function SessionGone({ ui, sessionId, refusal, retry }: SessionGoneProps) {
  const isUnreadable = refusal.reason === "storage-failed" || refusal.reason === "newer-version";
  return (
    <div class="session-gone">
      <p>This session could not be opened. {refusal.message}</p>
      <div class="actions">
        <Button onClick={retry}>Try again</Button>
        <Button onClick={() => ui.frame.newSession()}>New session</Button>
        {isUnreadable && (
          <a class="button" href={`./?safe${ui.ports.href({ kind: "session", sessionId, turnSeq: null })}`}>
            Repair in safe mode
          </a>
        )}
      </div>
      {isUnreadable && <PlainSession call={ui.ports.call} sessionId={sessionId} />}
    </div>
  );
}
