import { useEffect, useRef, useState } from "preact/hooks";

import type { ConnectionCheck } from "#protocol/commands.ts";
import type { Ui } from "#ui/frame/ui.ts";
import { Button } from "#ui/kit/button.tsx";
import { Field } from "#ui/kit/field.tsx";

import { CheckResult } from "./check-result.tsx";
import { CopyLine } from "./copy-line.tsx";
import type { FormValues } from "./form-values.ts";
import { choosePreset, commandForm, keepsStoredKey, typeAddress } from "./form-values.ts";
import type { FormTrouble, Preset } from "./presets.ts";
import { checkForm, isLoopback } from "./presets.ts";

interface ConnectFormProps {
  readonly ui: Ui;
  readonly presets: readonly Preset[];
  readonly start: FormValues;
}

type Check =
  | { readonly kind: "none" }
  | { readonly kind: "running" }
  | { readonly kind: "done"; readonly result: ConnectionCheck };

/** The form. What is typed survives a test or a save that failed. */
export function ConnectForm({ ui, presets, start }: ConnectFormProps) {
  const [values, setValues] = useState(start);
  const [trouble, setTrouble] = useState<FormTrouble>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [check, setCheck] = useState<Check>({ kind: "none" });
  const [isSaving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const preset = presets.find((known) => known.id === values.preset);
  const change = (next: FormValues) => {
    setValues(next);
    setTrouble({});
  };
  useEffect(() => {
    if (trouble.baseUrl !== undefined || trouble.model !== undefined) {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }, [trouble]);

  const test = async () => {
    const found = checkForm({ ...values, model: values.model || "any" });
    setTrouble(found);
    if (found.baseUrl !== undefined) return;
    setCheck({ kind: "running" });
    const reply = await ui.ports.call("check-connection", { form: commandForm(values, presets) });
    const result: ConnectionCheck = reply.ok ? reply.value : { ok: false, message: reply.refusal.message, steps: [] };
    setCheck({ kind: "done", result });
    ui.announcer.say(result.message, result.ok ? "normal" : "high");
  };

  const save = async () => {
    const found = checkForm(values);
    setTrouble(found);
    if (found.baseUrl !== undefined || found.model !== undefined || isSaving) return;
    setSaving(true);
    const open = ui.view.open.peek();
    const reply = await ui.ports.call("save-connection", {
      form: commandForm(values, presets),
      sessionId: open === null || open.session.peek() === null ? null : open.sessionId,
    });
    setSaving(false);
    if (!reply.ok) {
      setFailure(reply.refusal.message);
      ui.announcer.say(`Not saved. ${reply.refusal.message}`, "high");
      return;
    }
    const { id: connectionId, model } = reply.value;
    if (open?.session.peek() === null) ui.frame.setNewSessionModel({ provider: "connection", connectionId, model });
    ui.view.toasts.show(`Connected ${reply.value.model}.`);
    ui.frame.goBack();
  };

  const models = check.kind === "done" && check.result.ok ? check.result.models : [];
  return (
    <form
      ref={form}
      class="connect-form"
      aria-label="Connection"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2>{start.id === null ? "New connection" : "Change this connection"}</h2>
      <Field label="Service" id="connect-preset">
        <select
          class="input"
          id="connect-preset"
          value={values.preset}
          onChange={(event) => {
            const chosen = presets.find((known) => known.id === event.currentTarget.value);
            if (chosen !== undefined) change(choosePreset(values, chosen));
          }}
        >
          {presets.map((known) => (
            <option key={known.id} value={known.id}>
              {known.label}
            </option>
          ))}
        </select>
      </Field>
      {preset !== undefined && (
        <ul class="connect-help">
          {preset.help.map((step) => (
            <li key={step.text}>
              {step.text}
              {step.copy !== undefined && <CopyLine ui={ui} text={step.copy} />}
            </li>
          ))}
          {isLoopback(values.baseUrl) && (
            <li>Your browser will ask to let this page reach apps on this device: allow it.</li>
          )}
        </ul>
      )}
      <Field label="Base URL" id="connect-base-url" trouble={trouble.baseUrl}>
        <input
          class="input mono"
          id="connect-base-url"
          type="url"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          placeholder="https://api.example.com/v1"
          aria-invalid={trouble.baseUrl !== undefined}
          aria-describedby="connect-base-url-note"
          value={values.baseUrl}
          onInput={(event) => change(typeAddress(values, event.currentTarget.value, presets))}
        />
      </Field>
      <Field
        label="API key"
        id="connect-api-key"
        hint="Kept on this device. This protects against someone copying the files, not against malicious code in this page or someone using this browser."
      >
        <input
          class="input mono"
          id="connect-api-key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          placeholder={keyPlaceholder(values, preset)}
          aria-describedby="connect-api-key-note"
          value={values.apiKey}
          onInput={(event) => change({ ...values, apiKey: event.currentTarget.value })}
        />
      </Field>
      {values.storedKey !== null && values.apiKey === "" && !keepsStoredKey(values) && (
        <p class="connect-warning">
          The address changed, so the stored key will be dropped. A key is only ever sent to its own server.
        </p>
      )}
      <Field
        label="Model"
        id="connect-model"
        trouble={trouble.model}
        hint={models.length > 0 ? `${models.length} models to choose from` : undefined}
      >
        <input
          class="input mono"
          id="connect-model"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          list="connect-models"
          placeholder={preset?.modelExample}
          aria-invalid={trouble.model !== undefined}
          aria-describedby="connect-model-note"
          value={values.model}
          onInput={(event) => change({ ...values, model: event.currentTarget.value })}
        />
        <datalist id="connect-models">
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {model.label}
            </option>
          ))}
        </datalist>
      </Field>
      {check.kind === "done" && (
        <CheckResult ui={ui} result={check.result} onPick={(model) => change({ ...values, model })} />
      )}
      {failure !== null && <p class="connect-failure">Not saved. {failure}</p>}
      <div class="actions">
        <Button type="submit" kind="primary" disabledReason={isSaving ? "Saving…" : null}>
          Save
        </Button>
        <Button disabledReason={check.kind === "running" ? "The test is running." : null} onClick={() => void test()}>
          {check.kind === "running" ? "Testing…" : "Test"}
        </Button>
        <Button kind="quiet" onClick={() => ui.frame.goBack()}>
          Not now
        </Button>
      </div>
    </form>
  );
}

function keyPlaceholder(values: FormValues, preset: Preset | undefined): string {
  if (keepsStoredKey(values)) return `Stored, ending in ${values.storedKey?.hint ?? ""}`;
  return preset?.needsKey === true ? "Paste your key" : "Only if the server asks for one";
}
