import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { build, preview } from "vite";

const ROOT = fileURLToPath(new URL("../browser/gallery/", import.meta.url));

/** The gallery of the transcript (test/browser/gallery), built and served on a free loopback port. */
export async function serveGallery(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const outDir = mkdtempSync(path.join(tmpdir(), "holdfast-gallery-"));
  const options = {
    configFile: false,
    root: ROOT,
    logLevel: "error",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir, target: "es2022", modulePreload: { polyfill: false }, emptyOutDir: true },
    preview: { port: 0, host: "127.0.0.1" },
  } as const;
  await build(options);
  const server = await preview(options);
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("The gallery's server has no address.");
  return {
    url,
    async stop() {
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
