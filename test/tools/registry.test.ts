import { toJsonSchema } from "@valibot/to-json-schema";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "#domain/json.ts";
import { catalogue } from "#tools/catalogue.ts";
import type { DefinedTool } from "#tools/define-tool.ts";
import { callTier, findTool, toolEntries } from "#tools/registry.ts";
import { loadTool, toolWorld } from "./tool-world.ts";

const names = toolEntries.map((entry) => entry.spec.name);

test("every tool is found by its name, and an unknown name finds none", () => {
  expect(names).toEqual(Object.keys(catalogue));
  expect(new Set(names).size).toBe(names.length);
  for (const entry of toolEntries) expect(findTool(entry.spec.name)).toBe(entry);
  for (const name of ["", "constructor", "__proto__", "Calculate"]) expect(findTool(name)).toBeUndefined();
});

describe.each(names)("%s", (name) => {
  test("[T1] the loaded tool is the one of the entry, with its effect and tier", async () => {
    const entry = findTool(name);
    const tool = await loadTool(name);
    expect(tool.spec).toBe(entry?.spec);
    expect([tool.effect, tool.tier]).toEqual([entry?.effect, entry?.tier]);
  });

  test("[T3] what a model is told of the input is what is checked", async () => {
    const tool = (await loadTool(name)) as DefinedTool;
    const { $schema, ...checked } = toJsonSchema(tool.input, { errorMode: "ignore" }) as Record<string, JsonValue>;
    expect($schema).toBeDefined();
    expect(withoutWords(tool.spec.inputSchema)).toEqual(withoutWords(checked));
  });

  test("the schema is of the kind that every provider takes", async () => {
    const { inputSchema, description } = (await loadTool(name)).spec;
    expect(Object.keys(inputSchema).toSorted()).toEqual(["additionalProperties", "properties", "required", "type"]);
    expect(description.length).toBeGreaterThan(20);
    expect(name).toMatch(/^[a-z_]{1,64}$/);
  });

  test("an input of another shape is refused with a sentence and never thrown", async () => {
    const world = toolWorld();
    const tool = await loadTool(name);
    for (const input of [null, 1, "x", [], { nonsense: 1 }, { text: {}, path: [], query: 1 }] as JsonValue[]) {
      const sentence = tool.check(input);
      if (sentence === null) continue;
      expect(sentence).toMatch(/^[a-z_]+: .*\.$/s);
      expect(await world.run(name, input)).toEqual({ ok: false, text: sentence });
      expect((await tool.preview(input, world.context)).title).not.toBe("");
    }
  });

  test("[C2] a call that was stopped before it began does nothing", async () => {
    const world = toolWorld();
    world.stop.abort();
    await expect(world.run(name, {})).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

test("[T1] only tools that write ask, and each of them says what a second run would do", () => {
  const writing = toolEntries.filter((entry) => entry.tier >= 3).map((entry) => [entry.spec.name, entry.effect]);
  expect(writing).toEqual([
    ["write_file", "idempotent"],
    ["append_file", "once"],
    ["replace_in_file", "once"],
    ["rename_file", "once"],
    ["delete_file", "idempotent"],
  ]);
  expect(toolEntries.filter((entry) => entry.tier < 3).every((entry) => entry.effect === "pure")).toBe(true);
});

test("a call that reads another session reaches as far as searching them", () => {
  const summarise = findTool("summarise");
  const calculate = findTool("calculate");
  if (summarise === undefined || calculate === undefined) throw new Error("tools are missing");
  expect(callTier(summarise, { sessionId: "x" })).toBe(2);
  expect(callTier(summarise, { text: "x", sessionId: null })).toBe(1);
  expect(callTier(summarise, null)).toBe(1);
  expect(callTier(calculate, { expression: "1" })).toBe(0);
});

/** Descriptions are for models and stand only in the catalogue; a non-empty string is checked with a sentence of its own. */
function withoutWords(schema: JsonObject): JsonObject {
  const properties = (schema["properties"] ?? {}) as Record<string, Record<string, JsonValue>>;
  const plain = Object.entries(properties).map(([name, property]) => {
    const { description: _, ...rest } = property;
    return [name, rest];
  });
  return { required: [], ...schema, properties: Object.fromEntries(plain) as JsonObject };
}
