import { Check, Copy } from "lucide";
import { useEffect, useState } from "preact/hooks";

import { useUi } from "#ui/ui-context.ts";

import { IconButton } from "./button.tsx";

const CONFIRMED_MS = 2_000;

interface CopyButtonProps {
  /** What it copies, for its name: "Copy JavaScript code". */
  readonly label: string;
  /** Asked for when it is pressed. */
  readonly text: () => string;
  readonly disabledReason?: string | null;
  readonly class?: string;
  readonly "data-action"?: string;
}

/** Copies a text and says so, by sight and by voice. */
export function CopyButton({ text, ...rest }: CopyButtonProps) {
  const copy = useCopy();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const id = setTimeout(() => {
      setCopied(false);
    }, CONFIRMED_MS);
    return () => {
      clearTimeout(id);
    };
  }, [isCopied]);
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      {...rest}
      onClick={async () => {
        setCopied(await copy(text()));
      }}
    />
  );
}

/** Puts a text into the clipboard and tells the person; false where the browser does not allow it. */
export function useCopy(): (text: string) => Promise<boolean> {
  const { announcer, view } = useUi();
  return async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      announcer.say("Copied.");
      return true;
    } catch {
      view.toasts.show("The browser did not allow copying. Select the text and copy it by hand.", { tone: "problem" });
      return false;
    }
  };
}
