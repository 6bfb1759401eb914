import { useEffect, useState } from "preact/hooks";

import { Button } from "#ui/kit/button.tsx";
import { sizeWords } from "#ui/kit/size-words.ts";

import { Banner } from "./banner.tsx";
import { littleLeft } from "./space-left.ts";
import type { Ui } from "./ui.ts";

const LOOK_EVERY_MS = 10 * 60_000;
/** Said once in a tab: who has read it knows. */
const SEEN = "ui.space-note";

/** The early word that space is running low, while everything still fits. Not beside a trouble that says more. */
export default function SpaceNote({ ui }: { readonly ui: Ui }) {
  const { ports, view, frame } = ui;
  const [left, setLeft] = useState<number | null>(null);
  const [isSeen, setSeen] = useState(() => ports.tabMemory.read(SEEN) !== null);
  useEffect(() => {
    if (isSeen) return undefined;
    const look = () => {
      if (!ports.isVisible.peek()) return;
      void ports.call("read-storage-usage", null).then((reply) => {
        if (reply.ok) setLeft(littleLeft(reply.value));
      });
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [ports, isSeen]);
  if (left === null || isSeen || view.storageTrouble.value !== null) return null;
  const dismiss = () => {
    ports.tabMemory.write(SEEN, "1");
    setSeen(true);
  };
  return (
    <Banner ui={ui} words={`About ${sizeWords(left)} of space are left for Holdfast on this device.`}>
      <Button
        onClick={() => {
          dismiss();
          frame.go({ kind: "settings", section: "storage" });
        }}
      >
        Free some space
      </Button>
      <Button kind="quiet" onClick={dismiss}>
        Dismiss
      </Button>
    </Banner>
  );
}
