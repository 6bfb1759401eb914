import "./trouble.css";
import { useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import { saveAs } from "#ui/kit/save-as.ts";

import type { PlainPorts } from "./error-boundary.tsx";

/** Saves everything without the app; a file of its own in public. */
export const RESCUE_PAGE = "./rescue.html";

/** The page could not be drawn. */
export function TroublePage({ ports, error }: { readonly ports: PlainPorts; readonly error: unknown }) {
  const sessionId = ports.sessionId();
  return (
    <main class="trouble">
      <h1>This page could not be drawn</h1>
      <p>
        Your sessions and your text are kept on this device, and a run that was going on goes on. Reload the page; if it
        happens again, open it in safe mode, where everything can be read, saved and repaired.
      </p>
      <pre>{describe(error)}</pre>
      <div class="trouble-actions">
        <button type="button" class="button" data-kind="primary" onClick={ports.reload}>
          Reload
        </button>
        <a class="button" href={`./?safe${location.hash}`}>
          Open in safe mode
        </a>
        {sessionId !== null && <ExportButton ports={ports} sessionId={sessionId} />}
        <a class="button" href={RESCUE_PAGE}>
          Save everything
        </a>
      </div>
    </main>
  );
}

function ExportButton({ ports, sessionId }: { readonly ports: PlainPorts; readonly sessionId: SessionId }) {
  const [outcome, setOutcome] = useState("");
  const save = async (): Promise<void> => {
    const reply = await ports.call("export-session", { sessionId });
    if (reply.ok) saveAs(reply.value.fileName, new Blob([reply.value.text], { type: "text/markdown;charset=utf-8" }));
    setOutcome(reply.ok ? "Saved." : reply.refusal.message);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void save()}>
        Save this session as a file
      </button>
      <output>{outcome}</output>
    </>
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
