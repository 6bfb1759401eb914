import { describe, expect, test } from "vitest";

import { checkForm, isLoopback, labelFor, originOf, presetOfAddress, presetsFor } from "#ui/connect/presets.ts";

const PRESETS = presetsFor("http://app.example");

describe("connection presets", () => {
  test("an address alone tells which server it is, with either name of this device", () => {
    expect(presetOfAddress("https://api.openai.com/v1", PRESETS)).toBe("openai");
    expect(presetOfAddress("http://localhost:11434", PRESETS)).toBe("ollama");
    expect(presetOfAddress("http://127.0.0.1:1234/v1/", PRESETS)).toBe("lm-studio");
    expect(presetOfAddress("https://models.example/v1", PRESETS)).toBe("custom");
    expect(presetOfAddress("htt", PRESETS)).toBe("custom");
  });

  test("every preset with an address is found by it", () => {
    for (const preset of PRESETS.filter((one) => one.baseUrl !== "")) {
      expect(presetOfAddress(preset.baseUrl, PRESETS)).toBe(preset.id);
    }
  });

  test("only http and https addresses are addresses", () => {
    expect(originOf("javascript:alert(1)")).toBeNull();
    expect(originOf("file:///etc")).toBeNull();
    expect(originOf(" https://a.example/v1 ")).toBe("https://a.example");
  });

  test("addresses on this device are told apart from others", () => {
    expect(isLoopback("http://localhost:1234/v1")).toBe(true);
    expect(isLoopback("http://127.0.0.1:8080")).toBe(true);
    expect(isLoopback("http://[::1]:8080/v1")).toBe(true);
    expect(isLoopback("https://localhost.example")).toBe(false);
  });

  test("a connection without a name is called by its server", () => {
    expect(labelFor("ollama", "http://localhost:11434/v1", PRESETS)).toBe("Ollama");
    expect(labelFor("custom", "http://127.0.0.1:4000/v1", PRESETS)).toBe("127.0.0.1:4000");
  });

  test("what is missing is said beside its field", () => {
    expect(checkForm({ baseUrl: "", model: "" })).toEqual({ baseUrl: expect.any(String), model: expect.any(String) });
    expect(checkForm({ baseUrl: "api.openai.com", model: "m" })).toEqual({ baseUrl: expect.any(String) });
    expect(checkForm({ baseUrl: "https://api.openai.com/v1", model: "m" })).toEqual({});
  });
});
