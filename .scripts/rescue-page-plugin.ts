import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { minifySync, type Plugin, type ResolvedConfig } from "vite";

const SCRIPT = "rescue.js";

/**
 * The rescue page is copied from public as it is, so that it depends on nothing that the app is built with; only the
 * comments and long names of its script stay here.
 */
export function rescuePage(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "holdfast:rescue-page",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    // Before the service worker's list is made, which holds a hash of what is served.
    closeBundle: {
      order: "pre",
      sequential: true,
      handler() {
        const file = path.resolve(config.root, config.build.outDir, SCRIPT);
        if (!existsSync(file)) return;
        const { code, errors } = minifySync(SCRIPT, readFileSync(file, "utf8"));
        if (errors.length > 0) throw new Error(`${SCRIPT}: ${JSON.stringify(errors)}`);
        writeFileSync(file, code);
      },
    },
  };
}
