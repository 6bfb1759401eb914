import type { ComponentChild } from "preact";

import type { Settings } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Field } from "#ui/kit/field.tsx";

import { Choice, SaveWords, useAutosave } from "./setting.tsx";

const FEWEST_STEPS = 1;
const MOST_STEPS = 1000;

function Loaded({ ui, children }: { readonly ui: Ui; readonly children: (settings: Settings) => ComponentChild }) {
  const settings = ui.view.settings.value;
  return <>{settings === null ? <p>Reading settings…</p> : children(settings)}</>;
}

export function Agent({ ui }: { readonly ui: Ui }) {
  const [continueState, saveContinue] = useAutosave(ui);
  const [limitState, saveLimit] = useAutosave(ui);
  return (
    <Loaded ui={ui}>
      {(settings) => (
        <>
          <Choice
            legend="After an interruption"
            name="continue"
            value={settings.continueAfterInterruption}
            state={continueState}
            choices={[
              {
                value: "when-safe",
                label: "Go on by itself when that is safe",
                hint: "Within five minutes, for the session on screen, and never when a tool that must not run twice had started. The turn always says that it was interrupted.",
              },
              { value: "ask", label: "Ask me", hint: "The answer waits with Continue, Retry, Keep as is and Discard." },
            ]}
            onChange={(continueAfterInterruption) => saveContinue({ continueAfterInterruption })}
          />
          <Field
            label="Step limit"
            id="step-limit"
            hint={`A run stops and asks after this many requests to the model, ${FEWEST_STEPS} to ${MOST_STEPS}.`}
          >
            <span class="setting-inline">
              <input
                class="input short"
                id="step-limit"
                type="number"
                inputMode="numeric"
                min={FEWEST_STEPS}
                max={MOST_STEPS}
                aria-describedby="step-limit-note"
                value={settings.stepLimit}
                onChange={(event) => {
                  const typed = Math.round(event.currentTarget.valueAsNumber);
                  const stepLimit = Number.isNaN(typed) ? settings.stepLimit : clamp(typed);
                  event.currentTarget.value = String(stepLimit);
                  if (stepLimit !== settings.stepLimit) saveLimit({ stepLimit });
                }}
              />
              <SaveWords state={limitState} />
            </span>
          </Field>
        </>
      )}
    </Loaded>
  );
}

function clamp(steps: number): number {
  return Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, steps));
}

export function Appearance({ ui }: { readonly ui: Ui }) {
  const [state, save] = useAutosave(ui);
  return (
    <Loaded ui={ui}>
      {(settings) => (
        <Choice
          legend="Theme"
          name="theme"
          value={settings.theme}
          state={state}
          choices={[
            { value: "system", label: "Like the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
          onChange={(theme) => save({ theme })}
        />
      )}
    </Loaded>
  );
}

export function ComposerSettings({ ui }: { readonly ui: Ui }) {
  const [state, save] = useAutosave(ui);
  return (
    <Loaded ui={ui}>
      {(settings) => (
        <Choice
          legend="Enter"
          name="enter"
          value={settings.enterSends ? "sends" : "line"}
          state={state}
          choices={[
            {
              value: "sends",
              label: "Enter sends, Shift+Enter adds a line",
              hint: "On a touch screen Enter adds a line all the same, and the button sends.",
            },
            { value: "line", label: "Enter adds a line, Ctrl+Enter or Cmd+Enter sends" },
          ]}
          onChange={(value) => save({ enterSends: value === "sends" })}
        />
      )}
    </Loaded>
  );
}

export function Accessibility({ ui }: { readonly ui: Ui }) {
  const [state, save] = useAutosave(ui);
  return (
    <Loaded ui={ui}>
      {(settings) => (
        <Choice
          legend="Announce replies"
          name="announce"
          value={settings.announceReplies}
          state={state}
          choices={[
            {
              value: "when-finished",
              label: "When finished",
              hint: "Short replies are read out, of longer ones the length.",
            },
            { value: "start-and-end", label: "Start and end only" },
            { value: "off", label: "Off" },
          ]}
          onChange={(announceReplies) => save({ announceReplies })}
        />
      )}
    </Loaded>
  );
}
