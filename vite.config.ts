import { rescuePage } from "./.scripts/rescue-page-plugin.ts";
import { serviceWorker } from "./.scripts/service-worker-plugin.ts";
import { defineConfig } from "vitest/config";

import packageFile from "./package.json" with { type: "json" };

/** What both the first screen and parts that are loaded later use. */
const BASE = new RegExp(
  [
    "node_modules/(preact|@preact)/",
    "vite/preload-helper",
    "src/ui/kit/(button|icon|menu|size-words|save-as)\\.",
    "src/ui/frame/(keyboard|lazily|model-words)\\.",
    "src/ui/composer/(files|enter-key)\\.",
    "src/ui/session-list/(row-words|session-actions)\\.",
    "src/shell/trusted-urls\\.",
    "src/domain/(ids|turn)\\.",
    "lucide/dist/esm/icons/(pencil|trash-2|file-text|download|ellipsis|paperclip|chevron-down|check|upload)\\.",
  ].join("|"),
);

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
      // What the first screen shares with lazy parts is one chunk: many small ones compress badly.
      output: { codeSplitting: { groups: [{ name: "base", test: BASE }] } },
    },
  },
  plugins: [rescuePage(), serviceWorker()],
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
          testTimeout: 90_000,
          hookTimeout: 120_000,
          // A machine that is shared stalls now and then; Vitest says so when a test needed another try.
          retry: process.env["CI"] === undefined ? 0 : 2,
        },
      },
    ],
  },
});
