import { type BrowserOptions, startBrowser, type TestBrowser } from "./browser.ts";
import { serveApp, type ServedApp } from "./built-app.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";

export interface Stage {
  /** The production build on a loopback port. */
  readonly app: ServedApp;
  /** A Chromium with a fresh profile on disk. */
  readonly browser: TestBrowser;
  readonly server: ModelServer;
  /** Ends all three, also where ending one fails. */
  readonly close: () => Promise<void>;
}

/**
 * What a story in a browser needs, fresh for each test:
 *
 *     beforeEach(async () => {
 *       const stage = await openStage({ colorScheme: "dark" });
 *       ({ app, browser, server } = stage);
 *       return stage.close;                       // Vitest calls it after the test
 *     });
 */
export async function openStage(options: BrowserOptions = {}): Promise<Stage> {
  const app = await serveApp();
  const server = await startModelServer();
  const browser = await startBrowser(options);
  return {
    app,
    browser,
    server,
    close: async () => {
      const ended = await Promise.allSettled([browser.close(), app.stop(), server.close()]);
      for (const end of ended) if (end.status === "rejected") throw end.reason;
    },
  };
}
