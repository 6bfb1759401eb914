import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { securityHeaders } from "#scripts/security-headers.js";
import { startServer } from "#scripts/static-server.js";

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "holdfast-server-"));
  const root = path.join(folder, "dist");
  mkdirSync(path.join(root, "assets"), { recursive: true });
  writeFileSync(path.join(folder, "secret.txt"), "not for you");
  writeFileSync(path.join(folder, "dist-other.txt"), "not for you either");
  writeFileSync(path.join(root, "index.html"), "<!doctype html>" + "<p>page</p>".repeat(100));
  writeFileSync(path.join(root, "service-worker.js"), "self;");
  writeFileSync(path.join(root, "manifest.webmanifest"), "{}");
  writeFileSync(path.join(root, "assets", "index-AbCd_-12.js"), "export {};".repeat(200));
  writeFileSync(path.join(root, "assets", "engine-AbCd1234.wasm"), "wasm");
  server = await startServer({ root });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a path as it stands: `fetch` would tidy it up first. */
function rawStatus(target: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    });
    let answer = "";
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("end", () => resolve(Number(answer.split(" ")[1])));
    socket.on("error", reject);
  });
}

describe("every response carries the security headers", () => {
  const targets = [
    "",
    "index.html",
    "service-worker.js",
    "assets/index-AbCd_-12.js",
    "assets/engine-AbCd1234.wasm",
    "nothing-here",
  ];
  test.each(targets)("of /%s", async (target) => {
    const { headers } = await fetch(server.url + target);
    for (const [header, value] of Object.entries(securityHeaders)) expect(headers.get(header)).toBe(value);
  });

  test("the policy names what scripts may do and leaves no directive open", () => {
    const policy = securityHeaders["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types holdfast-urls");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  });
});

test.each([
  ["", "text/html; charset=utf-8", "no-cache"],
  ["service-worker.js", "text/javascript; charset=utf-8", "no-cache"],
  ["manifest.webmanifest", "application/manifest+json; charset=utf-8", "no-cache"],
  ["assets/index-AbCd_-12.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
  ["assets/engine-AbCd1234.wasm", "application/wasm", "public, max-age=31536000, immutable"],
])("/%s is %s, cached as %s", async (target, type, caching) => {
  const { status, headers } = await fetch(server.url + target);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe(type);
  expect(headers.get("cache-control")).toBe(caching);
});

test("text is sent compressed to those who take it and plain to those who do not", async () => {
  const texts: string[] = [];
  for (const accepted of ["br", "gzip", "identity"]) {
    const response = await fetch(server.url, { headers: { "accept-encoding": accepted } });
    expect(response.headers.get("content-encoding")).toBe(accepted === "identity" ? null : accepted);
    texts.push(await response.text());
  }
  expect(new Set(texts).size).toBe(1);
});

test("a file that did not change is not sent again", async () => {
  const first = await fetch(server.url);
  const etag = first.headers.get("etag") ?? "";
  const second = await fetch(server.url, { headers: { "if-none-match": etag } });
  expect(second.status).toBe(304);
  expect(await second.text()).toBe("");
});

test("a file that changed is sent as it is now, without a restart", async () => {
  const file = path.join(folder, "dist", "changing.txt");
  writeFileSync(file, "before");
  expect(await (await fetch(`${server.url}changing.txt`)).text()).toBe("before");
  writeFileSync(file, "afterwards");
  expect(await (await fetch(`${server.url}changing.txt`)).text()).toBe("afterwards");
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/assets/../../secret.txt",
  "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
  "/..%5csecret.txt",
  "/../dist-other.txt",
  "//secret.txt",
  "/%00index.html",
  "/%zz",
  "secret.txt",
])("nothing outside the folder is served: %s", async (target) => {
  expect([400, 404]).toContain(await rawStatus(target));
});

test("only reading is answered", async () => {
  expect((await fetch(server.url, { method: "POST", body: "x" })).status).toBe(405);
  const head = await fetch(server.url, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test("a taken port is told by its error, and a closed server leaves its port free at once", async () => {
  await expect(startServer({ root: folder, port: server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  const first = await startServer({ root: folder });
  await fetch(first.url, { headers: { connection: "keep-alive" } });
  await first.close();
  const second = await startServer({ root: folder, port: first.port });
  expect(second.port).toBe(first.port);
  await second.close();
});
