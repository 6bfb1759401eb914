import { useState } from "preact/hooks";

import type { Settings } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";

/** How the last change of one setting stands. */
export type SaveState =
  | { readonly kind: "idle" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved" }
  | { readonly kind: "failed"; readonly message: string };

/** Saves a patch at once and says beside its control how that went. */
export function useAutosave(ui: Ui): readonly [SaveState, (patch: Partial<Settings>) => void] {
  const [state, setState] = useState<SaveState>({ kind: "idle" });
  const save = async (patch: Partial<Settings>) => {
    setState({ kind: "saving" });
    const reply = await ui.ports.call("change-setting", { patch });
    if (!reply.ok) {
      setState({ kind: "failed", message: reply.refusal.message });
      ui.announcer.say(`Not saved. ${reply.refusal.message}`, "high");
      return;
    }
    // The worker tells every page of the new settings; this page shows them at once.
    ui.view.receive({ type: "settings-changed", settings: reply.value });
    setState({ kind: "saved" });
    ui.announcer.say("Saved.");
  };
  return [state, (patch) => void save(patch)];
}

export function SaveWords({ state }: { readonly state: SaveState }) {
  switch (state.kind) {
    case "idle":
      return null;
    case "saving":
      return <span class="save-words">Saving…</span>;
    case "saved":
      return <span class="save-words">Saved</span>;
    case "failed":
      return <span class="save-words save-failed">Not saved. {state.message}</span>;
  }
}

interface ChoiceProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly choices: readonly { readonly value: Value; readonly label: string; readonly hint?: string }[];
  readonly state: SaveState;
  readonly onChange: (value: Value) => void;
}

/** One of several, as radio buttons: all of them can be read before one is chosen. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const [chosen, setChosen] = useState<Value | null>(null);
  // While it is being saved what was chosen is shown, from then on what is saved.
  const shown = chosen !== null && props.state.kind === "saving" ? chosen : props.value;
  return (
    <fieldset class="choice">
      <legend>
        {props.legend} <SaveWords state={props.state} />
      </legend>
      {props.choices.map(({ value, label, hint }) => (
        <label key={value} class="choice-row">
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={value === shown}
            onChange={() => {
              setChosen(value);
              props.onChange(value);
            }}
          />
          <span>
            {label}
            {hint !== undefined && <small>{hint}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
