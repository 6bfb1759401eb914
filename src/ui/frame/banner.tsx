import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import type { Ui } from "./ui.ts";

interface BannerProps {
  readonly ui: Ui;
  readonly words: string;
  readonly tone?: "plain" | "attention" | "problem";
  readonly children?: ComponentChildren;
}

/** One notice about the whole app. Spoken once when it appears; it is no live region itself. */
export function Banner({ ui, words, tone = "plain", children }: BannerProps) {
  useEffect(() => {
    ui.announcer.say(words, tone === "problem" ? "high" : "normal");
  }, [ui.announcer, words, tone]);
  return (
    <div class="banner" data-tone={tone}>
      <p>{words}</p>
      {children !== undefined && <div class="banner-actions">{children}</div>}
    </div>
  );
}
