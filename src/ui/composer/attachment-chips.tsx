import { FileText, Image, TriangleAlert, X } from "lucide";

import type { Attachment } from "#domain/message.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button, IconButton } from "#ui/kit/button.tsx";
import { Icon } from "#ui/kit/icon.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

import type { Composer } from "./composer-state.ts";

/** The files beside the message: those that are there, those on their way, those that failed and why. */
export function AttachmentChips({ ui, composer }: { readonly ui: Ui; readonly composer: Composer }) {
  const { attachments } = composer.draft.value;
  const uploads = composer.uploads.value;
  if (attachments.length === 0 && uploads.length === 0) return null;
  return (
    <ul class="composer-files" aria-label="Attached files">
      {attachments.map((file) => (
        <li key={file.path} class="attachment">
          <Icon of={file.mediaType.startsWith("image/") ? Image : FileText} />
          <span class="attachment-name" dir="auto" title={file.name}>
            {file.name}
          </span>
          <small>{sizeWords(file.size)}</small>
          {composer.pastedTexts.value.has(file.path) && (
            <Button kind="quiet" onClick={() => composer.insertPastedText(file)}>
              Paste as text instead
            </Button>
          )}
          <IconButton icon={X} label={`Remove ${file.name}`} onClick={() => remove(ui, composer, file)} />
        </li>
      ))}
      {uploads.map((upload) => (
        <li key={upload.key} class="attachment" data-trouble={upload.trouble === null ? undefined : ""}>
          <Icon of={upload.trouble === null ? FileText : TriangleAlert} />
          <span class="attachment-name" dir="auto">
            {upload.name}
          </span>
          <small>{upload.trouble ?? "Adding…"}</small>
          {upload.trouble !== null && (
            <IconButton icon={X} label={`Dismiss ${upload.name}`} onClick={() => composer.dismissUpload(upload.key)} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Takes the file away from the message. It stays in the workspace, where it can be removed for good. */
function remove(ui: Ui, composer: Composer, file: Attachment): void {
  composer.removeAttachment(file);
  ui.announcer.say(`${file.name} removed from the message. It is still in the workspace.`);
  ui.frame.focusComposer();
}
