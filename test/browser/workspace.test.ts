import { createReadStream } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { workspaceContract } from "#test/contracts/workspace.contract.ts";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import type { ContractResult } from "./workspace/run-contract.ts";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

let folder: string;
let server: Server;
let browser: TestBrowser;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "holdfast-workspace-"));
  await build({
    configFile: false,
    logLevel: "error",
    root: path.join(import.meta.dirname, "workspace"),
    worker: { format: "es" },
    build: { outDir: folder, emptyOutDir: true, modulePreload: { polyfill: false } },
  });
  server = createServer((request, response) => {
    const file = path.join(folder, path.normalize(request.url === "/" ? "/index.html" : (request.url ?? "")));
    response.setHeader("content-type", TYPES[path.extname(file)] ?? "application/octet-stream");
    createReadStream(file)
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  url = `http://127.0.0.1:${String(address.port)}/`;
  browser = await startBrowser();
});

afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(["dedicated", "shared", "page"] as const)(
  "[W9] the private file system of a real browser keeps the contract of workspaces: %s",
  async (place) => {
    const page = await browser.open(url);
    const result: ContractResult = await page.evaluate((where) => window.runContractIn(where), place);
    expect(result).toEqual({ kind: "opfs", failures: [], passed: workspaceContract.length });
    await page.close();
  },
);

test("[W7] what was written before the browser's processes were killed is there after it", async () => {
  const page = await browser.open(url);
  const written = await page.evaluate(() => window.writeBeforeDeath());
  await browser.kill();
  await browser.relaunch();
  const again = await browser.open(url);
  expect(await again.evaluate(() => window.readAfterDeath())).toEqual(written);
});
