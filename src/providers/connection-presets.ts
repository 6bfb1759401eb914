import type { ConnectionPreset } from "#domain/model.ts";
import type { ContinuationStyle } from "./provider.ts";

/** What the provider has to know of a kind of server. How the connect form words its help is the page's business. */
export interface PresetFacts {
  readonly label: string;
  /** Where such a server usually is; empty for `custom`. */
  readonly baseUrl: string;
  readonly needsKey: boolean;
  readonly continuation: ContinuationStyle;
}

/**
 * Continuation: llama.cpp, Ollama and LM Studio go on with a trailing assistant message. OpenAI begins a new answer
 * instead; OpenRouter passes it to models of which some refuse it (Anthropic from 4.6 on) and some begin anew; of an
 * unknown server nobody knows: all these are told in words.
 */
export const CONNECTION_PRESETS: Readonly<Record<ConnectionPreset, PresetFacts>> = {
  openai: { label: "OpenAI", baseUrl: "https://api.openai.com/v1", needsKey: true, continuation: "instruct" },
  openrouter: {
    label: "OpenRouter",
    baseUrl: "https://openrouter.ai/api/v1",
    needsKey: true,
    continuation: "instruct",
  },
  ollama: { label: "Ollama", baseUrl: "http://localhost:11434/v1", needsKey: false, continuation: "prefill" },
  "lm-studio": { label: "LM Studio", baseUrl: "http://localhost:1234/v1", needsKey: false, continuation: "prefill" },
  "llama-cpp": { label: "llama.cpp", baseUrl: "http://localhost:8080/v1", needsKey: false, continuation: "prefill" },
  custom: { label: "Custom", baseUrl: "", needsKey: false, continuation: "instruct" },
};

/**
 * What a server is treated as. A hosted service is itself only at its own address: something else may stand behind
 * another one, and then neither its name nor the advice for it would be true.
 */
export function actualPreset(preset: ConnectionPreset, origin: string): ConnectionPreset {
  const { baseUrl, needsKey } = CONNECTION_PRESETS[preset];
  return needsKey && new URL(baseUrl).origin !== origin ? "custom" : preset;
}

/** How sentences call the server: by its product, or by its host where the product is not known. */
export function serverName(preset: ConnectionPreset, origin: string): string {
  return preset === "custom" ? new URL(origin).host : CONNECTION_PRESETS[preset].label;
}
