import "./workspace.css";
import { FileText, FolderOpen, Image, Upload } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { FileRow } from "#protocol/commands.ts";
import { attachFiles } from "#ui/composer/files.ts";
import { lazily } from "#ui/frame/lazily.tsx";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

import { imageType } from "./preview-kind.ts";

const FilePreview = lazily(() => import("./file-preview.tsx"));

/** The files of the session on screen: those that the agent made and those that the person brought. */
export default function WorkspacePane({ ui }: { readonly ui: Ui }) {
  const open = ui.view.open.value;
  const path = ui.frame.openFile.value;
  if (open === null) return null;
  if (path !== null) return <FilePreview key={path} ui={ui} sessionId={open.sessionId} path={path} />;
  return <FileList ui={ui} sessionId={open.sessionId} />;
}

function FileList({ ui, sessionId }: { readonly ui: Ui; readonly sessionId: SessionId }) {
  const files = useFiles(ui, sessionId);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div class="workspace">
      <header class="workspace-header">
        <h2>Workspace</h2>
        <IconButton icon={Upload} label="Add files" onClick={() => picker.current?.click()} />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label="Files to add"
          onChange={(event) => {
            const input = event.currentTarget;
            void attachFiles(ui, ui.composers.of(sessionId), [...(input.files ?? [])]);
            input.value = "";
          }}
        />
      </header>
      {files.kind === "failed" && (
        <div class="workspace-empty">
          <p>The files could not be read. {files.message}</p>
          <Button onClick={files.retry}>Try again</Button>
        </div>
      )}
      {files.rows.length === 0 && files.kind === "ready" && (
        <p class="workspace-empty">
          <Icon of={FolderOpen} />
          Files the agent makes or you drop appear here.
        </p>
      )}
      {files.rows.length > 0 && (
        <ul class="file-rows">
          {files.rows.map((file) => (
            <li key={file.path}>
              <button type="button" class="file-row" onClick={() => ui.frame.setOpenFile(file.path)}>
                <Icon of={imageType(file.path) === null ? FileText : Image} />
                <span class="file-path" dir="ltr">
                  {file.path}
                </span>
                <span class="file-size">{sizeWords(file.size)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface Files {
  readonly kind: "loading" | "ready" | "failed";
  readonly message: string;
  /** The last that were read: a failed reading takes nothing away. */
  readonly rows: readonly FileRow[];
  readonly retry: () => void;
}

function useFiles({ ports, view }: Ui, sessionId: SessionId): Files {
  const [files, setFiles] = useState<Omit<Files, "retry">>({ kind: "loading", message: "", rows: [] });
  const [attempt, setAttempt] = useState(0);
  const revision = view.open.value?.filesRevision.value ?? 0;
  const isReady = ports.agentState.value === "ready";
  useEffect(() => {
    if (!isReady) return undefined;
    let isCurrent = true;
    void ports.call("list-files", { sessionId }).then((reply) => {
      if (!isCurrent) return;
      setFiles((known) =>
        reply.ok
          ? { kind: "ready", message: "", rows: reply.value }
          : { kind: "failed", message: reply.refusal.message, rows: known.rows },
      );
    });
    return () => {
      isCurrent = false;
    };
  }, [ports, sessionId, revision, isReady, attempt]);
  return { ...files, retry: () => setAttempt(attempt + 1) };
}
