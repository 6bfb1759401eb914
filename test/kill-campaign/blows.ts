import type { Page } from "playwright-core";
import { closeSharedAgent, inSharedAgent } from "#test/helpers/shared-worker.ts";
import type { Blow, BlowKind } from "./plan.ts";
import { pause, type Stage } from "./stage.ts";

/** A blow that fell. */
export interface Struck {
  readonly kind: BlowKind;
  /** Epoch ms of the signal. */
  readonly at: number;
  /** The page had its last word: nothing at all may be lost. */
  readonly isOrderly: boolean;
  /** The page that was hit, and what it showed last where it left in an orderly way is asked of the next one. */
  readonly page: Page;
}

/** The next start after a blow. */
export interface Start {
  readonly page: Page;
  /** Epoch ms at which the browser, or else the page, was asked to start. */
  readonly at: number;
  /** Whether it is a new page: after a worker's death it is the same one. */
  readonly isNewPage: boolean;
}

/** Lets the blow fall on the tab. Resolves when it has. */
export async function strike(stage: Stage, { kind, isSilent }: Blow, page: Page): Promise<Struck> {
  switch (kind) {
    case "browser killed":
      return { kind, at: await stage.browser.kill(), isOrderly: false, page };
    case "renderer killed":
      return { kind, at: await killRenderers(stage, page), isOrderly: false, page };
    case "renderer crashed": {
      const session = await stage.browser.context.newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      const at = Date.now();
      // No answer comes from a page that is gone.
      session.send("Page.crash").catch(() => undefined);
      await crashed;
      return { kind, at, isOrderly: false, page };
    }
    case "worker died":
      return { kind, at: await killWorker(stage, page, isSilent), isOrderly: false, page };
    case "tab closed": {
      const at = Date.now();
      await page.close();
      return { kind, at, isOrderly: true, page };
    }
    case "reload": {
      const at = Date.now();
      await page.reload({ waitUntil: "commit" });
      return { kind, at, isOrderly: true, page };
    }
    case "navigation away": {
      const at = Date.now();
      await page.goto("about:blank");
      return { kind, at, isOrderly: true, page };
    }
  }
}

/**
 * Starts again after a blow, at the same address. Where the blow says so that start is hit as well, in its first
 * moments, and only the one after it is left alone.
 */
export async function startAgain(stage: Stage, struck: Struck, blow: Blow, address: string): Promise<Start> {
  const first = await startOnce(stage, struck, address);
  if (blow.againAfterMs === null || !first.isNewPage) return first;
  await pause(blow.againAfterMs);
  const again = await strike(stage, blow, first.page);
  return startOnce(stage, again, address);
}

async function startOnce(stage: Stage, struck: Struck, address: string): Promise<Start> {
  const at = Date.now();
  switch (struck.kind) {
    case "browser killed":
      await stage.relaunch();
      return { page: await openTab(stage, address), at, isNewPage: true };
    case "renderer killed":
    case "renderer crashed":
    case "tab closed": {
      // The new tab first: a browser without one would end.
      const page = await openTab(stage, address);
      await struck.page.close();
      return { page, at, isNewPage: true };
    }
    case "worker died":
      return { page: struck.page, at: struck.at, isNewPage: false };
    case "reload":
      return { page: struck.page, at: struck.at, isNewPage: true };
    case "navigation away":
      await struck.page.goto(address, { waitUntil: "commit" });
      return { page: struck.page, at, isNewPage: true };
  }
}

/** A tab on its way to an address: it has not loaded yet, so that its start can be hit as well. */
async function openTab(stage: Stage, address: string): Promise<Page> {
  // Chromium may give the tab a process that was kept in reserve and has just been killed: nothing ever comes of it.
  for (let tries = 1; ; tries += 1) {
    const opened = goTo(stage.browser.context.newPage(), address).catch((error: unknown) => {
      if (!/crashed/.test(String(error))) throw error;
      return undefined;
    });
    const page = await Promise.race([opened, pause(TAB_PATIENCE_MS)]);
    if (page !== undefined) return page;
    if (tries === TAB_TRIES) throw new Error("The browser opens no tab any more.");
    void opened.then((late) => late?.close()).catch(() => undefined);
  }
}

const TAB_PATIENCE_MS = 8_000;
const TAB_TRIES = 3;

async function goTo(opening: Promise<Page>, address: string): Promise<Page> {
  const page = await opening;
  await page.goto(address, { waitUntil: "commit" });
  return page;
}

/** SIGKILL for the process of every tab, and with them for all workers. */
async function killRenderers(stage: Stage, page: Page): Promise<number> {
  const { context } = stage.browser;
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) throw new Error("This browser does not tell its processes.");
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const crashed = page.waitForEvent("crash");
  const at = Date.now();
  for (const { id, type } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
  await crashed;
  return at;
}

/** The agent is gone, and its page lives on. */
async function killWorker(stage: Stage, page: Page, isSilent: boolean): Promise<number> {
  const { context } = stage.browser;
  if (stage.host === "shared") {
    const at = Date.now();
    await (isSilent ? closeSharedAgent(context) : inSharedAgent(context, `setTimeout(() => { ${PLANTED} })`));
    return at;
  }
  // Nobody tells a page that its own worker was ended: it finds out after 15 s of silence. So always by an error.
  const isAgent = (url: string) => /\/worker-[^/]*$/.test(url);
  const worker = await stage.until("a worker of the tab", () => page.workers().find((each) => isAgent(each.url())));
  return worker.evaluate((planted) => {
    setTimeout(() => {
      throw new Error(planted);
    });
    return Date.now();
  }, "planted");
}

const PLANTED = "throw new Error('planted');";
