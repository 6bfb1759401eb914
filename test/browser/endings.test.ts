import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import { serveApp, type ServedApp } from "#test/helpers/built-app.ts";
import { type HoldfastPage, openHoldfast } from "#test/helpers/holdfast-page.ts";
import { answer, longAnswer, MALFORMED_EVENT, status, webPage } from "#test/helpers/model-replies.ts";
import { type ModelServer, type Reply, startModelServer } from "#test/helpers/model-server.ts";

const FINE = "All is well again.";

let app: ServedApp;
let browser: TestBrowser;
let server: ModelServer;
let holdfast: HoldfastPage;

/** One browser for all: each ending has a session of its own. */
beforeAll(async () => {
  app = await serveApp();
  // One story shortens the limits of the agent's worker from outside, which can be done to a page's own.
  browser = await startBrowser({ hasSharedWorkers: false });
  server = await startModelServer({ cors: { exposeHeaders: ["retry-after"] } });
  server.always(answer({ text: FINE }));
  holdfast = await openHoldfast(browser, app.url);
  await holdfast.connect(server.baseUrl, { apiKey: "sk-test-4711" });
  await askBeforeGoingOn();
});

afterAll(async () => {
  await browser.close();
  await app.stop();
  await server.close();
});

beforeEach(async () => {
  server.requests.length = 0;
  await holdfast.page.evaluate(() => (location.hash = "#/new"));
  await holdfast.questions.first().waitFor({ state: "detached" });
  await holdfast.ready();
});

/** An interrupted answer stays as it is until the person decides, so that it can be looked at. */
async function askBeforeGoingOn(): Promise<void> {
  const { page } = holdfast;
  await page.evaluate(() => (location.hash = "#/settings/agent"));
  await page.getByRole("radio", { name: "Ask me" }).check();
  await page.getByText("Saved", { exact: true }).waitFor();
}

interface Ending {
  readonly state: "error" | "interrupted" | "no-answer";
  readonly words: string | RegExp;
  /** What had arrived of the answer. */
  readonly kept?: string;
}

/** The ending is on screen, a reload changes nothing of it, and Retry sends the message again and brings an answer. */
async function endsAs({ state, words, kept = "" }: Ending, mendCause = () => {}): Promise<void> {
  await holdfast.says(words);
  await holdfast.idle();
  expect(await holdfast.status()).toBe(state);
  expect(await holdfast.reply()).toBe(kept);
  const before = await holdfast.answer.innerText();

  await holdfast.reload();
  await holdfast.says(words);
  expect(await holdfast.status()).toBe(state);
  expect(await holdfast.answer.innerText()).toBe(before);
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("Are you there?")]);

  mendCause();
  const tries = server.requests.length;
  await holdfast.answer.getByRole("button", { name: "Retry" }).click();
  await holdfast.says(FINE);
  await holdfast.idle();
  expect(await holdfast.status()).toBe("completed");
  expect(await holdfast.questions.allInnerTexts()).toEqual([expect.stringContaining("Are you there?")]);
  expect(server.requests).toHaveLength(tries + 1);
}

interface Case extends Ending {
  readonly name: string;
  readonly replies: readonly Reply[];
}

const SAYS = { error: { message: "Incorrect API key provided." } };
const SOON = { headers: { "retry-after": "0" } };

const CASES: readonly Case[] = [
  {
    name: "a refused key (401)",
    replies: [status(401, { body: SAYS })],
    state: "error",
    words: /refused the API key: check it, or paste a new one/,
  },
  {
    name: "a failure of the server (500), four times over",
    replies: Array.from({ length: 4 }, () => status(500, SOON)),
    state: "error",
    words: /had a failure of its own \(status 500\): try again in a while\./,
  },
  {
    name: "a stream that is cut",
    replies: [answer({ text: "Half of what I wanted to s", hasDone: false, finishReason: null, usage: null })],
    state: "interrupted",
    words: "The connection dropped.",
    kept: "Half of what I wanted to s",
  },
  {
    name: "a piece of the stream that cannot be read",
    replies: [answer({ text: "So far so good, but then", inserted: [{ afterDeltas: 3, raw: MALFORMED_EVENT }] })],
    state: "error",
    words: /sent something that cannot be read, so the answer ends early/,
    kept: "So far so good, but then",
  },
  {
    name: "an empty answer",
    replies: [answer({ text: "" })],
    state: "no-answer",
    words: "The model returned nothing usable.",
  },
  {
    name: "a page in place of an API",
    replies: [webPage()],
    state: "error",
    words: /offers no chat API at this address: check the base URL/,
  },
];

for (const ending of CASES) {
  test(`[E4] [R8] [S3] ${ending.name} is told in words, survives a reload, and Retry brings an answer`, async () => {
    server.reply(...ending.replies);
    await holdfast.send("Are you there?");
    await endsAs(ending);
    expect(server.requests).toHaveLength(ending.replies.length + 1);
  });
}

test("[E4] [R8] a socket that is destroyed in the middle keeps what had arrived", async () => {
  server.reply(longAnswer({ words: 100, seconds: 1, continuation: "continue", cutAfterBytes: 4000 }));
  await holdfast.send("Are you there?");
  await holdfast.says("The connection dropped.");
  const arrived = await holdfast.reply();
  expect(arrived).toMatch(/^word-1 word-2 /);
  await endsAs({ state: "interrupted", words: /Saved up to .*; nothing is missing\./, kept: arrived });
});

test("[E4] [R8] too many requests (429): the wait that the server asks for is shown and kept; asked to wait an hour, the person decides", async () => {
  const body = { error: { message: "Slow down." } };
  server.reply(
    status(429, { headers: { "retry-after": "3" }, body }),
    status(429, { headers: { "retry-after": "3600" }, body }),
  );
  await holdfast.send("Are you there?");
  await holdfast.says(/Trying again in \d s\./);
  expect(await holdfast.status()).toBe("running");
  await endsAs({ state: "error", words: /takes no more requests for now: wait a little, then try again\./ });
  const [first, second] = server.requests;
  const refusedAt = first?.writes[0]?.at ?? Number.NaN;
  expect((second?.writes[0]?.at ?? Number.NaN) - refusedAt).toBeGreaterThanOrEqual(2990);
});

test("[E4] [R8] a server that does not let the page in (CORS) is named as that, with the origin that it has to allow", async () => {
  server.cors = null;
  await holdfast.send("Are you there?");
  await holdfast.says(/does not let this page in/);
  expect(await holdfast.answer.innerText()).toContain(new URL(app.url).origin);
  await endsAs({ state: "error", words: /does not let this page in/ }, () => (server.cors = {}));
});

test("[E4] [R8] a server that falls silent in the middle: what had arrived stays, and the silence is named", async () => {
  server.reply(longAnswer({ words: 100, seconds: 1, continuation: "continue", stallAfterBytes: 4000 }));
  await holdfast.reload();
  await shortenLongTimers();
  await holdfast.send("Are you there?");
  await holdfast.says("The model stopped sending in the middle of its answer.");
  const arrived = await holdfast.reply();
  expect(arrived).toMatch(/^word-1 word-2 /);
  await endsAs({
    state: "interrupted",
    words: "The model stopped sending in the middle of its answer.",
    kept: arrived,
  });
});

/** The agent waits three quarters of a minute before it calls silence silence: here its clock runs faster. */
async function shortenLongTimers(): Promise<void> {
  const [agent] = holdfast.page.workers();
  if (agent === undefined) throw new Error("The page has no worker.");
  await agent.evaluate(() => {
    const after = self.setTimeout;
    const shortened = (run: () => void, ms = 0) => after(run, ms >= 30_000 ? 1500 : ms);
    Object.assign(self, { setTimeout: shortened });
  });
}
