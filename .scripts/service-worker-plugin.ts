import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";
import { metaPolicy, securityHeaders } from "./security-headers.js";

const ENTRY = "src/sw/service-worker.ts";
const OUTPUT = "service-worker.js";

/** Read by robots, shops and people, never by the running app: not worth a place on every disk. */
const NOT_PRECACHED = /\.map$|^screenshots\/|^robots\.txt$/;

/** Vite's own names, `assets/name-XXXXXXXX.ext`: the address itself changes with the content. */
const HASHED = /^assets\/.+-[\w-]{8}\.\w+$/;

/**
 * Builds the service worker after the app, with the list of all files of this build in it. The list is what Workbox's own
 * build package would inject; that package brings 323 others with it.
 */
export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "holdfast:service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    // For hosts that send no headers; where they do, both hold and they say the same. The charset has to stay first.
    transformIndexHtml: (html) =>
      html.replace("<title>", `<meta http-equiv="Content-Security-Policy" content="${metaPolicy}" />\n    <title>`),
    closeBundle: {
      order: "post",
      sequential: true,
      async handler() {
        const folder = path.resolve(config.root, config.build.outDir);
        // Also called after a build that failed: its own error is the one to show.
        if (!existsSync(path.join(folder, "index.html"))) return;
        const files = filesOf(folder).map((url) => ({
          url,
          revision: HASHED.test(url) ? null : hashOf(readFileSync(path.join(folder, url))),
        }));
        const buildOfThis = { version: hashOf(JSON.stringify(files)), files, securityHeaders };
        // One line of JSON in front: what is in a build can be read without running it.
        const head = `self.build=${JSON.stringify(buildOfThis)};\n`;
        writeFileSync(path.join(folder, OUTPUT), head + (await compile(config.root)));
      },
    },
  };
}

async function compile(root: string): Promise<string> {
  const result = await build({
    configFile: false,
    root,
    logLevel: "warn",
    publicDir: false,
    // Without it Workbox ships its log messages.
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      write: false,
      target: "es2022",
      // A classic script: module service workers are younger than the browsers we serve.
      lib: { entry: ENTRY, formats: ["iife"], name: "serviceWorker", fileName: () => OUTPUT },
    },
  });
  const outputs = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === "chunk");
  if (!chunk || outputs.length !== 1) throw new Error(`${ENTRY} did not become one script.`);
  return chunk.code;
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((file) => file !== OUTPUT && !NOT_PRECACHED.test(file))
    .sort();
}

const hashOf = (content: string | Buffer) => createHash("sha256").update(content).digest("hex").slice(0, 12);
