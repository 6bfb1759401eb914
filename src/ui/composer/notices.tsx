import { X } from "lucide";

import type { ModelRef } from "#domain/model.ts";
import { lazily } from "#ui/frame/lazily.tsx";
import type { Ui } from "#ui/frame/ui.ts";
import { IconButton } from "#ui/kit/button.tsx";

import type { Composer } from "./composer-state.ts";

/** Its place is there from the start, so that nothing moves when it comes. */
const SavedLine = lazily(async () => ({ default: (await import("#ui/transcript/transcript.tsx")).SavedLine }));

interface NoticesProps {
  readonly ui: Ui;
  readonly composer: Composer;
  readonly model: ModelRef;
}

/** The lines under the composer: what went wrong, where sessions are kept (once), who answers. */
export function Notices({ ui, composer, model }: NoticesProps) {
  const trouble = composer.trouble.value;
  const open = ui.view.open.value;
  return (
    <div class="composer-notices">
      {trouble !== null && (
        <div class="composer-trouble">
          <p>Not sent. {trouble}</p>
          <IconButton icon={X} label="Dismiss" onClick={() => composer.clearTrouble()} />
        </div>
      )}
      {ui.frame.isStorageNoteShown.value && <StorageNote ui={ui} />}
      <div class="composer-foot">
        {model.provider === "built-in" ? (
          <p class="composer-hint">
            Built-in agent, works offline.{" "}
            <a
              href={ui.ports.href({ kind: "connect" })}
              onClick={(event) => {
                event.preventDefault();
                ui.frame.go({ kind: "connect" });
              }}
            >
              Connect a model
            </a>{" "}
            for open questions.
          </p>
        ) : (
          <p class="composer-hint">
            {!ui.ports.isOnline.value ? "This model needs the network. The Built-in agent does not." : hint(ui)}
          </p>
        )}
        <p class="composer-saved" data-testid="saved">
          {open !== null && <SavedLine ui={ui} session={open} />}
        </p>
      </div>
    </div>
  );
}

function hint({ view }: Ui): string {
  return view.settings.value?.enterSends === false
    ? "Ctrl Enter sends · Enter adds a line"
    : "Enter sends · Shift Enter adds a line";
}

function StorageNote({ ui }: { readonly ui: Ui }) {
  return (
    <div class="storage-note">
      <p>
        Sessions live in this browser on this device. The browser may clear them if space runs low: install the app, or
        export what you must not lose.
      </p>
      <IconButton
        icon={X}
        label="Dismiss"
        onClick={() => {
          ui.frame.showStorageNote(false);
          ui.frame.focusComposer();
        }}
      />
    </div>
  );
}
