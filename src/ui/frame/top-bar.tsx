import { Menu, PanelRight } from "lucide";

import { IconButton } from "#ui/kit/button.tsx";
import { TitleField } from "#ui/session-list/title-field.tsx";

import { lazily } from "./lazily.tsx";
import { ModelChip } from "./model-chip.tsx";
import type { Ui } from "./ui.ts";

const ModelPicker = lazily(async () => ({ default: (await import("./surroundings.ts")).ModelPicker }), ModelChip);

/** What the session on screen is called. */
export function titleOf({ view }: Pick<Ui, "view">): string {
  return view.open.value?.session.value?.title ?? "New session";
}

export function TopBar({ ui }: { readonly ui: Ui }) {
  const { frame, view } = ui;
  const isElsewhere = view.open.value?.runner.value === "elsewhere";
  return (
    <header class="top-bar">
      {!frame.isSideInline.value && (
        <IconButton
          icon={Menu}
          label="Sessions"
          aria-haspopup="dialog"
          aria-expanded={frame.drawer.value === "side"}
          onClick={() => frame.toggle("side")}
        />
      )}
      <SessionTitle ui={ui} />
      {isElsewhere && <span class="chip runner-chip">Running in another tab</span>}
      <ModelPicker ui={ui} />
      <IconButton
        icon={PanelRight}
        label="Workspace"
        aria-expanded={frame.isWorkspaceInline.value || frame.drawer.value === "workspace"}
        onClick={() => frame.toggle("workspace")}
      />
    </header>
  );
}

/** The page's heading; a double click or F2 makes it a field. */
function SessionTitle({ ui }: { readonly ui: Ui }) {
  const session = ui.view.open.value?.session.value ?? null;
  const title = titleOf(ui);
  const { frame } = ui;
  if (frame.isRenaming.value && session !== null) {
    return (
      <h1 class="top-title">
        <TitleField
          title={title}
          onEnd={(changed) => {
            frame.setRenaming(false);
            if (changed !== null) void ui.view.ask("rename-session", { sessionId: session.id, title: changed });
          }}
        />
      </h1>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a short cut for the pointer: F2 and the row's menu rename too
    <h1
      class="top-title"
      dir="auto"
      title={title}
      onDblClick={() => {
        if (session !== null) frame.setRenaming(true);
      }}
    >
      {title}
    </h1>
  );
}
