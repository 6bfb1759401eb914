import { serviceWorker } from "./.scripts/service-worker-plugin.ts";
import { defineConfig } from "vitest/config";

import packageFile from "./package.json" with { type: "json" };

export default defineConfig({
  // Relative addresses: the app works under any path, on any static host.
  base: "./",
  define: { "import.meta.env.APP_VERSION": JSON.stringify(packageFile.version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  plugins: [serviceWorker()],
  // Without "es" Vite inlines the worker's dynamic imports into one file, and says nothing.
  worker: { format: "es" },
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
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
