import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { converted, formatOf } from "#tools/convert-format.ts";
import { numberIn } from "#tools/csv-statistics.ts";
import { readCsv, writeCsv } from "#tools/table-values.ts";
import { toolWorld } from "./tool-world.ts";

const world = toolWorld();
const refused = expect.objectContaining({ name: "ToolRefusal" });

describe("convert_format", () => {
  test.each([
    ["name,age\nAnn,3\n", "csv", "json", '[\n  {\n    "name": "Ann",\n    "age": 3\n  }\n]\n'],
    ["a;b\n1;x\n", "csv", "json", '[\n  {\n    "a": 1,\n    "b": "x"\n  }\n]\n'],
    ['{"b":1,"a":[true,null]}', "json", "json", '{\n  "b": 1,\n  "a": [\n    true,\n    null\n  ]\n}\n'],
    ['[{"a":1},{"b":"x,y"}]', "json", "csv", 'a,b\n1,\n,"x,y"\n'],
    ['{"a":{"b":1}}', "json", "csv", 'a\n"{""b"":1}"\n'],
    ["[1,2]", "json", "csv", "value\n1\n2\n"],
    ['[["a","b"],[1,2]]', "json", "csv", "a,b\n1,2\n"],
    ["- a: 1\n  b: x\n", "yaml", "csv", "a,b\n1,x\n"],
    ['[{"a":"x|y","b":"two\\nlines"}]', "json", "markdown-table", "| a | b |\n| --- | --- |\n| x\\|y | two lines |\n"],
    ["a: 1 # one\nb: [x]\n", "yaml", "yaml", "a: 1\nb:\n  - x\n"],
    ["id,zip\n1,01234\n", "csv", "json", '[\n  {\n    "id": 1,\n    "zip": "01234"\n  }\n]\n'],
    ["__proto__,constructor\n1,2\n", "csv", "json", '[\n  {\n    "__proto__": 1,\n    "constructor": 2\n  }\n]\n'],
    ["a,a,\n1,2,3\n", "csv", "json", '[\n  {\n    "a": 1,\n    "a (2)": 2,\n    "column 3": 3\n  }\n]\n'],
  ] as const)("%j from %s to %s", (text, from, to, expected) => expect(converted(text, from, to)).toBe(expected));

  test.each([
    ['{"a":1', "json"],
    ["a: [1", "yaml"],
    ["a: &a [*a]", "yaml"],
    ['a,b\n"1,2\n', "csv"],
    ["", "csv"],
    ["", "json"],
  ] as const)("%j is refused as %s", (text, from) => expect(() => converted(text, from, "json")).toThrow(refused));

  test("a mistake in JSON is told with its line", () => {
    expect(() => converted('{\n  "a": 1,\n  x\n}', "json", "json")).toThrow(/line 3/);
  });

  test("YAML that multiplies itself is refused instead of filling the memory", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghij"
        .split("")
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefghij"[index] ?? ""}`).join(",")}]`,
        ),
    ].join("\n");
    expect(() => converted(bomb, "yaml", "json")).toThrow(refused);
  });

  test.each([
    ['{"a":1}', "json"],
    ["\n [1]", "json"],
    ["a,b\n1,2", "csv"],
    ["a;b\n1;2", "csv"],
    ["a: 1\nb: 2", "yaml"],
    ["- a\n- b", "yaml"],
    ["key: a, b\nother: c, d", "yaml"],
    ["plain words", "yaml"],
  ] as const)("%j is taken for %s", (text, format) => expect(formatOf(text)).toBe(format));

  const cell = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("", '"', ",", "a\nb", "\r\n", "007", " x ", "'", ";\t|"),
  );
  test("a CSV that was written is read back cell for cell", () => {
    const tables = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.array(
        fc.array(cell, { minLength: width, maxLength: width }).map((row) => ["x", ...row]),
        { minLength: 1, maxLength: 5 },
      ),
    );
    fc.assert(
      fc.property(tables, (rows) => {
        const columns = (rows[0] ?? []).map((_, index) => `c${String(index)}`);
        expect(readCsv(writeCsv(columns, rows))).toMatchObject({ columns, rows });
      }),
    );
  });

  test("rows go from JSON to CSV and back, and to YAML and back", () => {
    const value = fc.oneof(
      fc
        .string({ unit: "grapheme", minLength: 1 })
        .filter((text) => !/^(?:true|false)$/.test(text) && String(Number(text)) !== text),
      fc.integer(),
      fc.boolean(),
    );
    const rows = fc.array(fc.record({ a: value, b: value, c: value }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rows, (written) => {
        const json = JSON.stringify(written);
        expect(JSON.parse(converted(converted(json, "json", "csv"), "csv", "json"))).toEqual(written);
        expect(JSON.parse(converted(converted(json, "json", "yaml"), "yaml", "json"))).toEqual(written);
      }),
    );
  });
});

describe("csv_statistics", () => {
  test("each column with what fits its kind", async () => {
    const text = "n,when,ok,name,none\n1,2024-02-01,true,b,\n0.1,2024-01-01,false,a,\n0.2,2024-03-01,true,,\n,,,a,\n";
    const value = await world.value("csv_statistics", { text });
    expect(value["rows"]).toBe(4);
    expect(value["columns"]).toMatchObject([
      {
        name: "n",
        type: "number",
        count: 3,
        empty: 1,
        distinct: 3,
        min: 0.1,
        max: 1,
        mean: 0.433333333333,
        median: 0.2,
        sum: 1.3,
        deviation: 0.493288286232,
      },
      { name: "when", type: "date", min: "2024-01-01", max: "2024-03-01", mean: null },
      { name: "ok", type: "boolean", count: 3, distinct: 2 },
      { name: "name", type: "text", count: 3, empty: 1, distinct: 2, min: "a", max: "b" },
      { name: "none", type: "empty", count: 0, empty: 4, min: null },
    ]);
  });

  test("one column by its header, whatever its case; an unknown one is refused with those there are", async () => {
    const text = "Price;Name\n1,50;a\n2.000,50;b\n";
    expect((await world.value("csv_statistics", { text, column: "price" }))["columns"]).toMatchObject([
      { name: "Price", sum: 2002 },
    ]);
    expect(await world.refusal("csv_statistics", { text, column: "x" })).toBe(
      'There is no column "x". The columns are "Price", "Name".',
    );
  });

  test.each([
    ["1,234.5", false, 1234.5],
    ["1.234,5", true, 1234.5],
    ["-3", false, -3],
    ["2e3", false, 2000],
    ["5 kg", false, null],
    ["1-2", false, null],
    ["", false, null],
    ["Infinity", false, null],
  ] as const)("%j with a decimal comma: %s is %s", (cell, hasComma, expected) =>
    expect(numberIn(cell, hasComma)).toBe(expected),
  );

  test("the sum of cents is exact", async () => {
    const text = `n,x\n${"0.1,x\n".repeat(1000)}`;
    expect((await world.value("csv_statistics", { text, column: "n" }))["columns"]).toMatchObject([
      { sum: 100, mean: 0.1, deviation: 0 },
    ]);
  });

  test("mean and sum are those of the numbers, and the median lies between min and max", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 50 }),
        async (numbers) => {
          const { columns } = (await world.value("csv_statistics", {
            text: `n,x\n${numbers.map((number) => `${String(number)},x`).join("\n")}`,
          })) as { columns: unknown };
          const [{ sum, mean, median, min, max }] = columns as [Record<string, number>] as [
            { sum: number; mean: number; median: number; min: number; max: number },
          ];
          expect(sum).toBe(numbers.reduce((a, b) => a + b, 0));
          expect(mean).toBeCloseTo(sum / numbers.length, 5);
          expect(median).toBeGreaterThanOrEqual(min);
          expect(median).toBeLessThanOrEqual(max);
        },
      ),
    );
  });
});
