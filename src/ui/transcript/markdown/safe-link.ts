/** Where a link of an answer may lead. Everything else is shown as text: what a model writes is hostile until read. */
export type SafeLink =
  /** Leaves the app, in a tab of its own. `host` is null for mail. */
  | { readonly kind: "outside"; readonly url: string; readonly host: string | null }
  /** A place in the app: `#/s/<id>?turn=n`, `#/try?text=…`, `#/connect`. */
  | { readonly kind: "inside"; readonly hash: string };

/** Null: not a link that may be followed. */
export function safeLink(href: string): SafeLink | null {
  if (href.startsWith("#/")) return { kind: "inside", hash: href };
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return null;
  const url = URL.parse(href);
  if (url === null) return null;
  if (url.protocol === "mailto:") return { kind: "outside", url: url.href, host: null };
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  // A name in front of the host is made to look like one: https://bank.example@evil.example
  if (url.username !== "" || url.password !== "") return null;
  return { kind: "outside", url: url.href, host: url.host };
}

const LOOKS_LIKE_HOST = /^(?:https?:\/\/)?(?<host>[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)(?:[/?#:]|$)/iu;

/** The host to show beside a link whose text names another one; null where the text is honest or names none. */
export function hostToShow(text: string, host: string | null): string | null {
  if (host === null) return null;
  const named = LOOKS_LIKE_HOST.exec(text.trim())?.groups?.["host"]?.toLowerCase();
  if (named === undefined) return null;
  const real = host.toLowerCase().replace(/:\d+$/, "");
  return named === real || `www.${named}` === real || named === `www.${real}` ? null : host;
}

const SAFE_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;

/** Only a picture that is itself in the text may be drawn: loading one from elsewhere would tell its server. */
export function isInlineImage(href: string): boolean {
  return SAFE_IMAGE.test(href);
}
