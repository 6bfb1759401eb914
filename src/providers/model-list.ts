import type { JsonValue } from "#domain/json.ts";
import type { ListedModel, WireValue } from "./provider.ts";
import { listAt, numberAt, textAt } from "./wire-value.ts";

/** Names of models that give no text: offered in the same list, of no use here. */
const NOT_FOR_TEXT =
  /embed|whisper|\btts\b|-tts|dall-e|gpt-image|moderation|rerank|transcribe|-realtime|-audio|^sora|^(babbage|davinci)-/i;

/** The models in the answer to GET /models, sorted by id; null where the answer is no list. */
export function readModelList(body: WireValue): ListedModel[] | null {
  const rows = Array.isArray(body) ? body : firstList(body);
  if (rows === null) return null;
  const models = rows.flatMap(readModel);
  if (models.length === 0 && rows.length > 0) return null;
  const forText = models.filter(({ id }) => !NOT_FOR_TEXT.test(id));
  return (forText.length > 0 ? forText : models).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** OpenAI says `data`, some proxies `models`. An empty list is a list. */
function firstList(body: WireValue): readonly JsonValue[] | null {
  for (const name of ["data", "models"]) {
    const rows = listAt(body, name);
    if (rows.length > 0) return rows;
  }
  return textAt(body, "object") === "list" ? [] : null;
}

const CONTEXT_FIELDS = ["context_length", "max_context_length", "context_window", "max_model_len"];

function readModel(row: JsonValue): ListedModel[] {
  const id = typeof row === "string" ? row : (textAt(row, "id") ?? textAt(row, "name"));
  if (id === null || id === "") return [];
  const contextTokens = CONTEXT_FIELDS.map((name) => numberAt(row, name)).find((count) => count !== null) ?? null;
  return [{ id, label: textAt(row, "display_name") ?? textAt(row, "name") ?? id, contextTokens }];
}

/** Whether the list offers the model; Ollama takes a name without its tag for `:latest`. */
export function isListed(models: readonly ListedModel[], model: string): boolean {
  return models.some(({ id }) => id === model || id === `${model}:latest`);
}
