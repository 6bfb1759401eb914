/**
 * Serves a built app on loopback: the headers of security-headers.js on every response, types by extension, compressed
 * text, hashed files cached for ever and all others checked each time. Used by `npm start` and by the browser tests.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { securityHeaders } from "./security-headers.js";

const HOST = "127.0.0.1";

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Already compressed, or too small to gain: sent as they are. */
const COMPRESSED_ALREADY = new Set([".png", ".ico", ".woff2"]);
const MIN_COMPRESSED_BYTES = 512;

/** Vite names what it hashes `assets/name-XXXXXXXX.ext`; such a file never changes. */
const HASHED = /^\/assets\/.+-[\w-]{8}\.\w+$/;

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** @typedef {{ status: number, headers: Record<string, string>, body: Buffer }} Answer */
/** @typedef {{ port: number, url: string, close: () => Promise<void> }} RunningServer */

/**
 * Resolves once the server listens; rejects with the system's error (`EADDRINUSE` when the port is taken).
 * `close` also ends the connections that are open, so that it resolves at once.
 * @param {{ root: string, port?: number }} options root: the folder to serve; port: 0 or none for a free one
 * @returns {Promise<RunningServer>}
 */
export function startServer({ root, port = 0 }) {
  const folder = path.resolve(root);
  const files = new FileCache(folder);
  const server = createServer((request, response) => {
    answer(files, request).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...securityHeaders, ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
      },
      (error) => {
        console.error(error);
        response.writeHead(500, securityHeaders);
        response.end();
      },
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      const actual = typeof address === "object" && address ? address.port : port;
      resolve({ port: actual, url: `http://${HOST}:${actual}/`, close: () => close(server) });
    });
  });
}

/** @param {import("node:http").Server} server */
function close(server) {
  return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * @param {FileCache} files
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<Answer>}
 */
async function answer(files, request) {
  if (request.method !== "GET" && request.method !== "HEAD")
    return plain(405, "Only GET and HEAD.", { allow: "GET, HEAD" });
  const wanted = pathOf(request.url ?? "/");
  if (wanted === undefined) return plain(400, "Not a path.");
  const file = await files.read(wanted);
  if (!file) return plain(404, "Not found.");
  /** @type {Record<string, string>} */
  const headers = {
    "cache-control": HASHED.test(wanted) ? "public, max-age=31536000, immutable" : "no-cache",
    "content-type": TYPES[file.extension] ?? "application/octet-stream",
    etag: file.etag,
    vary: "accept-encoding",
  };
  if (request.headers["if-none-match"] === file.etag) return { status: 304, headers, body: Buffer.alloc(0) };
  const { encoding, body } = await file.encoded(request.headers["accept-encoding"] ?? "");
  if (encoding) headers["content-encoding"] = encoding;
  headers["content-length"] = String(body.byteLength);
  return { status: 200, headers, body };
}

/**
 * @param {number} status
 * @param {string} text
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
function plain(status, text, headers = {}) {
  const body = Buffer.from(`${text}\n`);
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}

/**
 * The decoded path, always starting with a slash; undefined for what cannot be one. The dots are resolved by hand and
 * not by `URL`, so that an encoded `%2e%2e%2f` meets the same rule as a plain one.
 * @param {string} url
 */
function pathOf(url) {
  let decoded;
  try {
    decoded = decodeURIComponent(url.replace(/[?#].*$/s, ""));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  if (!decoded.startsWith("/") || /[\0\\]/.test(decoded)) return undefined;
  const normal = path.posix.normalize(decoded);
  return normal.endsWith("/") ? `${normal}index.html` : normal;
}

/** What was read and compressed, kept until the file changes: a rebuild is served without a restart. */
class FileCache {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
    /** @type {Map<string, { changed: string, file: ServedFile }>} */
    this.known = new Map();
  }

  /**
   * @param {string} wanted a path from `pathOf`
   * @returns {Promise<ServedFile | undefined>}
   */
  async read(wanted) {
    const full = path.join(this.folder, wanted);
    if (!full.startsWith(this.folder + path.sep)) return undefined;
    const found = await stat(full).catch(noFile);
    if (!found?.isFile()) return undefined;
    const changed = `${found.mtimeMs} ${found.size}`;
    const known = this.known.get(full);
    if (known?.changed === changed) return known.file;
    const file = new ServedFile(path.extname(full), await readFile(full));
    this.known.set(full, { changed, file });
    return file;
  }
}

class ServedFile {
  /**
   * @param {string} extension
   * @param {Buffer} body
   */
  constructor(extension, body) {
    this.extension = extension;
    this.body = body;
    this.etag = `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`;
    /** @type {Map<string, Promise<Buffer>>} */
    this.compressed = new Map();
  }

  /**
   * @param {string} accepted the request's accept-encoding
   * @returns {Promise<{ encoding: string | undefined, body: Buffer }>}
   */
  async encoded(accepted) {
    const isWorthIt = !COMPRESSED_ALREADY.has(this.extension) && this.body.byteLength >= MIN_COMPRESSED_BYTES;
    const encoding = isWorthIt ? ["br", "gzip"].find((one) => new RegExp(`\\b${one}\\b`).test(accepted)) : undefined;
    if (!encoding) return { encoding: undefined, body: this.body };
    let body = this.compressed.get(encoding);
    if (!body) this.compressed.set(encoding, (body = compress(encoding, this.body)));
    return { encoding, body: await body };
  }
}

/**
 * @param {string} encoding
 * @param {Buffer} body
 */
function compress(encoding, body) {
  // 9 of 11: within 3 % of the smallest, and a tenth of its time, which the first visitor waits for.
  return encoding === "br" ? toBrotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }) : toGzip(body);
}

/** @param {NodeJS.ErrnoException} error */
function noFile(error) {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ENAMETOOLONG") return undefined;
  throw error;
}
