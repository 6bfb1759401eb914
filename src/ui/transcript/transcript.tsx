import "./transcript.css";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import type { SessionView } from "#ui/session-view.ts";
import type { Ui } from "#ui/ui-context.ts";
import { UiContext } from "#ui/ui-context.ts";

import { Pane } from "./pane.tsx";
import type { TranscriptScope } from "./transcript-context.ts";
import { TranscriptContext } from "./transcript-context.ts";

// Loaded with it: the line says when what is shown here was saved.
export { SavedLine } from "./saved-line.tsx";

interface TranscriptProps {
  readonly ui: Ui;
  readonly session: SessionView;
  /** What an empty session shows. */
  readonly empty?: ComponentChildren;
  readonly openFile?: (path: string) => void;
  /** Lets the person choose another model; without it the connect page is opened. */
  readonly changeModel?: () => void;
}

/** The middle pane above the composer. Give it the session's id as its key. */
export function Transcript({ ui, session, empty = null, openFile, changeModel }: TranscriptProps) {
  const lockReason = lockReasonOf(ui, session);
  const scope = useMemo<TranscriptScope>(() => {
    const connect = () => {
      ui.ports.navigate({ kind: "connect" });
    };
    return { session, lockReason, openFile: openFile ?? null, changeModel: changeModel ?? connect };
  }, [ui, session, lockReason, openFile, changeModel]);
  return (
    <UiContext.Provider value={ui}>
      <TranscriptContext.Provider value={scope}>
        <Pane ui={ui} session={session} empty={empty} />
      </TranscriptContext.Provider>
    </UiContext.Provider>
  );
}

function lockReasonOf({ ports, view }: Ui, session: SessionView): string | null {
  if (ports.isReadOnly.value) return "A newer version of the app is open in another tab. Reload this one to go on.";
  const trouble = view.storageTrouble.value;
  if (trouble?.isReadOnly === true) return trouble.message;
  return session.runner.value === "elsewhere" ? "This session is running in another tab." : null;
}
