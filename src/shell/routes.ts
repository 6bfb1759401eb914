import { isIdShaped, readId } from "#domain/ids.ts";
import type { Route } from "#ui/ports.ts";

/**
 * Routes as fragments of the address: a reload, a link, Back and an installed app all lead to them without a server, and
 * a fragment is never sent to one.
 *
 *     #/s/<id>            a session        #/s/<id>?turn=3    …at a turn
 *     #/new               a new session    #/try?text=…       …with words in its composer
 *     #/settings          settings         #/settings/<name>  …one section
 *     #/connect           the form for a model
 *
 * `parseRoute(formatRoute(route))` gives the route again. Null: not an address of ours; the caller decides.
 */
export function parseRoute(fragment: string): Route | null {
  const { path, query } = split(fragment);
  const [page, name, ...more] = path;
  if (more.length > 0) return null;
  if (page === "settings") return { kind: "settings", section: name ?? null };
  if (page === "s" && name !== undefined && isIdShaped(name)) {
    return { kind: "session", sessionId: readId(name), turnSeq: seqIn(query.get("turn")) };
  }
  if (name !== undefined) return null;
  if (page === "new") return { kind: "new", text: null };
  if (page === "try") return { kind: "new", text: query.get("text") };
  return page === "connect" ? { kind: "connect" } : null;
}

export function formatRoute(route: Route): string {
  switch (route.kind) {
    case "session":
      return `#/s/${route.sessionId}${route.turnSeq === null ? "" : `?turn=${route.turnSeq}`}`;
    case "new":
      return route.text === null ? "#/new" : `#/try?text=${encoded(route.text)}`;
    case "settings":
      return `#/settings${route.section === null ? "" : `/${encoded(route.section)}`}`;
    case "connect":
      return "#/connect";
  }
}

/** What the address says beside the fragment: the manifest's shortcuts and shares come as a query, which hosts accept everywhere. */
export function routeOfQuery(search: string): Route | null {
  const query = new URLSearchParams(search);
  if (query.has("new")) return { kind: "new", text: null };
  const shared = ["title", "text", "url"].flatMap((name) => query.get(name) || []);
  return shared.length > 0 ? { kind: "new", text: shared.join("\n") } : null;
}

function split(fragment: string): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const [path = "", query = ""] = fragment.replace(/^#\/?/, "").split(/\?(.*)/s, 2);
  return { path: path.split("/").filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** A turn's number as people can mistype it: anything but a positive whole number is no turn. */
function seqIn(text: string | null): number | null {
  const seq = Number(text ?? Number.NaN);
  return Number.isSafeInteger(seq) && seq > 0 ? seq : null;
}

/** Half a surrogate pair would make `encodeURIComponent` throw. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    // A stray "%" is how people and mail programs mangle addresses: it stands for itself.
    if (cause instanceof URIError) return text;
    throw cause;
  }
}
