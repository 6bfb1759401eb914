import { useCallback, useEffect, useState } from "preact/hooks";

import type { StorageUsage } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";
import { exportSession } from "#ui/session-list/session-actions.ts";

import { Space } from "./space.tsx";

/** The answer of the browser to the wish for lasting storage takes a moment to show. */
export const ANSWER_MS = 1_000;

export function Storage({ ui }: { readonly ui: Ui }) {
  const [usage, setUsage] = useState<StorageUsage | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { ports } = ui;
  const read = useCallback(async () => {
    const reply = await ports.call("read-storage-usage", null);
    if (reply.ok) setUsage(reply.value);
    else setFailure(reply.refusal.message);
  }, [ports]);
  useEffect(() => void read(), [read]);
  const open = ui.view.open.value;
  const session = open?.session.value ?? null;
  const install = ui.ports.installPrompt.value;
  return (
    <>
      <p>Sessions, files and settings are stored in this browser on this device.</p>
      {failure !== null && <p class="save-failed">The usage could not be read. {failure}</p>}
      {usage !== null && <Usage usage={usage} />}
      {usage?.isPersistent === false && (
        <p class="setting-inline">
          <Button
            onClick={() => {
              ui.ports.requestPersistence();
              setTimeout(() => void read(), ANSWER_MS);
            }}
          >
            Ask the browser to keep it
          </Button>
        </p>
      )}
      {install !== null && (
        <p>
          <Button onClick={() => void install()}>Install Holdfast</Button>
        </p>
      )}
      <Space ui={ui} onChange={() => void read()} />
      <h3>Export</h3>
      {session === null ? (
        <p>Open a session to export it as one Markdown file. The list’s menu of each session does the same.</p>
      ) : (
        <p class="setting-inline">
          <Button onClick={() => void exportSession(ui, session.id)}>Export “{session.title}”</Button>
        </p>
      )}
      <p>
        <a href="./rescue.html">Save everything that is kept here as one file</a>
      </p>
    </>
  );
}

function Usage({ usage }: { readonly usage: StorageUsage }) {
  const { usedBytes, allowedBytes, isPersistent } = usage;
  return (
    <>
      {usedBytes !== null && (
        <p>
          About {sizeWords(usedBytes)} used{allowedBytes !== null && `, about ${sizeWords(allowedBytes)} allowed`}.
        </p>
      )}
      {usedBytes !== null && allowedBytes !== null && (
        <meter aria-label="Storage used" min={0} max={allowedBytes} high={allowedBytes * 0.8} value={usedBytes} />
      )}
      <p>{persistenceWords(isPersistent)}</p>
    </>
  );
}

export function persistenceWords(isPersistent: boolean | null): string {
  if (isPersistent === null) return "This browser does not say whether it keeps the storage when space runs low.";
  return isPersistent
    ? "The browser keeps this storage even when space runs low."
    : "The browser may clear this storage if space runs low. Install the app, or export what you must not lose.";
}
