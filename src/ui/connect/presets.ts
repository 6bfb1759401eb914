import type { Connection, ConnectionPreset } from "#domain/model.ts";

/** One line of help, with what to copy where there is something to type elsewhere. */
export interface HelpStep {
  readonly text: string;
  readonly copy?: string;
}

export interface Preset {
  readonly id: ConnectionPreset;
  readonly label: string;
  readonly kind: "hosted" | "local" | "custom";
  readonly baseUrl: string;
  readonly needsKey: boolean;
  /** An example, shown as a placeholder and never filled in: names of models change faster than releases of the app. */
  readonly modelExample: string;
  readonly help: readonly HelpStep[];
}

/** `origin`: where this page comes from; local servers are told to allow it. */
export function presetsFor(origin: string): readonly Preset[] {
  return [
    {
      id: "openai",
      label: "OpenAI",
      kind: "hosted",
      baseUrl: "https://api.openai.com/v1",
      needsKey: true,
      modelExample: "gpt-5-mini",
      help: [
        { text: "Make a key at platform.openai.com under API keys. A limit on what it may spend is a good idea." },
      ],
    },
    {
      id: "openrouter",
      label: "OpenRouter",
      kind: "hosted",
      baseUrl: "https://openrouter.ai/api/v1",
      needsKey: true,
      modelExample: "provider/model",
      help: [{ text: "Make a key at openrouter.ai under Keys. It can carry a credit limit of its own." }],
    },
    {
      id: "ollama",
      label: "Ollama",
      kind: "local",
      baseUrl: "http://localhost:11434/v1",
      needsKey: false,
      modelExample: "qwen3:8b",
      help: [
        { text: "Allow this page, then start Ollama again:", copy: `OLLAMA_ORIGINS=${origin} ollama serve` },
        { text: "Fetch a model if you have none:", copy: "ollama pull qwen3:8b" },
      ],
    },
    {
      id: "lm-studio",
      label: "LM Studio",
      kind: "local",
      baseUrl: "http://localhost:1234/v1",
      needsKey: false,
      modelExample: "the name that LM Studio shows",
      help: [{ text: "In LM Studio open Developer, start the server and turn on “Enable CORS” in its settings." }],
    },
    {
      id: "llama-cpp",
      label: "llama.cpp",
      kind: "local",
      baseUrl: "http://localhost:8080/v1",
      needsKey: false,
      modelExample: "any name: the server has one model",
      help: [{ text: "Start the server; it allows every page:", copy: "llama-server -m model.gguf --port 8080" }],
    },
    {
      id: "custom",
      label: "Custom",
      kind: "custom",
      baseUrl: "",
      needsKey: false,
      modelExample: "the name that the server uses",
      help: [
        {
          text: "Any server that speaks the OpenAI chat completions format. The address usually ends in /v1, and the server must allow this page:",
          copy: origin,
        },
      ],
    },
  ];
}

/** Which preset an address belongs to, so that filling the address alone is enough. */
export function presetOfAddress(baseUrl: string, presets: readonly Preset[]): ConnectionPreset {
  const origin = originOf(baseUrl);
  if (origin === null) return "custom";
  const match = presets.find((preset) => sameServer(originOf(preset.baseUrl), origin));
  return match?.id ?? "custom";
}

function sameServer(a: string | null, b: string): boolean {
  return a?.replace("//localhost:", "//127.0.0.1:") === b.replace("//localhost:", "//127.0.0.1:");
}

export function originOf(baseUrl: string): string | null {
  try {
    const { origin, protocol } = new URL(baseUrl.trim());
    return protocol === "http:" || protocol === "https:" ? origin : null;
  } catch {
    // Not an address yet: somebody is still typing it.
    return null;
  }
}

/** Whether the address is on this device, where the browser asks before a page may reach it. */
export function isLoopback(baseUrl: string): boolean {
  const origin = originOf(baseUrl);
  if (origin === null) return false;
  const { hostname } = new URL(origin);
  return (
    hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.")
  );
}

/** How a connection is called where its person gave it no name: by its server and not by its model. */
export function labelFor(preset: ConnectionPreset, baseUrl: string, presets: readonly Preset[]): string {
  if (preset !== "custom") return presets.find((known) => known.id === preset)?.label ?? preset;
  const origin = originOf(baseUrl);
  return origin === null ? "Custom" : new URL(origin).host;
}

/** What is wrong with the form, by field, in words; an empty object is a form that can be saved. */
export interface FormTrouble {
  readonly baseUrl?: string;
  readonly model?: string;
}

export function checkForm(form: { readonly baseUrl: string; readonly model: string }): FormTrouble {
  const trouble: { baseUrl?: string; model?: string } = {};
  if (form.baseUrl.trim() === "")
    trouble.baseUrl = "Enter the address of the server, for example https://api.openai.com/v1.";
  else if (originOf(form.baseUrl) === null)
    trouble.baseUrl = "This is not an address. It begins with https:// or http://.";
  if (form.model.trim() === "") trouble.model = "Enter the name of a model. Test lists those that the server offers.";
  return trouble;
}

/** What a connection shows of its key. */
export function keyWords(connection: Pick<Connection, "keyHint">): string {
  return connection.keyHint === null ? "No key" : `Key ending in ${connection.keyHint}`;
}
