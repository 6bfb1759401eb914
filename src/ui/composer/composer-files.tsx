import type { Ui } from "#ui/frame/ui.ts";

import { AttachmentChips } from "./attachment-chips.tsx";
import type { Composer } from "./composer-state.ts";
import { DropTarget } from "./drop-target.tsx";

/** What a message's files need beside its text; loaded after the first paint. */
export function ComposerFiles({ ui, composer }: { readonly ui: Ui; readonly composer: Composer }) {
  return (
    <>
      <DropTarget ui={ui} composer={composer} />
      <AttachmentChips ui={ui} composer={composer} />
    </>
  );
}
