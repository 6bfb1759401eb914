import { expect, test } from "vitest";
import { loadTool } from "./tool-world.ts";

async function sentence(name: string, input: Parameters<Awaited<ReturnType<typeof loadTool>>["check"]>[0]) {
  return (await loadTool(name)).check(input);
}

test("a missing field is named, with what it is for", async () => {
  expect(await sentence("calculate", {})).toMatch(/^calculate: "expression" is missing; it must be a string \(e\.g\. /);
});

test("an unknown field is named, with those there are", async () => {
  expect(await sentence("calculate", { expression: "1", precision: 3 })).toBe(
    'calculate: there is no field "precision"; the fields are expression.',
  );
  expect(await sentence("list_files", { path: "x" })).toBe(
    'list_files: there is no field "path"; the fields are (none).',
  );
});

test("a value of another kind is shown beside what it must be", async () => {
  expect(await sentence("summarise", { text: "x", sentences: "many" })).toBe(
    'summarise: "sentences" must be a whole number from 1 to 30, not "many".',
  );
  expect(await sentence("summarise", { text: "x", sentences: 2.5 })).toContain("whole number from 1 to 30, not 2.5");
  expect(await sentence("hash_text", { algorithm: "md5", text: "x" })).toBe(
    'hash_text: "algorithm" must be one of "sha-1", "sha-256", "sha-384", "sha-512", not "md5".',
  );
  expect(await sentence("find_in_files", { query: "x", isPattern: "yes" })).toContain("true or false");
});

test("something that is no object at all is answered with the fields", async () => {
  expect(await sentence("read_file", "notes.md")).toBe(
    'read_file: the input must be a JSON object with the fields path, fromLine, lineCount, not "notes.md".',
  );
});

test("two sources, or none, are refused with the rule", async () => {
  for (const input of [{}, { text: "a", path: "b" }]) {
    expect(await sentence("count_text", input)).toBe(
      'count_text: give exactly one of "text" (the text itself) and "path" (a workspace file).',
    );
  }
});

test("null counts as left out, as models send it", async () => {
  expect(await sentence("count_text", { text: "a", path: null })).toBeNull();
});

test("[V4] a huge wrong value does not make a huge sentence", async () => {
  const said = await sentence("hash_text", { algorithm: "x".repeat(5_000_000), text: "" });
  expect(said?.length).toBeLessThan(300);
});
