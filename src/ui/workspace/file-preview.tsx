import { ArrowLeft, Download, Trash2 } from "lucide";
import { useEffect, useState } from "preact/hooks";

import type { SessionId } from "#domain/ids.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";
import { Dialog } from "#ui/kit/dialog.tsx";
import { saveAs } from "#ui/kit/save-as.ts";
import { sizeWords } from "#ui/kit/size-words.ts";

import { PreviewBody } from "./preview-body.tsx";
import { extensionOf, imageType } from "./preview-kind.ts";

interface FilePreviewProps {
  readonly ui: Ui;
  readonly sessionId: SessionId;
  readonly path: string;
}

type Content =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

/** One file: shown where it can be, to be kept or removed. */
export default function FilePreview({ ui, sessionId, path }: FilePreviewProps) {
  const content = useContent(ui, sessionId, path);
  const [isRemoving, setRemoving] = useState(false);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const close = () => ui.frame.setOpenFile(null);
  return (
    <div class="workspace">
      <header class="workspace-header">
        <IconButton icon={ArrowLeft} label="Back to the files" onClick={close} />
        <h2 dir="ltr" title={path}>
          {path}
        </h2>
        {content.kind === "ready" && (
          <IconButton
            icon={Download}
            label={`Download ${name}`}
            onClick={() => saveAs(name, new Blob([content.bytes], { type: typeFor(path) }))}
          />
        )}
        <IconButton icon={Trash2} label={`Remove ${name}`} onClick={() => setRemoving(true)} />
      </header>
      {content.kind === "ready" && <p class="file-note">{sizeWords(content.bytes.byteLength)}</p>}
      {content.kind === "failed" && <p class="workspace-empty">The file could not be read. {content.message}</p>}
      {content.kind === "ready" && <PreviewBody path={path} bytes={content.bytes} />}
      {isRemoving && (
        <Dialog
          title={`Remove ${name}?`}
          onClose={() => setRemoving(false)}
          actions={
            <>
              <Button onClick={() => setRemoving(false)}>Keep it</Button>
              <Button
                kind="danger"
                onClick={() => {
                  setRemoving(false);
                  void ui.view.ask("remove-file", { sessionId, path }).then((done) => {
                    if (done !== null) close();
                  });
                }}
              >
                Remove
              </Button>
            </>
          }
        >
          <p>The file is deleted from this session’s workspace. Download it first if you want to keep it.</p>
        </Dialog>
      )}
    </div>
  );
}

function useContent({ ports, view }: Ui, sessionId: SessionId, path: string): Content {
  const [content, setContent] = useState<Content>({ kind: "loading" });
  const revision = view.open.value?.filesRevision.value ?? 0;
  useEffect(() => {
    let isCurrent = true;
    void ports.call("read-file", { sessionId, path }).then((reply) => {
      if (!isCurrent) return;
      setContent(
        reply.ok ? { kind: "ready", bytes: reply.value.bytes } : { kind: "failed", message: reply.refusal.message },
      );
    });
    return () => {
      isCurrent = false;
    };
  }, [ports, sessionId, path, revision]);
  return content;
}

function typeFor(path: string): string {
  const image = imageType(path);
  if (image !== null) return image;
  switch (extensionOf(path)) {
    case "md":
      return "text/markdown";
    case "csv":
      return "text/csv";
    case "json":
      return "application/json";
    default:
      return "application/octet-stream";
  }
}
