import "./trouble.css";
import { useEffect, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import { saveAs } from "#ui/kit/save-as.ts";

import type { PlainPorts } from "./error-boundary.tsx";

/** The page could not be drawn. */
export function TroublePage({ ports, error }: { readonly ports: PlainPorts; readonly error: unknown }) {
  const sessionId = ports.sessionId();
  return (
    <main class="trouble">
      <h1>This page could not be drawn</h1>
      <p>
        Your sessions and your text are kept on this device, and a run that was going on goes on. Reload the page; if it
        happens again, save this session as a file.
      </p>
      <pre>{describe(error)}</pre>
      <div class="trouble-actions">
        <button type="button" onClick={ports.reload}>
          Reload
        </button>
        {sessionId !== null && <ExportButton ports={ports} sessionId={sessionId} />}
      </div>
    </main>
  );
}

/** A session as text and nothing else, after it failed to open twice. Whoever shows it reloads the page when the address changes. */
export function PlainSession({ ports, sessionId }: { readonly ports: PlainPorts; readonly sessionId: SessionId }) {
  const [text, setText] = useState("Reading…");
  useEffect(() => {
    void ports.call("export-session", { sessionId }).then((reply) => {
      setText(reply.ok ? reply.value.text : reply.refusal.message);
    });
  }, [ports, sessionId]);
  return (
    <main class="trouble">
      <h1>This session, as plain text</h1>
      <p>It failed to open twice, so it is shown in the simplest way. Nothing of it is lost.</p>
      <div class="trouble-actions">
        <ExportButton ports={ports} sessionId={sessionId} />
        <button type="button" onClick={ports.reload}>
          Open normally
        </button>
        <a href="#/new">New session</a>
      </div>
      <pre>{text}</pre>
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
      <button type="button" onClick={() => void save()}>
        Save this session as a file
      </button>
      <output>{outcome}</output>
    </>
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
