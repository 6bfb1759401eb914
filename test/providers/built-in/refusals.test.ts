import { describe, expect, test } from "vitest";
import { ask, attachment } from "./driver.ts";

/** Open questions, orders for things that no tool does, remarks, and sentences that only sound like an order. */
const NOT_FOR_TOOLS: readonly string[] = [
  "write me a poem",
  "who was Kant",
  "write a haiku about the sea",
  "tell me a joke",
  "what is the meaning of life",
  "explain recursion to a child",
  "how do I cook rice",
  "what's the weather in Berlin",
  "translate good morning to French",
  "is it going to rain tomorrow",
  "write an email to my boss",
  "should I invest in bitcoin",
  "what is the price of a Tesla",
  "who won the world cup in 2014",
  "how many people live in Paris",
  "how many legs does a spider have",
  "how long is the Nile",
  "how far is the moon",
  "how old is the Queen",
  "how fast is light",
  "what time does the shop open",
  "when was Napoleon born",
  "when is the next solar eclipse",
  "write code to sort a list in python",
  "create a website for my bakery",
  "make a plan for my week",
  "make a logo",
  "draw a cat",
  "read my mind",
  "open the door",
  "show me a picture of a cat",
  "find me a cheap flight to Rome",
  "search the web for tents",
  "find a good restaurant nearby",
  "book a table for two",
  "call mom",
  "remind me to buy milk at 5 pm",
  "set a timer for 10 minutes",
  "play some music",
  "count to ten",
  "count sheep",
  "sort out my life",
  "delete my account",
  "delete everything",
  "remove the background of the image",
  "add a feature",
  "change the color to blue",
  "replace my phone",
  "rename my cat",
  "compare apples and oranges",
  "compare Kant and Hegel",
  "what is the difference between a lion and a tiger",
  "summarise the French revolution",
  "summarize War and Peace",
  "give me a summary of the news",
  "keywords for my resume",
  "what are the main points of Hegel",
  "format my hard drive",
  "convert me to Buddhism",
  "convert John to Christianity",
  "encode my message so nobody can read it",
  "hash browns recipe",
  "test my knowledge of history",
  "is this regex good",
  "parse this",
  "what is a URL",
  "what is json",
  "what is yaml used for",
  "how does base64 work",
  "what does sha-256 mean",
  "explain SHA-256",
  "upper case or lower case for titles",
  "should I use camel case in Go",
  "fix my code",
  "why is the sky blue",
  "who are you to judge me",
  "what do you think about love",
  "do you like me",
  "are you alive",
  "you are stupid",
  "I am sad",
  "I lost 5 kg in 3 weeks",
  "I drove 300 km yesterday",
  "the bill was 80 euros",
  "my flight leaves at 15:00",
  "2 people died",
  "5 apples",
  "a",
  "!!!",
  "yes",
  "no",
  "cool",
  "good job",
  "nice",
  "write a list of reasons why cats are great",
  "make a list of the best movies of 2020",
  "list the planets",
  "list all presidents of the USA",
  "list the ingredients of a pizza",
  "create a story with a dragon",
  "note the difference",
  "remember me",
  "remember when we met",
  "save the whales",
  "save me",
  "write it",
  "write to my mom",
  "put the kettle on",
  "boil the kettle",
  "heat the oven to 200 degrees",
  "how long do I boil an egg",
  "how long to boil 3 eggs",
  "how long should pasta boil",
  "how much energy does the sun produce",
  "how much power does a laptop need",
  "what is the power of love",
  "tip me",
  "what is VAT",
  "explain compound interest",
  "what is the interest rate of the ECB",
  "split the atom",
  "divide and conquer",
  "add salt",
  "the 2 of us",
  "where did we go wrong",
  "what happened in 1989",
  "what happened on 9 November 1989",
  "in 2 weeks I will go to Rome",
  "it is 3 weeks after my birthday",
  "weekend plans",
  "time flies",
  "time is money",
  "date night ideas",
  "days of our lives",
  "how long until we reach Mars",
  "how long between oil changes",
  "what day is garbage day",
  "is friday a good day to start",
  "read the book",
  "open a bank account",
  "what's in a name",
  "what is in my head",
  "what's in store",
  "lies, damned lies and statistics",
  "statistics about poverty",
  "analyse the poem",
  "describe the sea",
  "mean of life",
  "search history for wars",
  "look for work",
  "help me write a novel",
  "help me with my homework",
  "what can I do about my noisy neighbour",
  "how does this work in Germany",
  "where is my car",
  "where are my keys",
  "is this safe to eat",
  "privacy laws in Europe",
  "hello world program in C",
  "hi there how are you",
  "how long do I boil an egg for breakfast",
  "write a story to story.md",
  'reverse "hello"',
  "write me a packing list for Norway",
  "make a list of the best films in films.md",
  "aaa",
];

describe("what the built-in agent cannot do", () => {
  test.each(NOT_FOR_TOOLS)("it refuses and runs nothing: %j", async (said) => {
    const { calls, text } = await ask(said);
    expect(calls).toEqual([]);
    expect(text).toMatch(/^I could not map that to a tool\./);
  });

  test("a refusal offers three things that really work, and the way to a model", async () => {
    for (const said of NOT_FOR_TOOLS.filter((_, index) => index % 4 === 0)) {
      const { text } = await ask(said);
      const offers = [...text.matchAll(/\(#\/try\?text=([^)]*)\)/g)].map(([, encoded]) =>
        decodeURIComponent(encoded ?? ""),
      );
      expect(offers).toHaveLength(3);
      expect(text.endsWith("[Connect a model](#/connect)")).toBe(true);
      for (const offer of offers) expect(`${offer}: ${(await ask(offer)).text}`).not.toMatch(/: I could not map/);
    }
  });

  test("the offers are made of the person's own words where they fit", async () => {
    expect((await ask("who was Kant")).text).toContain(
      "[search my sessions for Kant](#/try?text=search%20my%20sessions%20for%20Kant)",
    );
    expect((await ask("please do something nice with report.txt")).text).toContain("report.txt");
    expect((await ask("what do you think of it", { attachments: [attachment("trip.md")] })).text).toContain("trip.md");
  });

  test("a misspelt order is offered in its right spelling and not run", async () => {
    const { calls, text } = await ask("sumarise notes.md");
    expect(calls).toEqual([]);
    expect(text).toContain("- [summarise notes.md](#/try?text=summarise%20notes.md)\n");
  });

  test("a part that fits nothing keeps the whole message from running, and is named", async () => {
    const { calls, text } = await ask('write "a" to a.md, then write me a poem');
    expect(calls).toEqual([]);
    expect(text).toMatch(/^I could not map that to a tool: “write me a poem”\. Nothing was run\./);
  });

  test("an empty message gets a refusal like any other", async () => {
    expect((await ask("")).text).toMatch(/^I could not map that to a tool\./);
  });
});
