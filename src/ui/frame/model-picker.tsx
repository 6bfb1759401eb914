import { Check, Plug } from "lucide";

import type { ModelRef } from "#domain/model.ts";
import { BUILT_IN_MODEL, isSameModel } from "#domain/model.ts";
import type { MenuItem } from "#ui/kit/menu.tsx";
import { MenuButton } from "#ui/kit/menu.tsx";

import { currentModel, modelName, ModelName } from "./model-chip.tsx";
import { connectionWords } from "./model-words.ts";
import type { Ui } from "./ui.ts";

/** The chip in the top bar: which model answers, and a menu to choose another. */
export function ModelPicker({ ui }: { readonly ui: Ui }) {
  const connections = ui.view.connections.value;
  const current = currentModel(ui);
  const choices: readonly { readonly label: string; readonly model: ModelRef }[] = [
    { label: "Built-in agent", model: BUILT_IN_MODEL },
    ...connections.map((connection) => ({
      label: connectionWords(connection),
      model: { provider: "connection", connectionId: connection.id, model: connection.model } as const,
    })),
  ];
  const items: readonly MenuItem[] = [
    ...choices.map(({ label, model }) => ({
      kind: "item" as const,
      label,
      isChecked: isSameModel(model, current),
      ...(isSameModel(model, current) ? { icon: Check } : {}),
      onSelect: () => void choose(ui, model),
    })),
    { kind: "separator" },
    { kind: "item", label: "Connect a model…", icon: Plug, onSelect: () => ui.frame.go({ kind: "connect" }) },
  ];
  return (
    <MenuButton items={items} class="chip model-chip" label={`Model: ${modelName(ui)}`} menuLabel="Model">
      <ModelName ui={ui} />
    </MenuButton>
  );
}

async function choose({ view, frame }: Ui, model: ModelRef): Promise<void> {
  const open = view.open.peek();
  if (open === null) return;
  if (open.session.peek() === null) frame.setNewSessionModel(model);
  else await view.ask("set-session-model", { sessionId: open.sessionId, model });
}
