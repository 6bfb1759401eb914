import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mirrorFolderContract } from "#test/contracts/mirror-folder.contract.ts";
import { startBrowser, type TestBrowser } from "#test/helpers/browser.ts";
import type { ContractResult } from "./second-copy/run-contract.ts";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

let folder: string;
let server: Server;
let browser: TestBrowser;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "holdfast-second-copy-"));
  await build({
    configFile: false,
    logLevel: "error",
    root: path.join(import.meta.dirname, "second-copy"),
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

test.each(["dedicated", "shared"] as const)(
  "[W9] the private file system of a real browser keeps the contract of the second copy's place: %s worker",
  async (place) => {
    const page = await browser.open(url);
    const result: ContractResult = await page.evaluate((where) => window.runSecondCopyContractIn(where), place);
    expect(result).toEqual({ failures: [], passed: mirrorFolderContract.length });
    await page.close();
  },
);
