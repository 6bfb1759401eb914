import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";

declare global {
  interface ImportMetaEnv {
    /** The version in package.json, set by the build. */
    readonly APP_VERSION: string;
  }
}

export function About({ ui }: { readonly ui: Ui }) {
  const update = ui.ports.update.value;
  return (
    <>
      <p>Holdfast {import.meta.env.APP_VERSION}: an AI agent that lives in the browser and never loses a word.</p>
      {update.kind === "ready" && (
        <p class="setting-inline">
          <Button
            kind="primary"
            disabledReason={update.blockedByRuns ? "A reply is still being written." : null}
            onClick={() => ui.ports.applyUpdate()}
          >
            Restart to update
          </Button>
          {update.blockedByRuns && <span>It can be installed after this reply.</span>}
        </p>
      )}
      <p>
        <Button onClick={() => ui.frame.setHelpOpen(true)}>Keyboard shortcuts</Button>
      </p>
    </>
  );
}
