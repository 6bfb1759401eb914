import type { Ui } from "#ui/frame/ui.ts";
import { sizeWords } from "#ui/kit/size-words.ts";

import type { Composer } from "./composer-state.ts";

/** Files are held in memory on their way into the workspace: beyond this a phone may run out of it. */
const LARGEST_FILE_BYTES = 50_000_000;

/** Puts the person's files into the workspace and beside the message. Says what it cannot take, in words. */
export async function attachFiles(ui: Ui, composer: Composer, files: readonly File[]): Promise<void> {
  if (files.length > 0) ui.frame.nameInAddress(composer.sessionId);
  // One after the other: each gets a free name, and only one of them may find "image.png" free.
  for (const file of files) await attachFile(ui, composer, file);
}

async function attachFile({ view }: Ui, composer: Composer, file: File): Promise<void> {
  if (file.size > LARGEST_FILE_BYTES) {
    view.toasts.show(`“${file.name}” is larger than ${sizeWords(LARGEST_FILE_BYTES)} and was not added.`, {
      tone: "problem",
    });
    return;
  }
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or a file that is gone since it was chosen.
    view.toasts.show(`“${file.name}” could not be read. Folders cannot be added; choose the files in it.`, {
      tone: "problem",
    });
    return;
  }
  await composer.addFile({ name: file.name, mediaType: file.type || "application/octet-stream", bytes });
}

export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}
