import { describe, expect, test } from "vitest";
import { ask, attachment } from "./driver.ts";
import { realTools } from "./real-tools.ts";

const LIST = "# Packing list\n\n- tent\n- stove\n- map\n";
const CSV = "name,price\ntent,120\nmap,8.5\nrope,21.5\n";

/** What the agent answers with the app's own tools, over files in memory, on Saturday 22 November 2025 at noon in Berlin. */
async function answer(said: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const tools = await realTools(files);
  return (await ask(said, { run: tools.run })).text;
}

describe("the built-in agent with the real tools", { timeout: 60_000 }, () => {
  test("works out how long a kettle takes, with the working", async () => {
    const text = await answer("how long does 2 kW need to heat 1.5 l of water from 15 to 100 °C");
    expect(text).toMatch(/^About \*\*4 min 27 s\*\* if no heat is lost/);
    expect(text).toContain("`1.5 kg * 4186 J/(kg K) * (100 - 15) K / (2 kW) to s` = 266.9 s");
    expect(await answer("How long for 2 kW to boil 1.5 L from 15 C")).toBe(text);
  });

  test("makes the packing list and counts its lines", async () => {
    const tools = await realTools();
    const { calls, text } = await ask("make a packing list in notes.md with tent, stove, map, then count its lines", {
      run: tools.run,
    });
    expect(calls.map(([tool]) => tool)).toEqual(["write_file", "count_text"]);
    expect(await tools.read("notes.md")).toBe(LIST);
    expect(text).toBe("Created `notes.md`, 5 lines.\n\n`notes.md` has **5 lines**.");
  });

  test.each([
    ["12.5 miles in km", "`12.5 miles to km` = **20.1168 km**"],
    ["20% of 84.50", "`20% of 84.50` = **16.9**"],
    ["100 °F in celsius", "`100 degF to degC` = **37.7777777778 °C**"],
    ["2 h 30 min in minutes", "`(2 h + 30 minutes) to minutes` = **150 minutes (2 h 30 min)**"],
    ["60 mph in km/h", "`60 mile/h to km/h` = **96.56064 km/h**"],
    ["500 kcal in kJ", "`500 kcal to kJ` = **2092 kJ**"],
    ["2+2, then multiply it by 3", "`2 + 2` = **4**\n\n`4 * 3` = **12**"],
    [
      "12.5 miles in km, then convert it to m",
      "`12.5 miles to km` = **20.1168 km**\n\n`(20.1168 km) to m` = **20,116.8 m**",
    ],
    ["how long does it take to drive 350 km at 100 km/h", "**3 h 30 min** for 350 km at 100 km/h, without stops."],
    ["how far do I get in 2 hours at 90 km/h", "**180 km** in 2 h at 90 km/h."],
    ["average speed for 42 km in 3 h 30 min", "**12 km/h** on average, for 42 km in 3 h 30 min."],
    [
      "how much fuel for 450 km at 7.5 l/100km and €1.80 per litre",
      "**33.75 l** of fuel for 450 km, costing **60.75 €**.",
    ],
    ["fuel for 300 miles at 30 mpg", "**10 gallons** of fuel for 300 miles."],
    ["15% tip on $84.50 split 4 ways", "- Tip of 15 %: **$12.68** (`84.5 * 15 / 100`)\n- Total: **$97.18**"],
    ["remove 19% VAT from 119 €", "- Net: **100 €** (`119 / (1 + 19 / 100)`)"],
    ["compound interest on 1000 at 5% for 10 years", "Compounded yearly: **1,628.89**"],
    ["100 EUR in USD at 1.08", "At 1.08: **$108** (`100 * 1.08`)"],
  ])("reckons: %s", async (said, begins) => {
    expect((await answer(said)).slice(0, begins.length)).toBe(begins);
  });

  test.each([
    ["what time is it in Tokyo", "**Saturday, 22 November 2025, 20:00 in Tokyo (UTC+9)**"],
    ["15:00 Berlin in New York", "**Saturday, 22 November 2025, 09:00 in New York (UTC-5)**"],
    ["days until 24 December", "**32 days**"],
    ["days until 2 January", "**41 days**"],
    ["how many days since 1 March", "**266 days**"],
    ["days between 1 May and 3 June", "**33 days**"],
    ["3 weeks after 2 May 2025", "**Friday, 23 May 2025**"],
    ["what weekday is 1 January 2030", "**Tuesday, 1 January 2030**"],
    ["how old is someone born on 3 May 1990", "**35 years**"],
    ["how long until christmas", "**33 days**"],
    ["days until easter", "**134 days**"],
    ["how many days in 2024", "**366 days**"],
    ["what is the time difference between Berlin and Tokyo", "**Saturday, 22 November 2025, 20:00 in Tokyo (UTC+9)**"],
  ])("knows the calendar: %s", async (said, begins) => {
    expect((await answer(said)).slice(0, begins.length)).toBe(begins);
  });

  test.each([
    ['count the words in "the quick brown fox"', "The text has **4 words**."],
    ["sort: pear, apple, fig", "```\napple\nfig\npear\n```"],
    ['convert "user id" to snake case', "```\nuser_id\n```"],
    ['base64 encode "hello"', "```\naGVsbG8=\n```"],
    ['decode "aGVsbG8=" from base64', "```\nhello\n```"],
    [
      'sha-256 of "hello"',
      "SHA-256 of the text:\n\n```\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\n```",
    ],
    ['test regex /\\d+/ on "order 66 and 99"', "**2 matches** of `/\\d+/`."],
    ['format json {"a":1}', '```json\n{\n  "a": 1\n}\n```'],
    ['compare "one" with "two"', "**1 line added, 1 line removed.**"],
    ["parse https://example.com/shop?q=tent", "| Part | Value |\n| --- | --- |\n| scheme | `https` |"],
  ])("works on text: %s", async (said, begins) => {
    expect((await answer(said)).slice(0, begins.length)).toBe(begins);
  });

  test.each([
    ["mean of the price column in data.csv", "The mean of `price` is **50** in `data.csv`."],
    ["convert data.csv to a markdown table", "| name | price |"],
    ["statistics of data.csv", "`data.csv`: **3 rows**, 2 columns."],
    ["show notes.md", "`notes.md`:\n\n```md\n# Packing list\n\n- tent\n- stove\n- map\n```"],
    ["find map in my files", "**2 lines** with `map` in your files:"],
    ["list my files", "**2 files**\n\n- `data.csv`, 38 bytes"],
    ["show nothing.md", "There is no file nothing.md in the workspace."],
    ["how many times does tent occur in notes.md", "`tent` occurs **1 time** in `notes.md`."],
  ])("reads files: %s", async (said, begins) => {
    expect((await answer(said, { "notes.md": LIST, "data.csv": CSV })).slice(0, begins.length)).toBe(begins);
  });

  test.each([
    ["add soap to notes.md", `${LIST}- soap\n`],
    ["add soap, towel and brush to notes.md", `${LIST}- soap\n- towel\n- brush\n`],
    ["remove stove from notes.md", "# Packing list\n\n- tent\n- map\n"],
    ["replace tent with tarp in notes.md", "# Packing list\n\n- tarp\n- stove\n- map\n"],
    ["sort notes.md, then save the result to notes.md", "\n- map\n- stove\n- tent\n# Packing list\n"],
    ["20% of 84.50, then save the result to notes.md", "`20% of 84.50` = **16.9**\n"],
    ["copy data.csv to notes.md", CSV],
  ])("changes files: %s", async (said, content) => {
    const tools = await realTools({ "notes.md": LIST, "data.csv": CSV });
    await ask(said, { run: tools.run });
    expect(await tools.read("notes.md")).toBe(content);
  });

  test("a sentence about a written file is not a result that is saved", async () => {
    expect(await answer('write "b" to x.txt, then save the result to y.txt')).toBe(
      "Created `x.txt`, 1 line.\n\nThere is no result yet to save.",
    );
  });

  test("goes on over several messages: make, add, rename, show", async () => {
    const tools = await realTools();
    let before = (await ask("make a shopping list in shop.md with milk", { run: tools.run })).messages;
    for (const said of ["add bread to it", "rename it to food.md", "replace milk with oat milk in it"]) {
      before = (await ask(said, { run: tools.run, before })).messages;
    }
    expect(await tools.read("food.md")).toBe("# Shopping list\n\n- oat milk\n- bread\n");
    expect((await ask("show it", { run: tools.run, before })).text).toContain("- oat milk\n- bread");
  });

  test("a file that is too long for one reading is not copied in part", async () => {
    const tools = await realTools({ "long.txt": "line\n".repeat(10_000) });
    expect((await ask("copy long.txt to b.txt", { run: tools.run })).text).toMatch(
      /too long to be copied in one piece\. Nothing was written\./,
    );
    await expect(tools.read("b.txt")).rejects.toThrow("b.txt");
  });

  test("works on the file beside the message, whatever its name", async () => {
    const tools = await realTools({
      "my trip.md": "Kettles heat water. A kettle boils a litre in three minutes. The map shows the way.",
    });
    const attachments = [attachment("my trip.md")];
    expect((await ask("summarise this file", { run: tools.run, attachments })).text).toMatch(
      /^Sentences taken from `my trip\.md`/,
    );
    expect((await ask("how many words does my trip.md have", { run: tools.run, attachments })).text).toBe(
      "`my trip.md` has **16 words**.",
    );
  });

  test("finds places in sessions, with links that jump to them", async () => {
    const tools = await realTools({}, [{ sessionId: "s1", title: "Tea", turnSeq: 4, snippet: "the kettle boils" }]);
    expect((await ask("search my sessions for kettle", { run: tools.run })).text).toBe(
      "**1 place** with “kettle”:\n\n- [Tea](#/s/s1?turn=4): the kettle boils",
    );
  });
});
