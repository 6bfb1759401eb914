import * as v from "valibot";
import type { JsonObject, JsonValue } from "#domain/json.ts";
import type { ToolOutput } from "#domain/tool-call.ts";
import type { ToolName } from "./catalogue.ts";
import { catalogue } from "./catalogue.ts";
import type { CallPreview, Tool, ToolContext } from "./tool.ts";
import { WorkspaceError } from "./tool.ts";

/** Thrown inside a tool for what the input or the files cause; becomes `ok: false` with this sentence. */
export class ToolRefusal extends Error {
  override readonly name = "ToolRefusal";
}

export interface ToolDefinition<Schema extends v.GenericSchema> {
  /** The same shape as in the catalogue: a test compares them. */
  readonly input: Schema;
  /** Missing: the tool's name and reach. Only tools that a person is asked about have more to say. */
  readonly preview?: (input: v.InferOutput<Schema>, context: ToolContext) => Promise<CallPreview>;
  /** May throw ToolRefusal and WorkspaceError; both become a failed output. */
  readonly run: (input: v.InferOutput<Schema>, context: ToolContext) => ToolOutput | Promise<ToolOutput>;
}

/** A tool with the schema that it checks, for the test that compares it with the catalogue. */
export interface DefinedTool extends Tool {
  readonly input: v.GenericSchema;
}

/** Makes a tool of its catalogue entry, its schema and its work. */
export function defineTool<Schema extends v.GenericSchema>(
  name: ToolName,
  definition: ToolDefinition<Schema>,
): DefinedTool {
  const { spec, effect, tier } = catalogue[name];
  const parse = (input: JsonValue) => v.safeParse(definition.input, withoutNulls(input));
  return {
    spec,
    effect,
    tier,
    input: definition.input,
    check: (input) => {
      const parsed = parse(input);
      return parsed.success ? null : correction(spec.name, spec.inputSchema, input, parsed.issues[0]);
    },
    preview: async (input, context) => {
      const plain = { title: plainTitle(spec.name), reason: spec.description };
      const parsed = parse(input);
      if (!parsed.success || definition.preview === undefined) return plain;
      return definition.preview(parsed.output, context).catch((error: unknown) => {
        return { ...plain, reason: refusalOf(error) };
      });
    },
    run: async (input, context) => {
      context.signal.throwIfAborted();
      const parsed = parse(input);
      if (!parsed.success) {
        return { ok: false, text: correction(spec.name, spec.inputSchema, input, parsed.issues[0]) };
      }
      try {
        return await definition.run(parsed.output, context);
      } catch (error) {
        return { ok: false, text: refusalOf(error) };
      }
    },
  };
}

/** The sentence of an expected failure; anything else is a defect (or an abort) and goes on up. */
function refusalOf(error: unknown): string {
  if (error instanceof ToolRefusal || error instanceof WorkspaceError) return error.message;
  throw error;
}

/** Models send null for what they leave out. No tool gives null a meaning of its own. */
function withoutNulls(input: JsonValue): JsonValue {
  if (input === null || typeof input !== "object" || Array.isArray(input)) return input;
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

function plainTitle(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const SHOWN_VALUE_CHARS = 60;

/** What is wrong and what would be right, for a model that has only this sentence to go by. */
function correction(name: string, schema: JsonObject, input: JsonValue, issue: v.BaseIssue<unknown>): string {
  const properties = (schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>;
  const field = issue.path?.[0]?.key;
  if (typeof field !== "string") {
    if (issue.kind === "validation") return `${name}: ${issue.message}`;
    return `${name}: the input must be a JSON object with the fields ${fieldList(properties)}, not ${shown(input)}.`;
  }
  const property = Object.hasOwn(properties, field) ? properties[field] : undefined;
  if (property === undefined) {
    return `${name}: there is no field "${clip(field)}"; the fields are ${fieldList(properties)}.`;
  }
  if (issue.input === undefined) return `${name}: "${field}" is missing; it must be ${described(property)}.`;
  if (issue.kind === "validation" && issue.type === "check") return `${name}: ${issue.message}`;
  return `${name}: "${field}" must be ${described(property)}, not ${shown(issue.input)}.`;
}

function fieldList(properties: Readonly<Record<string, JsonObject>>): string {
  const names = Object.keys(properties);
  return names.length === 0 ? "(none)" : names.join(", ");
}

function described(property: JsonObject): string {
  const values = property["enum"];
  if (Array.isArray(values)) return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  const { minimum, maximum } = property;
  if (minimum !== undefined) return `a whole number from ${JSON.stringify(minimum)} to ${JSON.stringify(maximum)}`;
  const type = property["type"] === "boolean" ? "true or false" : "a string";
  const { description } = property;
  return typeof description === "string" ? `${type} (${description})` : type;
}

function shown(value: unknown): string {
  return clip(JSON.stringify(value) ?? String(value));
}

function clip(text: string): string {
  return text.length > SHOWN_VALUE_CHARS ? `${text.slice(0, SHOWN_VALUE_CHARS)}…` : text;
}
