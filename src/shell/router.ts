import { type ReadonlySignal, signal } from "@preact/signals";

import { isIdShaped, readId } from "#domain/ids.ts";
import type { Route, TabMemory } from "#ui/ports.ts";

import { formatRoute, parseRoute, routeOfQuery } from "./routes.ts";

/** In the tab's memory. Do not change without a migration. */
const LAST_SESSION_KEY = "last-session";

export interface Router {
  readonly route: ReadonlySignal<Route>;
  readonly navigate: (route: Route, options?: { readonly replace?: boolean }) => void;
  readonly href: (route: Route) => string;
  readonly release: () => void;
}

export interface RouterPage {
  readonly window: EventTarget;
  readonly location: { readonly hash: string; readonly search: string; readonly pathname: string };
  readonly history: Pick<History, "pushState" | "replaceState">;
  readonly memory: TabMemory;
}

/**
 * The address bar and the route are one: what is on screen can be reloaded, linked and gone back to. An address that says
 * nothing opens the tab's last session, else a new one, and is replaced by one that does.
 */
export function createRouter(page: RouterPage): Router {
  const start = parseRoute(page.location.hash) ?? routeOfQuery(page.location.search) ?? lastRoute(page);
  const route = signal<Route>(start);
  const isShown = (): boolean => page.location.search === "" && page.location.hash === formatRoute(start);
  if (!isShown()) page.history.replaceState(null, "", addressOf(page, start));
  remember(page, start);

  const readAddress = (): void => {
    // Some other fragment is a place within the page, such as a skip link's target: the route stays.
    const next = parseRoute(page.location.hash);
    if (next !== null) show(next);
  };
  const show = (next: Route): void => {
    if (formatRoute(next) === formatRoute(route.peek())) return;
    remember(page, next);
    route.value = next;
  };
  const ended = new AbortController();
  // Back and forward tell of one step by both; the second finds nothing new.
  page.window.addEventListener("popstate", readAddress, { signal: ended.signal });
  page.window.addEventListener("hashchange", readAddress, { signal: ended.signal });

  return {
    route,
    navigate(next, { replace = false } = {}) {
      const address = addressOf(page, next);
      if (formatRoute(next) !== page.location.hash) {
        if (replace) page.history.replaceState(null, "", address);
        else page.history.pushState(null, "", address);
      }
      show(next);
    },
    href: formatRoute,
    release: () => ended.abort(),
  };
}

/** Without the query: it has become a fragment, and a reload must not ask for another new session. */
function addressOf(page: RouterPage, route: Route): string {
  return page.location.pathname + formatRoute(route);
}

function lastRoute(page: RouterPage): Route {
  const last = page.memory.read(LAST_SESSION_KEY) ?? "";
  return isIdShaped(last) ? { kind: "session", sessionId: readId(last), turnSeq: null } : { kind: "new", text: null };
}

function remember(page: RouterPage, route: Route): void {
  if (route.kind === "session") page.memory.write(LAST_SESSION_KEY, route.sessionId);
}
