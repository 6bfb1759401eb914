import type { CDPSession } from "playwright-core";
import { startBrowser } from "#test/helpers/browser.ts";
import { serveApp } from "#test/helpers/built-app.ts";
import { table, type BenchResult } from "./bench.ts";
import { kilobytes } from "./built-files.ts";

export const name =
  "Cold start to a composer that can be used (Chromium, loopback, processor slowed fourfold as on a phone)";

const BUDGET_MS = 1_500;
const SLOWED_BY = 4;
const RUNS = 5;

interface Start {
  readonly usableMs: number;
  /** All scripts that came until then, of the page and of its worker, as they were sent. */
  readonly scriptBytes: number;
  readonly scripts: number;
}

/** Each run has a browser and a profile of its own: nothing is cached, nothing is stored, no service worker answers. */
export async function run(): Promise<BenchResult> {
  const starts: Start[] = [];
  const app = await serveApp();
  try {
    // The first answer of the server compresses each file once, which no visitor of a real host waits for.
    await measure(app.url);
    for (let count = 0; count < RUNS; count += 1) starts.push(await measure(app.url));
  } finally {
    await app.stop();
  }
  const median = starts.toSorted((a, b) => a.usableMs - b.usableMs)[Math.floor(RUNS / 2)];
  if (!median) throw new Error("No run was measured.");
  const rows = [
    ["median to a usable composer", `${median.usableMs.toFixed(0)} ms`],
    ["fastest and slowest", starts.map(({ usableMs }) => usableMs.toFixed(0)).join(", ") + " ms"],
    [`scripts until then (${median.scripts})`, kilobytes(median.scriptBytes)],
  ];
  const sentence = `a usable composer took ${median.usableMs.toFixed(0)} ms of ${BUDGET_MS} ms`;
  return { lines: table(rows), exceeded: median.usableMs > BUDGET_MS ? [sentence] : [] };
}

async function measure(url: string): Promise<Start> {
  const browser = await startBrowser({ viewport: { width: 390, height: 844 } });
  try {
    const page = await browser.context.newPage();
    const session = await browser.context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWED_BY });
    const scripts = await countScripts(session);
    await page.goto(url, { waitUntil: "commit" });
    const composer = '[data-testid="composer"]';
    // Read in the page, by its own clock: what Playwright needs to look is not what a person waits for.
    const usableMs = await page.evaluate(
      (selector) =>
        new Promise<number>((resolve) => {
          const look = () => {
            const element = document.querySelector(selector);
            const isUsable =
              element !== null && !element.matches(":disabled, [aria-disabled=true], [contenteditable=false]");
            if (isUsable) resolve(performance.now());
            else requestAnimationFrame(look);
          };
          look();
        }),
      composer,
    );
    return { usableMs, ...scripts() };
  } finally {
    await browser.close();
  }
}

/** Counts the scripts of the page and of the workers that it starts; the function returns the count so far. */
async function countScripts(session: CDPSession): Promise<() => Omit<Start, "usableMs">> {
  const isScript = new Map<string, boolean>();
  const bytes = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    isScript.set(requestId, response.mimeType === "text/javascript");
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  await session.send("Network.enable");
  return () => {
    const sent = [...bytes].filter(([id]) => isScript.get(id) === true).map(([, length]) => length);
    return { scripts: sent.length, scriptBytes: sent.reduce((sum, length) => sum + length, 0) };
  };
}
