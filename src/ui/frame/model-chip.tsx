import { ChevronDown } from "lucide";

import type { ModelRef } from "#domain/model.ts";
import { BUILT_IN_MODEL } from "#domain/model.ts";
import { Icon } from "#ui/kit/icon.tsx";

import { modelWords } from "./model-words.ts";
import type { Ui } from "./ui.ts";

/** The model that answers in the session on screen. */
export function currentModel({ view, frame }: Pick<Ui, "view" | "frame">): ModelRef {
  return (
    view.open.value?.session.value?.model ??
    frame.newSessionModel.value ??
    view.settings.value?.defaultModel ??
    BUILT_IN_MODEL
  );
}

/** How that model is called. */
export function modelName(ui: Ui): string {
  return modelWords(currentModel(ui), ui.view.connections.value);
}

/** What the chip says, whatever can be done with it. */
export function ModelName({ ui }: { readonly ui: Ui }) {
  return (
    <>
      <span class="model-name">{modelName(ui)}</span>
      <Icon of={ChevronDown} />
    </>
  );
}

/** The chip until its menu is loaded. */
export function ModelChip({ ui }: { readonly ui: Ui }) {
  return (
    <span class="chip model-chip">
      <ModelName ui={ui} />
    </span>
  );
}
