import { serveApp } from "#test/helpers/built-app.ts";
import type { Engine } from "./engine.ts";
import { openHoldfast } from "./page.ts";

/** What a page of this engine has, found out by trying it and not by the engine's name. */
export type Facts = Readonly<Record<string, string>>;

/** The facts about an engine, and which of the app's ways it led to. */
export async function factsOf(engine: Engine): Promise<Facts> {
  const app = await serveApp();
  try {
    const browser = await engine.start();
    try {
      const page = await openHoldfast(browser, app.url);
      return await page.tab.evaluate(tryEverything);
    } finally {
      await browser.close();
    }
  } finally {
    await app.stop();
  }
}

/** Runs in the page. */
async function tryEverything(): Promise<Facts> {
  const words = async (attempt: () => unknown): Promise<string> => {
    try {
      const value = await attempt();
      return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
    } catch (error) {
      return error instanceof Error ? error.name : "no";
    }
  };
  const has = (place: object | undefined, name: string) => place !== undefined && name in place;
  const writeFile = async () => {
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle("engine-facts", { create: true });
    const stream = await file.createWritable();
    await stream.write("words");
    await stream.close();
    const { size } = await file.getFile();
    await root.removeEntry("engine-facts");
    return size === 5;
  };
  const readsExtendedLifetime = () => {
    let isRead = false;
    const options: WorkerOptions & { readonly extendedLifetime: boolean } = {
      get extendedLifetime() {
        isRead = true;
        return true;
      },
    };
    try {
      // Options are read before the address is looked at, and this one is refused.
      new SharedWorker("https://[", options).port.close();
    } catch {
      // What it was made for.
    }
    return isRead;
  };
  return {
    "navigator.storage": await words(() => has(navigator, "storage")),
    "private file system": await words(async () => (await navigator.storage.getDirectory()).kind === "directory"),
    "written and read back by createWritable": await words(writeFile),
    "navigator.storage.persisted()": await words(() => navigator.storage.persisted()),
    "Web Locks": await words(() => has(navigator, "locks")),
    SharedWorker: await words(() => typeof SharedWorker === "function"),
    "SharedWorker's extendedLifetime": await words(readsExtendedLifetime),
    "service worker": await words(() => has(navigator, "serviceWorker")),
    "Trusted Types": await words(() => has(globalThis, "trustedTypes")),
    requestIdleCallback: await words(() => has(globalThis, "requestIdleCallback")),
    "freeze event": await words(() => has(document, "onfreeze") || has(Document.prototype, "onfreeze")),
    "CSS field-sizing": await words(() => CSS.supports("field-sizing", "content")),
  };
}
