import * as v from "valibot";
import { defineTool, ToolRefusal } from "./define-tool.ts";

export const parseUrl = defineTool("parse_url", {
  input: v.strictObject({ url: v.string() }),
  run: (input) => {
    const parts = partsOf(input.url.trim());
    const rows = Object.entries(parts).flatMap(([name, value]) => {
      if (Array.isArray(value)) return value.map((parameter) => [`parameter ${parameter.name}`, parameter.value]);
      return value === "" ? [] : [[name, String(value)]];
    });
    return {
      ok: true,
      text: rows.map(([name, value]) => `${name ?? ""}: ${value ?? ""}`).join("\n"),
      value: parts,
      view: { kind: "table", columns: ["Part", "Value"], rows },
    };
  },
});

function partsOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) {
    const hint =
      URL.canParse(`https://${text}`) && /^[^\s/]+\.[^\s/]+/.test(text) ? ` Did you mean https://${text} ?` : "";
    throw new ToolRefusal(`This is not a whole URL: it must begin with a scheme such as https://.${hint}`);
  }
  return {
    href: withoutPassword(url),
    scheme: url.protocol.replace(/:$/, ""),
    username: url.username,
    // A password must not travel on into transcripts and model requests.
    hasPassword: url.password !== "",
    host: url.hostname,
    port: url.port,
    path: decoded(url.pathname),
    fragment: decoded(url.hash.replace(/^#/, "")),
    parameters: [...url.searchParams].map(([name, value]) => ({ name, value })),
  };
}

function withoutPassword(url: URL): string {
  if (url.password === "") return url.href;
  const shown = new URL(url);
  shown.password = "";
  return shown.href;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    // Not UTF-8: shown as it stands in the URL.
    return text;
  }
}
