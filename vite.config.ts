import { rescuePage } from "./.scripts/rescue-page-plugin.ts";
import { serviceWorker } from "./.scripts/service-worker-plugin.ts";
import { defineConfig } from "vitest/config";

import packageFile from "./package.json" with { type: "json" };

/**
 * What a page or a worker imports statically is one script: in one piece it compresses best, and what is loaded later finds in it
 * what both need. Without this there are many small scripts beside it, each a request of its own.
 */
const FIRST_LOAD = { name: "index", tags: ["$initial" as const] };

/** Icons and small parts that several later scripts share: each would be a request of its own. */
const LATER_KIT = { name: "kit", test: /lucide|src\/ui\/kit\// };

export default defineConfig({
  // Relative addresses: the app works under any path, on any static host.
  base: "./",
  define: { "import.meta.env.APP_VERSION": JSON.stringify(packageFile.version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // Of a lazy part only its style is loaded ahead: the lists of the rest would cost the first load more than they save.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files) => files.filter((file) => file.endsWith(".css")),
    },
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: { codeSplitting: { groups: [FIRST_LOAD, LATER_KIT] } },
    },
  },
  plugins: [rescuePage(), serviceWorker()],
  // Without "es" Vite inlines the worker's dynamic imports into one file, and says nothing.
  worker: {
    format: "es",
    rolldownOptions: { output: { codeSplitting: { groups: [FIRST_LOAD] } } },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/browser/**"],
          setupFiles: ["fake-indexeddb/auto"],
          // Several start the linter or the test command itself, and a busy machine may take its time.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/helpers/browser-setup.ts"],
          // One browser at a time: these tests measure time, and a busy machine would fail them.
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 120_000,
          // A machine that is shared stalls now and then; Vitest says so when a test needed another try.
          retry: process.env["CI"] === undefined ? 0 : 2,
        },
      },
    ],
  },
});
