import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "#scripts/static-server.js";
import { builtApp } from "./prepared.ts";

/**
 * The production build, served on a free loopback port by the server of `npm start`, headers included.
 *
 *     const app = await serveApp();
 *     await page.goto(app.url);
 *     await app.stop();      // the files' host is gone: what works now works offline
 *     await app.restart();   // on the same port, so the browser sees the same origin
 *     app.root = nextVersion(app.root); await app.restart();   // an update is there
 *     await app.stop();
 */
export async function serveApp(options: { root?: string } = {}): Promise<ServedApp> {
  const app = new ServedApp(options.root ?? (await builtApp()));
  await app.restart();
  return app;
}

export class ServedApp {
  /** The folder that is served from the next `restart` on. */
  root: string;
  #server: Awaited<ReturnType<typeof startServer>> | undefined;
  #port = 0;

  constructor(root: string) {
    this.root = root;
  }

  /** Ends with a slash. The same for the app's whole life. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Ends open connections too. Stopping twice is fine. */
  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#server = await startServer({ root: this.root, port: this.#port });
    this.#port = this.#server.port;
  }
}

/**
 * A copy of a build that the browser takes for the next version: index.html says `data-version="…"` on its root element,
 * and the service worker's list says that index.html changed. Files named in `without` are gone from it, as hashed chunks
 * are after a deployment.
 * @returns the folder of the copy, in the system's temporary folder; removed when the process exits
 */
export function nextVersion(root: string, options: { name?: string; without?: readonly string[] } = {}): string {
  const { name = "next", without = [] } = options;
  const folder = copyOf(root);
  const page = readFileSync(path.join(folder, "index.html"), "utf8");
  const nextPage = page.replace(/<html (?:data-version="[^"]*" )?/, `<html data-version="${name}" `);
  writeFileSync(path.join(folder, "index.html"), nextPage);
  for (const file of without) rmSync(path.join(folder, file));
  const files = buildOf(root)
    .files.filter(({ url }) => !without.includes(url))
    .map((file) => (file.url === "index.html" ? { ...file, revision: shortHash(nextPage) } : file));
  writeBuild(folder, { ...buildOf(root), files, version: shortHash(JSON.stringify(files)) });
  return folder;
}

/** A copy of a build in a temporary folder, `under` a path of its own if one is given; removed when the process exits. */
export function copyOf(root: string, under = "."): string {
  const folder = mkdtempSync(path.join(tmpdir(), "holdfast-copy-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(root, path.join(folder, under), { recursive: true });
  return folder;
}

interface Build {
  readonly version: string;
  readonly files: readonly { url: string; revision: string | null }[];
  readonly securityHeaders: Readonly<Record<string, string>>;
}

/** What the service worker of a build says about it: its first line. */
export function buildOf(root: string): Build {
  const [head = ""] = readFileSync(path.join(root, "service-worker.js"), "utf8").split("\n", 1);
  const build: Build = JSON.parse(head.replace(/^self\.build=|;$/g, ""));
  return build;
}

function writeBuild(folder: string, build: Build): void {
  const file = path.join(folder, "service-worker.js");
  const script = readFileSync(file, "utf8");
  writeFileSync(file, `self.build=${JSON.stringify(build)};${script.slice(script.indexOf("\n"))}`);
}

/** As in .scripts/service-worker-plugin.ts. */
const shortHash = (content: string) => createHash("sha256").update(content).digest("hex").slice(0, 12);
