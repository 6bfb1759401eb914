import { Upload } from "lucide";
import { useEffect, useState } from "preact/hooks";

import type { Ui } from "#ui/frame/ui.ts";
import { Icon } from "#ui/kit/icon.tsx";

import type { Composer } from "./composer-state.ts";
import { attachFiles, hasFiles } from "./files.ts";

/** The whole window takes files. Shown only while files are over it; the paperclip is the way without a pointer. */
export function DropTarget({ ui, composer }: { readonly ui: Ui; readonly composer: Composer }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Entering a child leaves its parent: only when as many were left as entered is the pointer gone.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const over = (event: DragEvent) => {
      // Without this the browser would leave the page and show the file.
      if (hasFiles(event.dataTransfer)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void attachFiles(ui, composer, [...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener("dragenter", enter);
    document.addEventListener("dragleave", leave);
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragenter", enter);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, [ui, composer]);
  if (!isOver) return null;
  return (
    <div class="drop-target">
      <p>
        <Icon of={Upload} /> Drop files to attach them
      </p>
    </div>
  );
}
