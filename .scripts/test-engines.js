/**
 * `npm run test:engines`: the stories of test/engines in Chromium, Firefox and WebKit, as far as they can be had here, and a
 * table of what passed. Arguments pick engines by name and stories by parts of their titles:
 * `npm run test:engines -- firefox webkit reload`.
 */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";
import { findBrowser } from "./find-browser.js";
import { findFirefox, findWebKit } from "./find-engines.js";

const runner = fileURLToPath(new URL("../test/engines/run.ts", import.meta.url));

/** @typedef {import("#test/engines/engine.ts").Engine} Engine */
/** @typedef {import("#test/engines/run.ts").Outcome} Outcome */

const NAMES = /** @type {const} */ (["chromium", "firefox", "webkit"]);

const WORDS = { passed: "passed", failed: "FAILED", "not-possible": "–" };

/**
 * @param {string[]} args
 * @returns {Promise<number>} 1 when a story failed, or an engine that was asked for by name is missing
 */
export async function main(args) {
  /** @type {{ module: typeof import("#test/engines/run.ts") }} */
  const { module: run } = await runnerImport(runner);
  const named = NAMES.filter((name) => args.includes(name));
  const stories = run.chosenStories(args.filter((arg) => !NAMES.some((name) => name === arg)));
  if (stories.length === 0) throw new Error(`No story is named ${args.join(" or ")}.`);
  // By an exit and not by the signal itself: only so the browsers of the story that runs are taken along.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  await run.prepare();
  let isFailed = false;
  /** @type {{ version: string, outcomes: Outcome[], facts: import("#test/engines/facts.ts").Facts }[]} */
  const columns = [];
  for (const name of named.length > 0 ? named : NAMES) {
    const engine = await find(name, run.engines);
    if (typeof engine === "string") {
      console.log(engine);
      isFailed ||= named.includes(name);
      continue;
    }
    const column = { version: engine.name, outcomes: /** @type {Outcome[]} */ ([]), facts: await run.factsOf(engine) };
    columns.push(column);
    for (const story of stories) {
      const outcome = await run.runStory(engine, story);
      column.version = outcome.version;
      column.outcomes.push(outcome);
      isFailed ||= outcome.kind === "failed";
      console.log(`${outcome.version}: ${story.title}: ${told(outcome)}`);
    }
  }
  console.log(`\n${table(stories, columns)}`);
  console.log(`\n${factsTable(columns)}`);
  return isFailed ? 1 : 0;
}

/**
 * @param {(typeof NAMES)[number]} name
 * @param {typeof import("#test/engines/run.ts").engines} engines
 * @returns {Promise<Engine | string>} the sentence says what is missing
 */
async function find(name, engines) {
  switch (name) {
    case "chromium":
      await findBrowser();
      return engines.chromium();
    case "firefox": {
      const firefox = findFirefox();
      return "found" in firefox ? engines.firefox(firefox.found) : firefox.missing;
    }
    case "webkit": {
      const webkit = findWebKit();
      return "found" in webkit ? engines.webkit(webkit.found) : webkit.missing;
    }
  }
}

/** @param {Outcome} outcome */
function told(outcome) {
  switch (outcome.kind) {
    case "passed":
      return `passed (${outcome.seconds.toFixed(0)} s)`;
    case "failed":
      return `FAILED\n${outcome.error instanceof Error ? outcome.error.stack : String(outcome.error)}`;
    case "not-possible":
      return `not possible here: ${outcome.reason}`;
  }
}

/**
 * @param {readonly { title: string }[]} stories
 * @param {readonly { version: string, outcomes: readonly Outcome[] }[]} columns
 */
function table(stories, columns) {
  /** @type {string[]} */
  const reasons = [];
  const noted = (/** @type {Outcome | undefined} */ outcome) => {
    if (outcome === undefined) return "";
    if (outcome.kind !== "not-possible") return WORDS[outcome.kind];
    if (!reasons.includes(outcome.reason)) reasons.push(outcome.reason);
    return `${WORDS[outcome.kind]} (${reasons.indexOf(outcome.reason) + 1})`;
  };
  const rows = stories.map(({ title }, index) => [title, ...columns.map(({ outcomes }) => noted(outcomes[index]))]);
  const lines = linesOf(["story", ...columns.map(({ version }) => version)], rows);
  return [...lines, ...reasons.map((reason, index) => `(${index + 1}) not possible here: ${reason}`)].join("\n");
}

/** @param {readonly { version: string, facts: import("#test/engines/facts.ts").Facts }[]} columns */
function factsTable(columns) {
  const names = Object.keys(columns[0]?.facts ?? {}).sort();
  const rows = names.map((name) => [name, ...columns.map(({ facts }) => facts[name] ?? "")]);
  return linesOf(["tried in a page", ...columns.map(({ version }) => version)], rows).join("\n");
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function linesOf(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
