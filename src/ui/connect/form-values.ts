import type { ConnectionId } from "#domain/ids.ts";
import type { Connection, ConnectionPreset } from "#domain/model.ts";
import type { ConnectionForm } from "#protocol/commands.ts";

import type { Preset } from "./presets.ts";
import { labelFor, originOf, presetOfAddress } from "./presets.ts";

/** The form as it is typed. */
export interface FormValues {
  readonly id: ConnectionId | null;
  readonly preset: ConnectionPreset;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** Last four characters of the key that is stored, and the server it is bound to. */
  readonly storedKey: { readonly hint: string; readonly origin: string | null } | null;
}

export function emptyForm(): FormValues {
  return { id: null, preset: "custom", baseUrl: "", apiKey: "", model: "", storedKey: null };
}

export function formOf(connection: Connection): FormValues {
  return {
    id: connection.id,
    preset: connection.preset,
    baseUrl: connection.baseUrl,
    apiKey: "",
    model: connection.model,
    storedKey: connection.keyHint === null ? null : { hint: connection.keyHint, origin: originOf(connection.baseUrl) },
  };
}

/** Choosing a preset fills its address and leaves the rest. */
export function choosePreset(values: FormValues, preset: Preset): FormValues {
  return { ...values, preset: preset.id, baseUrl: preset.baseUrl === "" ? values.baseUrl : preset.baseUrl };
}

/** Typing an address chooses the preset that it belongs to. */
export function typeAddress(values: FormValues, baseUrl: string, presets: readonly Preset[]): FormValues {
  return { ...values, baseUrl, preset: presetOfAddress(baseUrl, presets) };
}

/** Whether the stored key would be used: it is bound to its server and never sent to another. */
export function keepsStoredKey(values: FormValues): boolean {
  return values.storedKey !== null && values.apiKey === "" && values.storedKey.origin === originOf(values.baseUrl);
}

/** What is sent. An empty key field keeps a stored key and says that there is none in a new connection. */
export function commandForm(values: FormValues, presets: readonly Preset[]): ConnectionForm {
  const baseUrl = values.baseUrl.trim().replace(/\/+$/, "");
  const preset = values.preset === "custom" ? presetOfAddress(baseUrl, presets) : values.preset;
  const apiKey = values.apiKey.trim();
  return {
    id: values.id,
    preset,
    label: labelFor(preset, baseUrl, presets),
    baseUrl,
    apiKey: apiKey === "" ? null : apiKey,
    model: values.model.trim(),
  };
}
