import type { JsonValue } from "#domain/json.ts";
import type { Done } from "./step.ts";
import { listField, numberField, stringField } from "./step.ts";

/** What "it" stands for. */
export type Subject =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "quantity"; readonly number: number; readonly unit: string | null; readonly text: string }
  | { readonly kind: "session"; readonly sessionId: string };

/** What can be referred to. Made from the transcript alone, never stored. */
export interface Memory {
  readonly subject: Subject | null;
  /** The file named last, for "the file" when the subject has become something else. */
  readonly path: string | null;
  /** The text that the last tool made, where it made one: what "save the result" saves. */
  readonly output: string | null;
  /** The answer given last, as Markdown: what "save the result" saves where no tool made a text. */
  readonly answer: string | null;
}

export const NO_MEMORY: Memory = { subject: null, path: null, output: null, answer: null };

export function rememberFile(memory: Memory, path: string): Memory {
  return { ...memory, subject: { kind: "file", path }, path };
}

/** What a finished call leaves to refer to. A failed call leaves nothing. */
export function remember(memory: Memory, done: Done): Memory {
  return done.ok ? { ...withSubject(memory, done), output: outputText(done) } : memory;
}

function withSubject(memory: Memory, done: Done): Memory {
  const path = stringField(done.input, "path");
  const named = path === null ? memory : { ...memory, path };
  switch (done.tool) {
    case "write_file":
    case "append_file":
    case "replace_in_file":
    case "read_file":
    case "count_text":
    case "csv_statistics":
    case "test_regex":
    case "summarise":
    case "keywords":
      return path === null ? withText(named, sourceText(done)) : rememberFile(named, path);
    case "rename_file": {
      const to = stringField(done.input, "to");
      return to === null ? named : rememberFile(named, to);
    }
    case "delete_file":
      return { ...memory, subject: null, path: memory.path === path ? null : memory.path };
    case "calculate":
      return withQuantity(named, done);
    case "list_files":
      return withText(named, lines(listField(done.value, "files"), "path"));
    case "find_in_files": {
      const first = stringField(listField(done.value, "matches")[0] ?? null, "path");
      return first === null ? named : rememberFile(named, first);
    }
    case "search_sessions": {
      const sessionId = stringField(listField(done.value, "matches")[0] ?? null, "sessionId");
      return sessionId === null ? named : { ...named, subject: { kind: "session", sessionId } };
    }
    default:
      return withText(named, outputText(done) ?? stringField(done.value, "result"));
  }
}

/** What a call gave as a text of its own: sorted lines, a hash, a patch. Numbers and dates are told by the answer. */
export function outputText(done: Done): string | null {
  switch (done.tool) {
    case "transform_text":
    case "encode_text":
    case "convert_format":
      return stringField(done.value, "text");
    case "hash_text":
      return stringField(done.value, "hash");
    case "diff_text":
      return stringField(done.value, "patch");
    case "summarise":
      return lines(listField(done.value, "sentences"), "text");
    case "keywords":
      return lines(listField(done.value, "keywords"), "word");
    default:
      return null;
  }
}

/** The text that a call worked on, for "it" after a tool that only looked. A summary is a text of its own. */
function sourceText(done: Done): string | null {
  return outputText(done) ?? stringField(done.input, "text");
}

function withText(memory: Memory, text: string | null): Memory {
  return text === null ? memory : { ...memory, subject: { kind: "text", text } };
}

function withQuantity(memory: Memory, done: Done): Memory {
  const number = numberField(done.value, "number");
  const text = stringField(done.value, "result");
  if (number === null || text === null) return withText(memory, text);
  return { ...memory, subject: { kind: "quantity", number, unit: stringField(done.value, "unit"), text } };
}

function lines(rows: readonly JsonValue[], name: string): string {
  return rows.flatMap((row) => stringField(row, name) ?? []).join("\n");
}
