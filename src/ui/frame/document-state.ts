import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { titleOf } from "./top-bar.tsx";
import type { Ui } from "./ui.ts";

/** What the document itself says: whether the session on screen runs, the theme, the window's title. */
export function useDocumentState(ui: Ui): void {
  useEffect(() => {
    const root = document.documentElement;
    const ends = [
      effect(() => {
        root.dataset["run"] = ui.view.isRunning.value || isSending(ui) ? "running" : "idle";
      }),
      effect(() => {
        const theme = ui.view.settings.value?.theme ?? "system";
        if (theme === "system") delete root.dataset["theme"];
        else root.dataset["theme"] = theme;
      }),
      effect(() => {
        document.title = `${pageTitle(ui)} · Holdfast`;
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [ui]);
}

/** From Enter on: a message on its way to the worker is as good as running. */
function isSending(ui: Ui): boolean {
  const open = ui.view.open.value;
  return open !== null && ui.composers.of(open.sessionId).sending.value !== null;
}

function pageTitle(ui: Ui): string {
  switch (ui.ports.route.value.kind) {
    case "settings":
      return "Settings";
    case "connect":
      return "Connect a model";
    case "session":
    case "new":
      return titleOf(ui);
  }
}
