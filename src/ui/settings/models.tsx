import { BUILT_IN_MODEL, isSameModel } from "#domain/model.ts";
import type { ModelRef } from "#domain/model.ts";
import { connectionWords } from "#ui/frame/model-words.ts";
import type { Ui } from "#ui/frame/ui.ts";

import { Choice, useAutosave } from "./setting.tsx";

/** Which model new sessions take, and the way to the connections. */
export function Models({ ui }: { readonly ui: Ui }) {
  const [state, save] = useAutosave(ui);
  const connections = ui.view.connections.value;
  const models: readonly {
    readonly value: string;
    readonly label: string;
    readonly hint?: string;
    readonly model: ModelRef;
  }[] = [
    {
      value: "built-in",
      label: "Built-in agent",
      hint: "Follows rules and runs tools on this device. Works offline; it is not a language model.",
      model: BUILT_IN_MODEL,
    },
    ...connections.map((connection) => ({
      value: connection.id,
      label: connectionWords(connection),
      hint: connection.baseUrl,
      model: { provider: "connection", connectionId: connection.id, model: connection.model } as const,
    })),
  ];
  const current = ui.view.settings.value?.defaultModel ?? BUILT_IN_MODEL;
  return (
    <>
      <Choice
        legend="Model of new sessions"
        name="default-model"
        value={models.find(({ model }) => isSameModel(model, current))?.value ?? ""}
        state={state}
        choices={models}
        onChange={(value) => {
          const chosen = models.find((known) => known.value === value);
          if (chosen !== undefined) save({ defaultModel: chosen.model });
        }}
      />
      <p>
        <a
          class="button"
          href={ui.ports.href({ kind: "connect" })}
          onClick={(event) => {
            event.preventDefault();
            ui.frame.go({ kind: "connect" });
          }}
        >
          Connect or change models
        </a>
      </p>
    </>
  );
}
