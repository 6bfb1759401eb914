import { useState } from "preact/hooks";

import { Button } from "#ui/kit/button.tsx";

import { Banner } from "./banner.tsx";
import { lazily } from "./lazily.tsx";
import type { Ui } from "./ui.ts";

/** How much space is left is asked when the page has long been there. */
const SPACE_NOTE_AFTER_MS = 10_000;

const SpaceNote = lazily(async () => {
  await new Promise((resolve) => setTimeout(resolve, SPACE_NOTE_AFTER_MS));
  return import("./space-note.tsx");
});

/** Notices about the whole app, under the top bar: one line and one action each. They never cover anything. */
export function Banners({ ui }: { readonly ui: Ui }) {
  const { ports, view } = ui;
  const trouble = view.storageTrouble.value;
  return (
    <div class="banners">
      {ports.isReadOnly.value && (
        <Banner
          ui={ui}
          tone="attention"
          words="Holdfast was updated in another tab. Here you can only read until you reload."
        >
          <Button onClick={() => location.reload()}>Reload</Button>
        </Banner>
      )}
      {trouble !== null && (
        <Banner ui={ui} tone="problem" words={trouble.message}>
          <Button onClick={() => ui.frame.go({ kind: "settings", section: "storage" })}>Storage settings</Button>
        </Banner>
      )}
      {!ports.isOnline.value && (
        <Banner ui={ui} words="You are offline. Reading, search, files and the Built-in agent still work." />
      )}
      {ports.agentState.value === "failed" && (
        <Banner
          ui={ui}
          tone="problem"
          words="The agent cannot be started. Your text and your sessions are kept on this device. Reload the page; if that does not help, restart the browser."
        >
          <Button onClick={() => location.reload()}>Reload</Button>
        </Banner>
      )}
      {ports.agentState.value === "restarting" && (
        <Banner ui={ui} words="The agent stopped unexpectedly and is being started again. Your text is kept." />
      )}
      {view.restored.value !== null && (
        <Banner ui={ui} tone="attention" words={view.restored.value}>
          <Button onClick={() => view.dismissRestored()}>Understood</Button>
        </Banner>
      )}
      <UpdateBanner ui={ui} />
      <RecoveredBanner ui={ui} />
      <SpaceNote ui={ui} />
    </div>
  );
}

function UpdateBanner({ ui }: { readonly ui: Ui }) {
  const [isPutOff, setPutOff] = useState(false);
  const update = ui.ports.update.value;
  if (update.kind === "none" || isPutOff) return null;
  if (update.kind === "applying") return <Banner ui={ui} words="Installing the update…" />;
  return (
    <Banner
      ui={ui}
      words={update.blockedByRuns ? "Update ready. It can be installed after this reply." : "Update ready."}
    >
      <Button
        kind="primary"
        disabledReason={update.blockedByRuns ? "A reply is still being written." : null}
        onClick={() => ui.ports.applyUpdate()}
      >
        Restart
      </Button>
      <Button kind="quiet" onClick={() => setPutOff(true)}>
        Later
      </Button>
    </Banner>
  );
}

function RecoveredBanner({ ui }: { readonly ui: Ui }) {
  const { view, frame } = ui;
  const ids = view.recovered.value.filter((id) => id !== view.open.value?.sessionId);
  const first = ids[0];
  if (first === undefined) return null;
  const words = ids.length === 1 ? "A run was interrupted." : `${ids.length} runs were interrupted.`;
  return (
    <Banner ui={ui} tone="attention" words={words}>
      <Button onClick={() => frame.openSession(first)}>Review</Button>
      <Button kind="quiet" onClick={() => view.dismissRecovered()}>
        Dismiss
      </Button>
    </Banner>
  );
}
