import { serveApp } from "#test/helpers/built-app.ts";
import { startModelServer } from "#test/helpers/model-server.ts";
import { builtApp, BUILT_APP_VARIABLE } from "#test/helpers/prepared.ts";
import { chromium } from "./chromium.ts";
import { type Engine, NotPossible } from "./engine.ts";
import { factsOf } from "./facts.ts";
import { firefox } from "./firefox.ts";
import { STORIES, type Story } from "./stories.ts";
import { webkit } from "./webkit.ts";

export type Outcome =
  | { readonly kind: "passed"; readonly seconds: number }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "not-possible"; readonly reason: string };

export { factsOf };

export const engines = { chromium, firefox, webkit };

/** Builds the app once, so that all stories of a run see the same one, also when somebody changes the sources meanwhile. */
export async function prepare(): Promise<void> {
  process.env[BUILT_APP_VARIABLE] = await builtApp();
}

/** Stories of which the title has one of these words in it; all for no word. */
export function chosenStories(words: readonly string[]): readonly Story[] {
  return STORIES.filter(({ title }) => words.length === 0 || words.some((word) => title.includes(word)));
}

/** Runs a story in a browser and on servers of its own. Never rejects. */
export async function runStory(engine: Engine, story: Story): Promise<Outcome & { readonly version: string }> {
  const startedAt = Date.now();
  let version = engine.name;
  try {
    const app = await serveApp();
    const server = await startModelServer();
    try {
      const browser = await engine.start();
      try {
        version = browser.version;
        await story.run({ app, server, engine, browser });
      } finally {
        await browser.close();
      }
    } finally {
      await app.stop();
      await server.close();
    }
    return { kind: "passed", seconds: (Date.now() - startedAt) / 1000, version };
  } catch (error) {
    if (error instanceof NotPossible) return { kind: "not-possible", reason: error.message, version };
    return { kind: "failed", error, version };
  }
}
