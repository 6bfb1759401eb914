import { describe, expect, test } from "vitest";

import type { ConnectionId } from "#domain/ids.ts";
import { readId } from "#domain/ids.ts";
import type { Connection } from "#domain/model.ts";
import { choosePreset, commandForm, emptyForm, formOf, keepsStoredKey, typeAddress } from "#ui/connect/form-values.ts";
import { presetsFor } from "#ui/connect/presets.ts";

const PRESETS = presetsFor("http://app.example");
const CONNECTION: Connection = {
  id: readId<ConnectionId>("c1"),
  preset: "openai",
  label: "OpenAI",
  baseUrl: "https://api.openai.com/v1",
  model: "m",
  keyHint: "a1B2",
  updatedAt: 0,
};

describe("the connect form", () => {
  test("address and model alone are enough", () => {
    const typed = typeAddress({ ...emptyForm(), model: " m " }, "http://127.0.0.1:9999/v1/", PRESETS);
    expect(commandForm(typed, PRESETS)).toEqual({
      id: null,
      preset: "custom",
      label: "127.0.0.1:9999",
      baseUrl: "http://127.0.0.1:9999/v1",
      apiKey: null,
      model: "m",
    });
  });

  test("a preset fills the address and keeps what was typed elsewhere", () => {
    const ollama = PRESETS.find((preset) => preset.id === "ollama");
    if (ollama === undefined) throw new Error("no such preset");
    const values = choosePreset({ ...emptyForm(), apiKey: "k", model: "m" }, ollama);
    expect(values).toMatchObject({ baseUrl: "http://localhost:11434/v1", apiKey: "k", model: "m", preset: "ollama" });
  });

  test("a custom service keeps the address that is there", () => {
    const custom = PRESETS.find((preset) => preset.id === "custom");
    if (custom === undefined) throw new Error("no such preset");
    expect(choosePreset({ ...emptyForm(), baseUrl: "https://a.example" }, custom).baseUrl).toBe("https://a.example");
  });

  test("[Z1] a stored key is kept for its own server and said to be dropped for another", () => {
    const values = formOf(CONNECTION);
    expect(values.apiKey).toBe("");
    expect(keepsStoredKey(values)).toBe(true);
    expect(keepsStoredKey({ ...values, baseUrl: "https://api.openai.com/v2" })).toBe(true);
    expect(keepsStoredKey({ ...values, baseUrl: "https://other.example/v1" })).toBe(false);
    expect(commandForm(values, PRESETS).apiKey).toBeNull();
  });
});
