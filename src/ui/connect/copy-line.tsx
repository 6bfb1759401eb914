import { Copy } from "lucide";

import { useId } from "preact/hooks";

import type { Ui } from "#ui/frame/ui.ts";
import { IconButton } from "#ui/kit/button.tsx";

/** A line to be typed elsewhere, with its copy button. */
export function CopyLine({ ui, text }: { readonly ui: Ui; readonly text: string }) {
  const id = useId();
  return (
    <span class="copy-line">
      <code id={id} dir="ltr">
        {text}
      </code>
      <IconButton icon={Copy} label="Copy this line" aria-describedby={id} onClick={() => void copy(ui, text)} />
    </span>
  );
}

async function copy({ view }: Ui, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    view.toasts.show("Copied.");
  } catch {
    // Not allowed here: the line can still be selected by hand.
    view.toasts.show("The browser does not allow copying here. Select the text and copy it.", { tone: "problem" });
  }
}
