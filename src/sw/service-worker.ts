/**
 * The service worker: one whole version of the app in one cache, so that it starts and works without a network and never
 * as a mixture of two versions. It waits until it is told to take over (README.md has the order of things).
 */
import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { generationName, Generations } from "./generations.ts";

/** Put in front by the build: the files of this version, one short hash over them all, the headers of our own server. */
interface Build {
  readonly version: string;
  readonly files: { url: string; revision: string | null }[];
  readonly securityHeaders: Readonly<Record<string, string>>;
}
declare const self: ServiceWorkerGlobalScope & { readonly build: Build };

/** Sent by workbox-window's `messageSkipWaiting` once the person has agreed and no run is active. */
const TAKE_OVER = "SKIP_WAITING";

/** A navigation to a file that is not a page (a licence, an image) is for the host to answer. */
const NOT_A_PAGE = /\/[^/]+\.(?!html$)[^/.]+$/;

const { scope } = self.registration;
const { version, files, securityHeaders } = self.build;
const name = generationName(scope, version);
const generations = new Generations(caches, scope);

const precache = new PrecacheController({
  cacheName: name,
  plugins: [{ cacheWillUpdate: async ({ response }) => (response.ok ? withSecurityHeaders(response) : null) }],
});
precache.addToCacheList(files);

registerRoute(new PrecacheRoute(precache, { cleanURLs: false }));
// A page of the version before may still be open after an update: its lazy chunks are gone from the host, but not from here.
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.href.startsWith(scope) && url.pathname.includes("/assets/"),
  async ({ request }) => (await generations.find(request)) ?? fetch(request),
);
registerRoute(new NavigationRoute(precache.createHandlerBoundToURL("index.html"), { denylist: [NOT_A_PAGE] }));

self.addEventListener("install", (event) => {
  const cacheKeys = [...precache.getURLsToCacheKeys().values()];
  event.waitUntil(generations.reuse(name, cacheKeys).then(() => precache.install(event)));
});

self.addEventListener("activate", (event) => {
  // An update that is already on its way has its own cache, which must not be taken for an old one.
  const isUpdateComing = self.registration.installing !== null || self.registration.waiting !== null;
  event.waitUntil(
    generations
      .activate(name, { removeOthers: !isUpdateComing })
      // The page that registered us takes its lazy chunks from here as well: offline works from the first visit on.
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  const message: unknown = event.data;
  if (typeof message === "object" && message !== null && "type" in message && message.type === TAKE_OVER) {
    event.waitUntil(self.skipWaiting());
  }
});

/**
 * Hosts that cannot send headers exist. From the cache the app gets them all the same, the worker's script included,
 * whose policy would otherwise be empty. What the host did send is kept.
 */
function withSecurityHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [header, value] of Object.entries(securityHeaders)) {
    if (!headers.has(header)) headers.set(header, value);
  }
  // The body is stored as the browser decoded it.
  headers.delete("content-encoding");
  headers.delete("content-length");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
